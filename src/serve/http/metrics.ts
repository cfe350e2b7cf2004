// serve/http: numbers for Prometheus. Takes observations and samples, gives its text format (version 0.0.4).
import { describeMetric, type MetricName } from "../../model/metrics.ts";
import type { Labels, Sample } from "../../model/sample.ts";

export interface RequestMetrics {
  observe(route: string, status: number, seconds: number): void;
  expose(): string;
}

const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

interface Duration {
  buckets: number[];
  sum: number;
  count: number;
}

/** Routes are names of ours, never text of a request: what this keeps is bounded. */
export function createRequestMetrics(): RequestMetrics {
  const requests = new Map<string, { route: string; status: string; value: number }>();
  const durations = new Map<string, Duration>();
  return {
    observe(route, status, seconds) {
      const key = `${route} ${status}`;
      const request = requests.get(key) ?? { route, status: String(status), value: 0 };
      request.value += 1;
      requests.set(key, request);
      const duration = durations.get(route) ?? { buckets: bucketsSeconds.map(() => 0), sum: 0, count: 0 };
      duration.sum += seconds;
      duration.count += 1;
      for (const [index, bound] of bucketsSeconds.entries())
        if (seconds <= bound) duration.buckets[index] = (duration.buckets[index] ?? 0) + 1;
      durations.set(route, duration);
    },
    expose: () =>
      exposeSample({
        name: "audit_overlay_http_requests_total",
        values: [...requests.values()].map(({ value, ...labels }) => ({ labels, value })),
      }) + exposeDurations(durations),
  };
}

export function exposeSample({ name, values }: Sample): string {
  if (values.length === 0) return "";
  return exposeLines(
    name,
    values.map(({ labels, value }) => `${name}${exposeLabels(labels)} ${value}`),
  );
}

function exposeDurations(durations: ReadonlyMap<string, Duration>): string {
  const name = "audit_overlay_http_request_duration_seconds";
  const lines = [...durations].flatMap(([route, { buckets, sum, count }]) => [
    ...buckets.map(
      (value, index) => `${name}_bucket${exposeLabels({ route, le: String(bucketsSeconds[index]) })} ${value}`,
    ),
    `${name}_bucket${exposeLabels({ route, le: "+Inf" })} ${count}`,
    `${name}_sum${exposeLabels({ route })} ${sum}`,
    `${name}_count${exposeLabels({ route })} ${count}`,
  ]);
  return lines.length === 0 ? "" : exposeLines(name, lines);
}

function exposeLines(name: MetricName, lines: readonly string[]): string {
  const { help, type } = describeMetric(name);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
}

/** Label values may be text from the database: quotes, backslashes and line feeds are escaped. */
function exposeLabels(labels: Labels = {}): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}
