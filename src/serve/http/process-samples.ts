// serve/http: this process in numbers: processor, memory, how late its main thread is, and what runs.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { packageVersion } from "../../lib/package-root.ts";
import type { MetricName } from "../../model/metrics.ts";
import type { Sample } from "../../model/sample.ts";

export interface ProcessMeter extends Disposable {
  samples(): Sample[];
}

export function openProcessMeter(): ProcessMeter {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return {
    samples() {
      const { user, system } = process.cpuUsage();
      const single = (name: MetricName, value: number): Sample => ({ name, values: [{ value }] });
      // It measures the whole interval between two looks: what is beyond what was asked for is late. No look yet: NaN.
      const lagSeconds = Math.max(0, (delay.percentile(99) || 0) / 1e9 - 0.01);
      delay.reset();
      return [
        {
          name: "audit_overlay_build_info",
          values: [{ labels: { version: packageVersion, node_version: process.versions.node }, value: 1 }],
        },
        single("process_start_time_seconds", performance.timeOrigin / 1_000),
        single("process_cpu_seconds_total", (user + system) / 1e6),
        single("process_resident_memory_bytes", process.memoryUsage.rss()),
        single("nodejs_eventloop_lag_p99_seconds", lagSeconds),
      ];
    },
    [Symbol.dispose]: () => void delay.disable(),
  };
}
