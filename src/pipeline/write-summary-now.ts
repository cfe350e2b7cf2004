// pipeline: the summary of a day, worded and stored at once, for a command. The questions it asks of a model go into the chain: here
// where nobody else writes the trail, else by the process that does.
import { summaryTask } from "../ai/words-of.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Config } from "../model/config.ts";
import type { DailySummary } from "../model/answer-schema.ts";
import type { ParsedInput } from "../model/question.ts";
import { openFindings } from "../store/findings-store.ts";
import { openStoreReader } from "../store/open-store.ts";
import { chainModelCallsNow } from "./chain-model-calls.ts";
import { openWordsmith } from "./open-wordsmith.ts";
import { answerSummary } from "./words-answer.ts";
import { writeSummary } from "./write-words.ts";

interface WriteSummaryOptions {
  /** `model_key` holds the key itself. */
  config: Config;
  day: ParsedInput<"summary">;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/** @throws store.missing, usage.query; the signal's reason when it fires */
export async function writeSummaryNow({ config, day, clock, log, signal }: WriteSummaryOptions): Promise<DailySummary> {
  using reader = openStoreReader(config.store);
  {
    using findings = openFindings(config.store);
    const wordsmith = openWordsmith({ config, findings, onModelCalled: () => undefined, clock, log });
    const lookedAt = clock.now();
    const task = summaryTask(answerSummary(reader, day), day.lang);
    const context = { findings, wordsmith, clock, signal };
    await writeSummary({ task, zone: day.zone, lookedAt, again: true }, context);
  }
  if (config.model_provider !== "off") chainModelCallsNow(config.store, clock, log);
  return answerSummary(reader, day);
}
