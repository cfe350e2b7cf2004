// serve/cli: `auditctl summary`. The facts of a day.
import { Command, Option } from "clipanion";
import { parseDay } from "./moment.ts";
import { QuestionCommand } from "./question-command.ts";
import { renderSummary } from "./render-summary.ts";

export class SummaryCommand extends QuestionCommand {
  static override paths = [["summary"]];
  static override usage = Command.Usage({
    description: "Tell the facts of a day: totals by type, actor and entity, compared with the week before, and gaps.",
    details: "The day is one of your zone: TZ, or `--zone`.",
    examples: [
      ["Today so far", "auditctl summary"],
      ["Yesterday in Lima", "auditctl summary --date yesterday --zone America/Lima"],
    ],
  });

  date = Option.String("--date", "today", {
    description: "`today`, `yesterday`, `7d` (so many days ago) or 2026-01-05.",
  });

  protected override async run(): Promise<number> {
    const date = parseDay("--date", this.date, this.moments);
    await this.ask("summary", { date, zone: this.voice.zone, lang: this.wordsLanguage }, renderSummary);
    return 0;
  }
}
