// pipeline: how far the trail is behind its server, as numbers for /metrics. Takes what the server says every few seconds and what is
// stored meanwhile. What is not known is left out: a number that stands still would look well.
import type { ServerNow } from "../capture/server-watch.ts";
import { countMissing, parseGtidSet } from "../model/gtid-set.ts";
import type { MetricName } from "../model/metrics.ts";
import type { Sample } from "../model/sample.ts";

export interface SourceLag {
  /** The server has answered. @param storedGtidSet at the same moment */
  looked(server: ServerNow, storedGtidSet: string): void;
  /** @param committedAt of the newest transaction that was stored, RFC 3339 */
  stored(committedAt: string): void;
  reconnected(): void;
  samples(): Sample[];
}

/** An answer that is older is none. */
const answerSecondsMax = 30;

export function createSourceLag(now: () => number): SourceLag {
  let answer: { atMs: number; missing: number } | undefined;
  let retention: number | null = null;
  let allStoredAtMs: number | undefined;
  let committedAtMs: number | undefined;
  let reconnects = 0;

  const single = (name: MetricName, value: number | null): Sample => ({
    name,
    values: value === null ? [] : [{ value }],
  });
  const lagSeconds = (missing: number): number | null => {
    if (missing === 0) return 0;
    // Where the server was idle, the newest transaction is old and the missing one is not.
    const since = Math.max(allStoredAtMs ?? -Infinity, committedAtMs ?? -Infinity);
    return since === -Infinity ? null : Math.max(0, (now() - since) / 1_000);
  };
  return {
    looked({ executedGtidSet, retentionSeconds }, storedGtidSet) {
      const missing = countMissing(parseGtidSet(executedGtidSet), parseGtidSet(storedGtidSet));
      answer = { atMs: now(), missing };
      retention = retentionSeconds;
      if (missing === 0) allStoredAtMs = now();
    },
    stored: (committedAt) => void (committedAtMs = Date.parse(committedAt)),
    reconnected: () => void (reconnects += 1),
    samples() {
      const isKnown = answer !== undefined && (now() - answer.atMs) / 1_000 <= answerSecondsMax;
      const missing = isKnown ? answer!.missing : null;
      return [
        single("audit_overlay_lag_transactions", missing),
        single("audit_overlay_lag_seconds", missing === null ? null : lagSeconds(missing)),
        single("audit_overlay_binlog_retention_seconds", retention),
        single("audit_overlay_reconnects_total", reconnects),
      ];
    },
  };
}
