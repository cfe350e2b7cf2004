// pipeline: what a lane of the findings thread is. Lanes run side by side in that thread, each in its own loop: detection, summaries,
// explanations, alerts. Each may be killed at any moment and goes on where its file says.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Wordsmith } from "../ai/wordsmith.ts";
import type { Config } from "../model/config.ts";
import type { Sample } from "../model/sample.ts";
import type { FindingsStore } from "../store/findings-store.ts";

export interface LaneContext {
  config: Config;
  version: string;
  findings: FindingsStore;
  clock: Clock;
  log: Logger;
  /** Something was put into the findings: lanes that wait for it look again. */
  found: EventTarget;
  /** Words facts, through a model where there is one; shared, so that a model is asked one thing at a time. */
  wordsmith: Wordsmith;
  /** Measures for /metrics; the newest of a name counts. */
  onMeasured: (samples: readonly Sample[]) => void;
  signal: AbortSignal;
}

/** Resolves soon after the signal. Work of more than some 50 ms is cut into pieces, so that the other lanes go on. */
export type Lane = (context: LaneContext) => Promise<void>;
