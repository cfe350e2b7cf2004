// The one form in which the trail keeps time, and the assertions that close a switch.
import { describe, expect, it } from "vitest";
import { assert, assertNever } from "../../../src/lib/assert.ts";
import { systemClock, toTimestamp } from "../../../src/lib/clock.ts";

describe("toTimestamp", () => {
  it.each([
    [0, "1970-01-01T00:00:00.000000Z"],
    [1_772_366_400_123, "2026-03-01T12:00:00.123000Z"],
    [-1, "1969-12-31T23:59:59.999000Z"],
    [4_294_967_295_000, "2106-02-07T06:28:15.000000Z"],
  ])("gives %i ms as %s", (epochMs, text) => expect(toTimestamp(epochMs)).toBe(text));

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1])("refuses %d, which is no time", (epochMs) => {
    expect(() => toTimestamp(epochMs)).toThrow(RangeError);
  });

  it("reads back as the same moment", () => {
    const now = systemClock.now();
    expect(Date.parse(toTimestamp(now))).toBe(now);
  });
});

describe("a broken assumption", () => {
  it("is called a bug", () => {
    expect(() => assert(0, "zero")).toThrow("bug: zero");
    expect(() => assert("", "empty")).toThrow("bug: empty");
    expect(() => assertNever({ kind: "new" } as never)).toThrow('bug: unexpected {"kind":"new"}');
  });

  it("is not one that holds", () => expect(() => assert(1, "one")).not.toThrow());
});
