// serve/cli: `auditctl anomalies mark`. What a person says of an anomaly.
import { Command, Option } from "clipanion";
import { z } from "zod";
import { systemClock } from "../../lib/clock.ts";
import { markInputSchema } from "../../model/anomaly-mark.ts";
import { anomalyStates } from "../../model/answer-schema.ts";
import { parseInput } from "../../model/question.ts";
import { osUserName } from "./os-user.ts";
import { QuestionCommand } from "./question-command.ts";
import { renderAnomaly } from "./render-anomalies.ts";

export class AnomaliesMarkCommand extends QuestionCommand {
  static override paths = [["anomalies", "mark"]];
  static override usage = Command.Usage({
    description: "Say of an anomaly that it is expected, confirmed, or open again.",
    details:
      "`expected`: nothing is wrong with it, and the like of it is usual from now on. `confirmed`: it is what it looks like, and baselines leave it out. " +
      "It is kept with your name and the time; detection takes it in before it reads on. With --url it goes to a running service, and needs a token with the scope `admin`.",
    examples: [
      ["The stocktaking was announced", 'auditctl anomalies mark 0a1b… expected --note "stocktaking"'],
      ["It was theft", "auditctl anomalies mark 0a1b… confirmed"],
    ],
  });

  id = Option.String({ name: "id" });
  verdict = Option.String({ name: anomalyStates.join("|") });
  note = Option.String("--note", { description: "Why, in words." });

  protected override async run(): Promise<number> {
    const { voice } = this;
    const { id, ...mark } = parseInput("anomalies mark", markInputSchema.extend({ id: z.guid() }), {
      id: this.id,
      state: this.verdict,
      ...(this.note === undefined ? {} : { note: this.note }),
    });
    const answer = await this.mark(id, mark);
    if (this.json) this.printJson(answer);
    else this.printLines(renderAnomaly(answer.anomaly, answer.anomaly.kind, voice));
    return 0;
  }

  private async mark(id: string, mark: z.output<typeof markInputSchema>) {
    const service = this.remoteService();
    if (service !== undefined) {
      const { markRemoteAnomaly } = await import("../remote-mark.ts");
      return await markRemoteAnomaly(service, id, mark);
    }
    const { markAnomaly } = await import("../../pipeline/mark-anomaly.ts");
    return markAnomaly({ store: this.settings.store, id, mark, by: osUserName(), clock: systemClock });
  }
}
