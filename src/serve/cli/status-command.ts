// serve/cli: `auditctl status`. What capture is doing, what the trail holds, and how fresh it is.
import { Command, Option } from "clipanion";
import { exitStatus } from "../../model/app-error.ts";
import { QuestionCommand } from "./question-command.ts";
import { renderStatus } from "./render-status.ts";

export class StatusCommand extends QuestionCommand {
  static override paths = [["status"]];
  static override usage = Command.Usage({
    description: "Show the state of capture, the coverage of the trail, its gaps and its lag.",
    examples: [
      ["How is it going?", "auditctl status"],
      ["Of a service elsewhere", "auditctl status --url http://10.0.0.5:8180"],
      ["For a monitor: fail when the trail has a gap", "auditctl status --fail-on-gap --json"],
    ],
  });

  failOnGap = Option.Boolean("--fail-on-gap", false, { description: "Exit with status 3 when the trail has a gap." });

  protected override async run(): Promise<number> {
    const here = this.remoteService() === undefined;
    const status = await this.ask("status", {}, (answer, voice) => renderStatus(answer, voice, here));
    return this.failOnGap && (status.coverage?.gaps.length ?? 0) > 0 ? exitStatus.found : 0;
  }
}
