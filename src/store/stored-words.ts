// store: the tables daily_summary and explanation of the findings file. What was told of a day or an anomaly, on which facts, and how
// the words came about.
import type Database from "better-sqlite3";
import type { Anomaly } from "../model/answer-schema.ts";
import type { Language } from "../model/language.ts";
import type { Wording } from "../model/wording.ts";
import { newestMark } from "./anomaly-mark.ts";
import { fromAnomalyRow, type StoredAnomaly } from "./anomaly.ts";

export interface StoredWords extends Wording {
  /** SHA-256 of the facts as canonical JSON: with others, the words are out of date. */
  facts_hash: string;
  written_at: string;
}

export interface StoredExplanation extends StoredWords {
  /** Of the times that it tells. */
  zone: string;
}

export interface StoredSummary extends StoredWords {
  /** When the facts were last looked at. */
  checked_at: string;
}

export interface SummaryKey {
  date: string;
  zone: string;
  lang: Language;
}

export interface ExplanationKey {
  anomaly_id: string;
  lang: Language;
}

export interface WordsWrites {
  /** @param facts JSON text */
  putSummary(key: SummaryKey, facts: string, words: StoredSummary): void;
  /** The facts are still the same. */
  checkSummary(key: SummaryKey, checked_at: string): void;
  putExplanation(anomaly: Anomaly, lang: Language, words: StoredExplanation): void;
}

export interface WordsQueries {
  storedSummary(key: SummaryKey): StoredSummary | undefined;
  storedExplanation(key: ExplanationKey): StoredExplanation | undefined;
  /** The newest anomaly that is not explained in this language, or has gone on since. */
  nextUnexplained(lang: Language): Anomaly | undefined;
}

const wordColumns = [
  "facts_hash",
  "words",
  "worded_by",
  "fallback",
  "model",
  "prompt_version",
  "prompt_hash",
  "prompt_tokens",
  "completion_tokens",
  "latency_ms",
  "written_at",
] as const satisfies (keyof StoredWords)[];

/** What changes of an anomaly that goes on. */
const anomalyAsTold = "a.to_time || ' ' || a.severity || ' ' || a.numbers || ' ' || a.reason";

export function prepareWordsWrites(db: Database.Database): WordsWrites {
  const values = wordColumns.map((column) => `@${column}`).join(", ");
  const summary = db.prepare<[SummaryKey & { facts: string } & StoredSummary]>(
    `INSERT OR REPLACE INTO daily_summary (date, zone, lang, facts, checked_at, ${wordColumns.join(", ")})
     VALUES (@date, @zone, @lang, @facts, @checked_at, ${values})`,
  );
  const check = db.prepare<[SummaryKey & { checked_at: string }]>(
    "UPDATE daily_summary SET checked_at = @checked_at WHERE date = @date AND zone = @zone AND lang = @lang",
  );
  const explanation = db.prepare<[ExplanationKey & StoredExplanation & { told_of: string }]>(
    `INSERT OR REPLACE INTO explanation (anomaly_id, lang, zone, told_of, ${wordColumns.join(", ")})
     VALUES (@anomaly_id, @lang, @zone, @told_of, ${values})`,
  );
  return {
    putSummary: (key, facts, words) => void summary.run({ ...key, facts, ...words }),
    checkSummary: (key, checked_at) => void check.run({ ...key, checked_at }),
    putExplanation({ anomaly_id, to, severity, numbers, reason }, lang, words) {
      const told_of = `${to} ${severity} ${JSON.stringify(numbers)} ${reason}`;
      explanation.run({ anomaly_id, lang, told_of, ...words });
    },
  };
}

export function prepareWordsQueries(db: Database.Database): WordsQueries {
  const summary = db.prepare<[SummaryKey], StoredSummary>(
    `SELECT checked_at, ${wordColumns.join(", ")} FROM daily_summary WHERE date = @date AND zone = @zone AND lang = @lang`,
  );
  const explanation = db.prepare<[ExplanationKey], StoredExplanation>(
    `SELECT zone, ${wordColumns.join(", ")} FROM explanation WHERE anomaly_id = @anomaly_id AND lang = @lang`,
  );
  const unexplained = db.prepare<[string], StoredAnomaly>(
    `SELECT a.*, ${newestMark("a")} AS mark FROM anomaly a LEFT JOIN explanation x ON x.anomaly_id = a.anomaly_id AND x.lang = ?
     WHERE x.told_of IS NULL OR x.told_of <> ${anomalyAsTold} ORDER BY a.anomaly_row DESC LIMIT 1`,
  );
  return {
    storedSummary: (key) => summary.get(key),
    storedExplanation: (key) => explanation.get(key),
    nextUnexplained(lang) {
      const row = unexplained.get(lang);
      return row && fromAnomalyRow(row);
    },
  };
}
