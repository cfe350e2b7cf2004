// serve/cli: `auditctl alerts replay`. Has what was told in a time told again.
import { Command, Option } from "clipanion";
import { systemClock, toTimestamp } from "../../lib/clock.ts";
import { packageVersion } from "../../lib/package-root.ts";
import { AppError } from "../../model/app-error.ts";
import { hasFindings, openFindings } from "../../store/findings-store.ts";
import { openSetReceivers } from "./alert-receivers.ts";
import { RangeCommand } from "./question-command.ts";
import { refuseService } from "./refuse-service.ts";

export class AlertsReplayCommand extends RangeCommand {
  static override paths = [["alerts", "replay"]];
  static override usage = Command.Usage({
    description: "Have the alerts of a time delivered again.",
    details:
      "Each has the same id as before (`webhook-id`), by which a receiver knows what it has. Those that were given up, or put before a receiver was set up, are told too. " +
      "They are put into the outbox; `auditctl run` sends them, and what waits is in `auditctl alerts list --undelivered`.",
    examples: [
      ["The receiver lost a day", "auditctl alerts replay --start yesterday --end yesterday"],
      ["Only to the webhook", "auditctl alerts replay --start 24h --receiver webhook"],
    ],
  });

  receiver = Option.String("--receiver", { description: "Only to this one: `webhook` or `syslog`." });

  protected override async run(): Promise<number> {
    refuseService(this.remoteService(), "auditctl alerts replay");
    const { settings, voice } = this;
    const { from, to } = this.range();
    if (from === undefined) {
      throw new AppError("usage.argument", "alerts replay needs --start", { hint: "For example --start 24h" });
    }
    const receivers = await openSetReceivers(settings, this.receiver, packageVersion, systemClock);
    (await this.openReader())[Symbol.dispose]();
    const now = toTimestamp(systemClock.now());
    const range = { from, to: to ?? now };
    const queued = receivers.map(({ name }) => ({ receiver: name, alerts: replay(settings.store, name, range, now) }));
    if (this.json) this.printJson({ ...range, queued });
    else
      for (const { receiver, alerts } of queued)
        this.print(voice.words.alerts.queued(voice.count(alerts, voice.words.count.alert), receiver));
    return 0;
  }
}

function replay(
  store: string,
  receiver: Parameters<ReturnType<typeof openFindings>["replayAlerts"]>[0],
  range: { from: string; to: string },
  now: string,
): number {
  if (!hasFindings(store)) return 0;
  using findings = openFindings(store);
  return findings.write(() => findings.replayAlerts(receiver, range, now));
}
