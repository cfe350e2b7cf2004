// Facts to be put into words, and the words that came of it. The facts and the plain words are made by rules; a model may only
// word them anew, and what it says counts only where it keeps to them.
import type { JsonObject } from "../lib/canonical-json.ts";

export interface WordingTask {
  purpose: "summary" | "explanation";
  /** What is told of: a day (YYYY-MM-DD), or the id of an anomaly. */
  subject: string;
  lang: "en" | "es";
  /** All that may be said. Masked values are `[REDACTED]` in it already. */
  facts: JsonObject;
  /** The same in the words of rules: told where no model's words can be. */
  plain: string;
}

/** The columns of daily_summary and explanation in the findings file; the last six are null where no model was asked. */
export interface Wording {
  words: string;
  worded_by: "model" | "rules";
  /** Why a model's words were not used, in plain words; null where they were, or where none was asked. */
  fallback: string | null;
  model: string | null;
  prompt_version: number | null;
  /** SHA-256 of the prompt. */
  prompt_hash: string | null;
  /** Of all tries together, as the model counted them; null where it did not say. */
  prompt_tokens: number | null;
  completion_tokens: number | null;
  latency_ms: number | null;
}
