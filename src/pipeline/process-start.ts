// pipeline: a clock that may be set while we run -> when this process began, so that times which it wrote are told from older ones.
import type { Clock } from "../lib/clock.ts";

/**
 * Asked now and then. Put back, the clock gives an earlier start, and what is written from then on is still ours; put forward,
 * the start stays, and what was written before is still ours.
 */
export function trackProcessStart(clock: Clock, uptimeMs = (): number => process.uptime() * 1_000): () => number {
  let earliest = Infinity;
  return () => (earliest = Math.min(earliest, clock.now() - uptimeMs()));
}
