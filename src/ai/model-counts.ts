// ai: what asking a model has come to since the process began, as numbers for /metrics.
import { type CallOutcome, callOutcomes, type ModelCallEnd } from "../model/model-call.ts";
import type { MetricName } from "../model/metrics.ts";
import type { Sample } from "../model/sample.ts";

export interface ModelCounts {
  called(end: ModelCallEnd): void;
  lookedUp(hit: boolean): void;
  worded(by: "model" | "rules"): void;
  samples(): Sample[];
}

export function createModelCounts(): ModelCounts {
  const calls = new Map<CallOutcome, number>(callOutcomes.map((outcome) => [outcome, 0]));
  const lookups = { hit: 0, miss: 0 };
  const words = { model: 0, rules: 0 };
  const tokens = { prompt: 0, completion: 0 };
  let seconds = 0;
  const counter = (name: MetricName, label: string, values: Iterable<readonly [string, number]>): Sample => ({
    name,
    values: [...values].map(([key, value]) => ({ labels: { [label]: key }, value })),
  });
  return {
    called({ outcome, prompt_tokens, completion_tokens, latency_ms }) {
      calls.set(outcome, (calls.get(outcome) ?? 0) + 1);
      tokens.prompt += prompt_tokens ?? 0;
      tokens.completion += completion_tokens ?? 0;
      seconds += (latency_ms ?? 0) / 1_000;
    },
    lookedUp: (hit) => void (lookups[hit ? "hit" : "miss"] += 1),
    worded: (by) => void (words[by] += 1),
    samples: () => [
      counter("audit_overlay_model_calls_total", "outcome", calls),
      { name: "audit_overlay_model_call_seconds_total", values: [{ value: seconds }] },
      counter("audit_overlay_model_tokens_total", "kind", Object.entries(tokens)),
      counter("audit_overlay_words_total", "worded_by", Object.entries(words)),
      counter("audit_overlay_words_cache_total", "result", Object.entries(lookups)),
    ],
  };
}
