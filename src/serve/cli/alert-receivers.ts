// serve/cli: the receivers of alerts that the settings name, or one of them.
import type { Clock } from "../../lib/clock.ts";
import { type Receiver, receiverNames } from "../../model/alert.ts";
import { AppError } from "../../model/app-error.ts";
import type { Config } from "../../model/config.ts";
import { withAlertSecrets } from "./load-config.ts";

/** @throws usage.argument for a name that is none; usage.config where none, or not that one, is set */
export async function openSetReceivers(
  config: Config,
  name: string | undefined,
  version: string,
  clock: Clock,
): Promise<Receiver[]> {
  if (name !== undefined && !receiverNames.some((known) => known === name)) {
    throw new AppError("usage.argument", `--receiver ${name}: must be one of ${receiverNames.join(", ")}`, {
      hint: "For example --receiver webhook",
    });
  }
  const { openReceivers } = await import("../../alert/open-receivers.ts");
  const receivers = openReceivers(withAlertSecrets(config), version, clock);
  const wanted = receivers.filter((receiver) => name === undefined || receiver.name === name);
  if (wanted.length > 0) return wanted;
  throw new AppError("usage.config", `there is no ${name ?? "receiver of alerts"} in the settings`, {
    hint: "Set webhook_url and webhook_secret_file, or syslog; docs/alerts.md tells how.",
  });
}
