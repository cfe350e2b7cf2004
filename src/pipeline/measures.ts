// pipeline: measures that other threads tell of, for /metrics. Of each thread the newest of a name counts; a thread that is started
// anew counts from 0, and what it had counted before stays counted.
import { describeMetric, type MetricName } from "../model/metrics.ts";
import { mergeSamples, type Sample } from "../model/sample.ts";

export interface Measures {
  /** For a thread that starts; what it told before its restart no longer holds. */
  open: (thread: string) => (samples: readonly Sample[]) => void;
  all: () => readonly Sample[];
}

export function createMeasures(): Measures {
  const threads = new Map<string, Map<MetricName, Sample>>();
  let ended: Sample[] = [];
  return {
    open(thread) {
      const former = [...(threads.get(thread)?.values() ?? [])];
      ended = mergeSamples([...ended, ...former.filter(({ name }) => describeMetric(name).type === "counter")]);
      const byName = new Map<MetricName, Sample>();
      threads.set(thread, byName);
      return (samples) => {
        for (const sample of samples) byName.set(sample.name, sample);
      };
    },
    all: () => mergeSamples([...ended, ...[...threads.values()].flatMap((byName) => [...byName.values()])]),
  };
}
