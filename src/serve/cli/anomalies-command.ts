// serve/cli: `auditctl anomalies`. What was out of the ordinary in a time.
import { Command, Option } from "clipanion";
import { AppError } from "../../model/app-error.ts";
import { anomalyStates, severities } from "../../model/answer-schema.ts";
import { given, PageCommand } from "./question-command.ts";
import { renderAnomalies } from "./render-anomalies.ts";

export class AnomaliesCommand extends PageCommand {
  static override paths = [["anomalies"]];
  static override usage = Command.Usage({
    description: "List anomalies in a time, newest first, each with its reason in plain words.",
    details: "`auditctl explain <id>` tells why one is there.",
    examples: [
      ["Of the last week", "auditctl anomalies --start 7d"],
      ["The grave ones of a month", "auditctl anomalies --start 2026-01-01 --end 2026-01-31 --severity high"],
    ],
  });

  kind = Option.String("--kind", { description: "Of this kind, for example `after_hours`." });
  severity = Option.String("--severity", { description: `One of ${severities.join(", ")}.` });
  state = Option.String("--state", { description: `One of ${anomalyStates.join(", ")}.` });

  protected override async run(): Promise<number> {
    const filters = given({
      anomaly_kind: this.kind,
      severity: oneOf("--severity", this.severity, severities),
      state: oneOf("--state", this.state, anomalyStates),
    });
    await this.ask("anomalies", { ...filters, ...this.range(), ...this.page(1_000) }, renderAnomalies);
    return 0;
  }
}

/** @throws usage.argument */
function oneOf<Word extends string>(flag: string, text: string | undefined, words: readonly Word[]): Word | undefined {
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new AppError("usage.argument", `${flag} ${text}: must be one of ${words.join(", ")}`, {
    hint: `For example ${flag} ${words[0]}`,
  });
}
