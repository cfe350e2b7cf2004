// One question to a model, as the trail keeps it: what for, of whom, and how it ended. Never the prompt, the answer or a value of a row.

export const callOutcomes = [
  "used",
  "not_grounded",
  "wrong_form",
  "unreachable",
  "timed_out",
  "refused",
  "failed",
  "redirected",
  "cut_off",
  "too_large",
  "malformed",
  "stopped",
  "interrupted",
] as const;
/**
 * `used`: it became the words. `not_grounded`, `wrong_form`: it was answered, and refused here. `stopped`: we were told to stop.
 * `interrupted`: the process ended before the answer came. The others: it was not answered.
 */
export type CallOutcome = (typeof callOutcomes)[number];

export interface ModelCall {
  /** UUIDv7 */
  model_call_id: string;
  purpose: "summary" | "explanation";
  /** A day, or the id of an anomaly. */
  subject: string;
  lang: "en" | "es";
  provider: string;
  model: string;
  prompt_version: number;
  /** SHA-256 of the prompt. */
  prompt_hash: string;
  /** Counts from 1; the same prompt may be tried several times. */
  attempt: number;
  called_at: string;
}

export interface ModelCallEnd {
  outcome: CallOutcome;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  /** null: not known, because its process ended. */
  latency_ms: number | null;
}
