// The text of /metrics against the catalogue: what is not in it, or not as it says. Gives findings, none where all is well.
import { describeMetric, metrics, type MetricName } from "../../src/model/metrics.ts";

export function metricFaults(text: string): string[] {
  const faults: string[] = [];
  const told = new Set<string>();
  for (const line of text.trim().split("\n")) {
    const [, kind, of = "", rest = ""] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? [];
    const [, sample = of, labels = "", value = "0"] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const name = toName(sample);
    if (name === undefined) {
      faults.push(`not in the catalogue: ${line}`);
      continue;
    }
    const metric = describeMetric(name);
    if (kind === "HELP" && rest !== metric.help) faults.push(`another help: ${line}`);
    if (kind === "TYPE" && rest !== metric.type) faults.push(`another type: ${line}`);
    if (kind === "TYPE" && told.has(name)) faults.push(`twice: ${line}`);
    if (kind === "TYPE") told.add(name);
    if (kind !== undefined) continue;
    if (!told.has(name)) faults.push(`before its type: ${line}`);
    if (!Number.isFinite(Number(value))) faults.push(`no number: ${line}`);
    const names = [...labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label = ""]) => label);
    const expected = [...(metric.labels ?? []), ...(sample.endsWith("_bucket") ? ["le"] : [])];
    if (names.join() !== expected.join()) faults.push(`other labels: ${line}`);
  }
  return faults;
}

export function valueOf(text: string, sample: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length));
}

/** A histogram has three names of its own. */
export function toName(sample: string): MetricName | undefined {
  if (Object.hasOwn(metrics, sample)) return sample as MetricName;
  const base = sample.replace(/_(bucket|sum|count)$/, "");
  return Object.hasOwn(metrics, base) && describeMetric(base as MetricName).type === "histogram"
    ? (base as MetricName)
    : undefined;
}
