// serve/cli: for commands that work on the files of this machine only.
import { AppError } from "../../model/app-error.ts";
import type { RemoteService } from "../remote-service.ts";

/** @throws usage.argument where the settings name a service */
export function refuseService(service: RemoteService | undefined, command: string): void {
  if (service === undefined) return;
  throw new AppError("usage.argument", `${command} works on the store's own machine, not through a service`, {
    hint: `Run \`${command} --store …\` there.`,
  });
}
