// A wordsmith with a clock that only moves when it is told to, and with all that it writes down kept for a look.
import { createWordsmith, type Wordsmith, type WordsmithOptions } from "../../src/ai/wordsmith.ts";
import type { ModelCall, ModelCallEnd } from "../../src/model/model-call.ts";
import type { Sample } from "../../src/model/sample.ts";

export interface ObservedWordsmith extends Wordsmith {
  calls: { call: ModelCall; end: ModelCallEnd | null }[];
  /** Everything that was logged, as JSON. */
  logged(): string;
  /** Waits that would have been. */
  waits: number[];
  clock: { ms: number };
  samples(): readonly Sample[];
}

interface ObservedOptions {
  /** None unless told. */
  deadline?: WordsmithOptions["deadline"];
  maskedFields?: readonly string[];
}

export function observeWordsmith(
  model: WordsmithOptions["model"],
  { deadline = () => new AbortController().signal, maskedFields = [] }: ObservedOptions = {},
): ObservedWordsmith {
  const clock = { ms: Date.parse("2026-03-04T05:00:00Z") };
  const calls: ObservedWordsmith["calls"] = [];
  const lines: unknown[] = [];
  const waits: number[] = [];
  let measured: readonly Sample[] = [];
  const log = (...args: unknown[]): void => void lines.push(args);
  const wordsmith = createWordsmith({
    model,
    deadline,
    maskedFields: () => new Set(maskedFields),
    journal: {
      begin: (call) => void calls.push({ call, end: null }),
      end: (id, end) => void (calls.find(({ call }) => call.model_call_id === id)!.end = end),
    },
    clock: { now: () => clock.ms },
    wait: (ms) => {
      waits.push(ms);
      clock.ms += ms;
      return Promise.resolve();
    },
    log: { error: log, warn: log, info: log, debug: log },
    onCounted: (samples) => (measured = samples),
  });
  return { ...wordsmith, calls, logged: () => JSON.stringify(lines), waits, clock, samples: () => measured };
}
