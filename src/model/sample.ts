// A measure as Prometheus takes it: one name of the catalogue, one value for each set of labels.
import type { MetricName } from "./metrics.ts";

export type Labels = Readonly<Record<string, string>>;

export interface SampleValue {
  labels?: Labels;
  value: number;
}

export interface Sample {
  name: MetricName;
  values: readonly SampleValue[];
}

/** One sample for each name. Values with the same labels are added up: threads each count for themselves. */
export function mergeSamples(samples: readonly Sample[]): Sample[] {
  const byName = new Map<MetricName, Map<string, SampleValue>>();
  for (const { name, values } of samples) {
    const merged = byName.get(name) ?? new Map<string, SampleValue>();
    byName.set(name, merged);
    for (const each of values) {
      const key = JSON.stringify(each.labels ?? {});
      merged.set(key, { ...each, value: each.value + (merged.get(key)?.value ?? 0) });
    }
  }
  return [...byName].map(([name, values]) => ({ name, values: [...values.values()] }));
}
