// serve/cli: `auditctl explain`. Why the trail says so: of a business event or an anomaly.
import { Command, Option } from "clipanion";
import { given, QuestionCommand } from "./question-command.ts";
import { renderExplanation } from "./render-anomalies.ts";

export class ExplainCommand extends QuestionCommand {
  static override paths = [["explain"]];
  static override usage = Command.Usage({
    description:
      "Tell why the trail says so: of a business event or an anomaly, the rule or baseline and the evidence.",
    details: "Exit status 8 when the trail holds no such event or anomaly. `rules explain` shows every step of a rule.",
    examples: [["An event from a list", "auditctl explain 5692b516-e389-570b-8642-53a04c1f1aed"]],
  });

  id = Option.String({ name: "business_event_id | anomaly_id" });

  protected override async run(): Promise<number> {
    const zone = this.json ? this.settings.zone : this.voice.zone;
    await this.ask("explain", { id: this.id, lang: this.wordsLanguage, ...given({ zone }) }, renderExplanation);
    return 0;
  }
}
