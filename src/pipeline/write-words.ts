// pipeline: has a day or an anomaly told, and stores it. What is stored of the same facts is not told again.
import type { HashedTask } from "../ai/words-of.ts";
import type { Wordsmith } from "../ai/wordsmith.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import type { WordsQueries, WordsWrites } from "../store/stored-words.ts";

export interface WordsContext {
  findings: WordsQueries & WordsWrites & { write<T>(work: () => T): T };
  wordsmith: Wordsmith;
  clock: Clock;
  signal: AbortSignal;
}

export interface ToldDay {
  task: HashedTask;
  zone: string;
  /** Before its facts were read: what changes meanwhile is seen the next time. */
  lookedAt: number;
  /** Ask a model once more where its words were not used. */
  again?: boolean;
}

/** @returns whether it was told; false: it had been already */
export async function writeSummary(
  { task, zone, lookedAt, again = false }: ToldDay,
  { findings, wordsmith, clock, signal }: WordsContext,
): Promise<boolean> {
  const { lang, facts_hash, facts, subject: date } = task;
  const key = { date, zone, lang };
  const checked_at = toTimestamp(lookedAt);
  const stored = findings.storedSummary(key);
  if (stored?.facts_hash === facts_hash && !(again && stored.worded_by === "rules")) {
    findings.write(() => findings.checkSummary(key, checked_at));
    return false;
  }
  const wording = await wordsmith.write(task, signal);
  const written_at = toTimestamp(clock.now());
  findings.write(() =>
    findings.putSummary(key, canonicalJson(facts), { ...wording, facts_hash, written_at, checked_at }),
  );
  return true;
}

export async function writeExplanation(
  task: HashedTask,
  { anomaly, zone }: { anomaly: Anomaly; zone: string },
  { findings, wordsmith, clock, signal }: WordsContext,
): Promise<boolean> {
  const { lang, facts_hash } = task;
  const stored = findings.storedExplanation({ anomaly_id: anomaly.anomaly_id, lang });
  const isTold = stored?.facts_hash === facts_hash;
  const wording = isTold ? stored : await wordsmith.write(task, signal);
  const written_at = isTold ? stored.written_at : toTimestamp(clock.now());
  findings.write(() => findings.putExplanation(anomaly, lang, { ...wording, facts_hash, zone, written_at }));
  return !isTold;
}
