// Back-off: bounded, growing, never zero.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../src/lib/backoff.ts";

const lowest = () => 0;
const highest = () => 1 - Number.EPSILON / 2;

describe("backoffMs", () => {
  it("doubles with each attempt up to its bound, in the upper half of the step", () => {
    expect([0, 1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 200, 3_000, highest))).toEqual([
      200, 400, 800, 1_600, 3_000, 3_000,
    ]);
    expect([0, 1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 200, 3_000, lowest))).toEqual([
      100, 200, 400, 800, 1_500, 1_500,
    ]);
  });

  it("stays within its bounds after any number of attempts", () => {
    const attempts = fc.oneof(fc.nat(40), fc.constantFrom(1_024, 1e9, Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(
        attempts,
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1_000, max: 60_000 }),
        (attempt, baseMs, maxMs) => {
          const waitMs = backoffMs(attempt, baseMs, maxMs);
          expect(waitMs).toBeGreaterThanOrEqual(Math.floor(baseMs / 2));
          expect(waitMs).toBeLessThanOrEqual(maxMs);
          expect(Number.isInteger(waitMs)).toBe(true);
        },
      ),
    );
  });
});
