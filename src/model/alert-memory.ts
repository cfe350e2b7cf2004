// What alerts remember between two looks, and over a restart, so that each thing is told once. Kept as JSON in the findings file.
import type { CaptureStateName } from "./capture-state.ts";

export interface CaptureMemory {
  /** Since when capture has not been well, by our looks; null while it is. */
  down_since: string | null;
  /** What was told, until it is well again. */
  told: { state: CaptureStateName; reason: string; at: string } | null;
}

/** Anomalies of old history, until they are told of in one alert. Times are empty while there is none. */
export interface OlderMemory {
  low: number;
  medium: number;
  high: number;
  from: string;
  to: string;
}

export interface DiskMemory {
  /** When it was told that the disk fills up; null while there is room. */
  told_at: string | null;
}

export interface AlertMemories {
  capture: CaptureMemory;
  disk: DiskMemory;
  /** The last gap that was looked at, the last mark, the last day with a summary. */
  gaps: { entry_id: number };
  marks: { mark_id: number };
  summaries: { date: string };
  anomalies: OlderMemory;
  /** The faults that were told of, as a hash; null while the trail verifies. */
  verify: { faults: string | null };
}
