// serve/cli: `auditctl summary`. A day in words, then its figures.
import { Command, Option } from "clipanion";
import { systemClock } from "../../lib/clock.ts";
import { AppError } from "../../model/app-error.ts";
import type { ConfigKey } from "../../model/config.ts";
import { parseQuestion } from "../../model/question.ts";
import { definedOnly, settingFlag } from "./base-command.ts";
import { withModelKey } from "./load-config.ts";
import { parseDay } from "./moment.ts";
import { QuestionCommand } from "./question-command.ts";
import { renderSummary } from "./render-summary.ts";
import { stopOnSignal } from "./stop-on-signal.ts";

export class SummaryCommand extends QuestionCommand {
  static override paths = [["summary"]];
  static override usage = Command.Usage({
    description:
      "Tell a day: in words, then its totals, largest movements, anomalies and gaps, compared with the weeks before.",
    details:
      "The day is one of your zone: TZ, or `--zone`. Words that are stored of these facts are shown; else plain words, at once. " +
      "`auditctl run` stores a summary of each day at `summary_at`; `--write` stores this one now, and asks the model for its words.",
    examples: [
      ["Today so far", "auditctl summary"],
      ["Yesterday in Lima, in Spanish", "auditctl summary --date yesterday --zone America/Lima --lang es"],
      ["Worded by a model and stored, now", "auditctl summary --date yesterday --write"],
    ],
  });

  date = Option.String("--date", "today", {
    description: "`today`, `yesterday`, `7d` (so many days ago) or 2026-01-05.",
  });
  write = Option.Boolean("--write", false, {
    description: "Word it and store it now; a model is asked where there is one.",
  });
  modelProvider = settingFlag("model_provider");
  modelUrl = settingFlag("model_url");
  model = settingFlag("model");

  protected override flags(): Partial<Record<ConfigKey, string>> {
    const { modelProvider: model_provider, modelUrl: model_url, model } = this;
    return definedOnly({ ...super.flags(), model_provider, model_url, model });
  }

  protected override async run(): Promise<number> {
    const date = parseDay("--date", this.date, this.moments);
    const day = { date, zone: this.voice.zone, lang: this.wordsLanguage };
    if (this.write) await this.writeNow(day);
    else await this.ask("summary", day, renderSummary);
    return 0;
  }

  private async writeNow(day: { date: string; zone: string; lang: "en" | "es" }): Promise<void> {
    if (this.remoteService() !== undefined) {
      throw new AppError("usage.argument", "--write needs the store itself, not a service", {
        hint: "Run it where the store is, with --store; the service shows what is stored there.",
      });
    }
    const { writeSummaryNow } = await import("../../pipeline/write-summary-now.ts");
    const { createLogger } = await import("../../lib/logger.ts");
    using stop = stopOnSignal();
    const config = withModelKey(this.settings);
    const log = createLogger(config.log_level === "info" ? "warn" : config.log_level, "words");
    const parsed = parseQuestion("summary", day);
    const answer = await writeSummaryNow({ config, day: parsed, clock: systemClock, log, signal: stop.signal });
    if (this.json) this.printJson(answer);
    else this.printLines(renderSummary(answer, this.voice));
  }
}
