import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../generator/random.ts";

describe("createRandom", () => {
  it("repeats itself, for ever: these numbers are part of what a seed means", () => {
    const random = createRandom(42, "sales", 1);
    expect([random.int(0, 999_999), random.int(0, 999_999), random.int(0, 999_999)]).toEqual([
      199_697, 973_565, 747_096,
    ]);
  });

  it("keeps streams and seeds apart", () => {
    const first = (...stream: [number, ...(string | number)[]]): number => createRandom(...stream).next();
    expect(new Set([first(1, "a"), first(1, "b"), first(2, "a"), first(1, "a", 1), first(1)]).size).toBe(5);
  });

  it("stays within its bounds and reaches both", () => {
    const random = createRandom(1);
    const seen = new Set(Array.from({ length: 500 }, () => random.int(3, 6)));
    expect([...seen].sort((a, b) => a - b)).toEqual([3, 4, 5, 6]);
  });

  it("spreads evenly: each tenth of 100,000 numbers holds a tenth of them", () => {
    const random = createRandom(5, "spread");
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const tenth = Math.floor(random.next() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it("never chooses a weight of zero", () => {
    const weights = fc.array(fc.nat({ max: 9 }), { minLength: 1 }).filter((list) => list.some((weight) => weight > 0));
    fc.assert(
      fc.property(fc.nat(), weights, (seed, list) => {
        expect(list[createRandom(seed).weighted(list)]).toBeGreaterThan(0);
      }),
    );
  });

  it("refuses to choose from nothing", () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
    expect(() => createRandom(1).weighted([0, 0])).toThrow(RangeError);
  });
});
