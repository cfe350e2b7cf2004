// serve/cli: `auditctl verify`. Recomputes the whole trail from the file and names what does not hold.
import { Command, Option } from "clipanion";
import { AppError, exitStatus } from "../../model/app-error.ts";
import { QuestionCommand } from "./question-command.ts";
import { createProgress } from "./progress.ts";
import { renderVerify } from "./render-verify.ts";

export class VerifyCommand extends QuestionCommand {
  static override paths = [["verify"]];
  static override usage = Command.Usage({
    description: "Recompute every digest and the hash chain; name each place that was changed.",
    details:
      "Reads only the store file, or has a service read its own. Exit status 3 when something does not hold. Note the head it prints somewhere else: " +
      "with `--anchor` a later cut of the trail's end, or an older copy put in its place, shows too.",
    examples: [
      ["Verify a store", "auditctl verify --store audit-overlay.db"],
      ["Verify that the trail still runs through a head noted last month", "auditctl verify --anchor 1042:9f2c…"],
    ],
  });

  anchor = Option.String("--anchor", { description: "entry:hash as an earlier `verify` printed it." });

  protected override async run(): Promise<number> {
    const anchor = this.anchor === undefined ? {} : { anchor: parseAnchor(this.anchor) };
    if (this.remoteService() !== undefined) return await this.verifyElsewhere();
    using reader = await this.openReader();
    const progress = createProgress("verifying", "entries", this.context.stderr, !this.json);
    const report = reader.verify({ ...anchor, onProgress: progress.update });
    progress.stop();
    if (this.json) this.printJson(report);
    else for (const line of renderVerify(report, this.voice)) this.print(line);
    return report.ok ? 0 : exitStatus.found;
  }

  private async verifyElsewhere(): Promise<number> {
    if (this.anchor !== undefined) {
      throw new AppError("usage.argument", "--anchor: a service does not check one", {
        hint: "Run `auditctl verify --anchor … --store …` on the machine of the store.",
      });
    }
    const report = await this.ask("verify", {}, renderVerify);
    return report.ok ? 0 : exitStatus.found;
  }
}

function parseAnchor(text: string): { entry_id: number; hash: string } {
  const match = /^(\d+):([0-9a-f]{64})$/i.exec(text);
  if (match === null) {
    throw new AppError("usage.argument", `--anchor ${text}: must be <entry>:<64 hex digits>`, {
      hint: "Copy the `head` line of an earlier `auditctl verify`.",
    });
  }
  return { entry_id: Number(match[1]), hash: (match[2] ?? "").toLowerCase() };
}
