// How often each error was logged or answered in this thread, for /metrics.
import type { Sample } from "./sample.ts";

export interface ErrorCounts {
  count: (code: string) => void;
  sample(): Sample;
}

/**
 * Codes are names of ours: what this keeps is bounded.
 * @param codes that are there from the beginning with 0, so that a first error is seen as an increase
 */
export function createErrorCounts(codes: readonly string[] = []): ErrorCounts {
  const counts = new Map(codes.map((code) => [code, 0]));
  return {
    count: (code) => void counts.set(code, (counts.get(code) ?? 0) + 1),
    sample: () => ({
      name: "audit_overlay_errors_total",
      values: [...counts].map(([code, value]) => ({ labels: { code }, value })),
    }),
  };
}
