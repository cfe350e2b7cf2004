// serve/cli: `auditctl status`. What capture is doing, what the trail holds, and how fresh it is.
import { Command, Option } from "clipanion";
import { exitStatus } from "../../model/app-error.ts";
import { BaseCommand } from "./base-command.ts";
import { renderStatus } from "./render-status.ts";

export class StatusCommand extends BaseCommand {
  static override paths = [["status"]];
  static override usage = Command.Usage({
    description: "Show the state of capture, the coverage of the trail, its gaps and its lag.",
    examples: [
      ["How is it going?", "auditctl status"],
      ["For a monitor: fail when the trail has a gap", "auditctl status --fail-on-gap --json"],
    ],
  });

  failOnGap = Option.Boolean("--fail-on-gap", false, { description: "Exit with status 3 when the trail has a gap." });

  protected override async run(): Promise<number> {
    using reader = this.openReader();
    const status = reader.status();
    if (this.json) this.printJson(status);
    else for (const line of renderStatus(status, this.context.stdout)) this.print(line);
    return this.failOnGap && (status.coverage?.gaps.length ?? 0) > 0 ? exitStatus.found : 0;
  }
}
