// pipeline: measures that other threads tell of, for /metrics. The newest of a name counts.
import type { Sample } from "../model/sample.ts";

export interface Measures {
  take: (samples: readonly Sample[]) => void;
  all: () => readonly Sample[];
}

export function createMeasures(): Measures {
  const byName = new Map<string, Sample>();
  return {
    take(samples) {
      for (const sample of samples) byName.set(sample.name, sample);
    },
    all: () => [...byName.values()],
  };
}
