/** Where time comes from, so that a test can hold it still. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339 in UTC with six fractional digits, the one form in which the trail keeps time. */
export function toTimestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -1)}000Z`;
}

/** The same form, from microseconds since the epoch. */
export function microsToTimestamp(epochUs: bigint): string {
  const seconds = new Date(Number(epochUs / 1000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(epochUs % 1_000_000n).padStart(6, "0")}Z`;
}
