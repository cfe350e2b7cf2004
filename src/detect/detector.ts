// detect: the one shape of a detector. It takes what its watch sees, remembers what it needs in rows, and reports what stands out.
import type { Anomaly } from "../model/answer-schema.ts";
import type { WatchDefinition } from "../model/detection.ts";
import type { Calendar } from "./calendar.ts";
import type { Memory } from "./memory.ts";
import type { Report } from "./report.ts";
import type { Sighting } from "./sighting.ts";

export interface Detector {
  /** In the order of the ledger. */
  observe(sighting: Sighting): void;
  /** Before each transaction: the application's clock stands at `now`. */
  advance?(now: number): void;
  /** A person said what the anomaly of this key was. The report itself already keeps quiet about what was expected. */
  marked?(key: string, state: Anomaly["state"], span: { from: number; to: number }): void;
  learned(): Learned;
}

export interface Learned {
  keys: number;
  samples: number;
  needed: number;
  unit: "days" | "events";
}

/** A watch with every threshold settled, and where it works. */
export interface DetectorContext {
  watch: WatchDefinition;
  z: number;
  factor: number;
  /** Days a baseline looks back. */
  days: number;
  /** Days, or events, of its own that a baseline needs; as the detector counts. */
  samples: (preset: number) => number;
  count: (preset: number) => number;
  withinMs: (preset: number) => number;
  businessHours: string | undefined;
  memory: Memory;
  report: Report;
  calendar: Calendar;
  /** When detection began to look, in application time. */
  since: () => number;
}

export type CreateDetector = (context: DetectorContext) => Detector;
