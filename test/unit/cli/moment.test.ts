// Times as people type them, in their own zone, over the days on which clocks are changed.
import { describe, expect, it } from "vitest";
import { fromWallTime, isUtc, wallTime } from "../../../src/lib/zoned-time.ts";
import { parseDay, parseEnd, parseMoment, parseRange } from "../../../src/serve/cli/moment.ts";

const lima = { zone: "America/Lima", now: Date.parse("2026-01-06T03:30:00Z") };
const madrid = { zone: "Europe/Madrid", now: Date.parse("2026-03-29T12:00:00Z") };

describe("parseMoment", () => {
  it.for([
    // 22:30 of the 5th in Lima, though it is the 6th in UTC.
    ["today", "2026-01-05T05:00:00.000000Z"],
    ["Yesterday", "2026-01-04T05:00:00.000000Z"],
    ["hoy", "2026-01-05T05:00:00.000000Z"],
    ["now", "2026-01-06T03:30:00.000000Z"],
    ["7d", "2025-12-30T03:30:00.000000Z"],
    ["24h", "2026-01-05T03:30:00.000000Z"],
    ["90m", "2026-01-06T02:00:00.000000Z"],
    ["2w", "2025-12-23T03:30:00.000000Z"],
    ["2026-01-05", "2026-01-05T05:00:00.000000Z"],
    ["2026-01-05 09:30", "2026-01-05T14:30:00.000000Z"],
    ["2026-01-05T09:30:15.25", "2026-01-05T14:30:15.250000Z"],
    ["2026-01-05T09:30:00Z", "2026-01-05T09:30:00.000000Z"],
    ["2026-01-05T09:30:00+02:00", "2026-01-05T07:30:00.000000Z"],
    ["2026-01-05T09:30:00.123456Z", "2026-01-05T09:30:00.123456Z"],
  ] as const)("%s", ([text, moment]) => {
    expect(parseMoment("--start", text, lima)).toBe(moment);
  });

  it.for([
    "",
    "tomorrow",
    "7",
    "d",
    "-7d",
    "2026-02-30",
    "2026-13-01",
    "2026-01-05 25:00",
    "2026-01-05 9:30",
    "5/1/2026",
    "1e3d",
    "constructor",
  ])("refuses %j with what it takes", (text) => {
    expect(() => parseMoment("--start", text, lima)).toThrow(
      expect.objectContaining({
        code: "usage.argument",
        message: expect.stringMatching(/^--start .*: is not a time$/s),
        hint: expect.stringContaining("`yesterday`"),
      }) as Error,
    );
  });
});

describe("parseEnd", () => {
  it.for([
    ["2026-01-31", "2026-02-01T05:00:00.000000Z"],
    ["today", "2026-01-06T05:00:00.000000Z"],
    ["yesterday", "2026-01-05T05:00:00.000000Z"],
    ["2026-01-31 12:00", "2026-01-31T17:00:00.000000Z"],
    ["24h", "2026-01-05T03:30:00.000000Z"],
  ] as const)("%s: a day is taken whole, a time is exact", ([text, moment]) => {
    expect(parseEnd("--end", text, lima)).toBe(moment);
  });

  it("knows that a day may have 23 or 25 hours", () => {
    expect([parseMoment("--start", "today", madrid), parseEnd("--end", "today", madrid)]).toEqual([
      "2026-03-28T23:00:00.000000Z",
      "2026-03-29T22:00:00.000000Z",
    ]);
    expect(parseMoment("--start", "yesterday", { ...madrid, now: Date.parse("2026-10-25T23:30:00Z") })).toBe(
      "2026-10-24T22:00:00.000000Z",
    );
  });
});

describe("parseDay", () => {
  it("is a day of the zone's calendar", () => {
    expect(["today", "ayer", "7d", "2026-02-28"].map((text) => parseDay("--date", text, lima))).toEqual([
      "2026-01-05",
      "2026-01-04",
      "2025-12-29",
      "2026-02-28",
    ]);
    expect(() => parseDay("--date", "2026-02-29", lima)).toThrow("--date 2026-02-29: is not a time");
  });
});

describe("parseRange", () => {
  it("leaves out what was not given, and refuses a range that ends before it begins", () => {
    expect(parseRange({ start: undefined, end: undefined }, lima)).toEqual({});
    const [from, to] = ["2026-01-05T05:00:00.000000Z", "2026-01-06T05:00:00.000000Z"];
    expect(parseRange({ start: "2026-01-05", end: undefined }, lima)).toEqual({ from });
    expect(parseRange({ start: "today", end: "2026-01-05" }, lima)).toEqual({ from, to });
    expect(() => parseRange({ start: "2026-01-06", end: "2026-01-05" }, lima)).toThrow("the range is empty");
  });
});

describe("the clock on the wall", () => {
  it("comes back to the same moment, where there is one", () => {
    for (const zone of ["UTC", "America/Lima", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati"])
      for (const at of [0, Date.parse("2026-06-30T23:59:59Z"), Date.parse("2026-12-31T12:00:00Z")])
        expect(fromWallTime(wallTime(at, zone), zone)).toBe(at);
  });

  it("takes the first of two, and goes on where there is none", () => {
    expect(new Date(fromWallTime("2026-10-25 02:30:00", "Europe/Madrid")).toJSON()).toBe("2026-10-25T00:30:00.000Z");
    expect(wallTime(fromWallTime("2026-03-29 02:30:00", "Europe/Madrid"), "Europe/Madrid")).toBe("2026-03-29 03:30:00");
  });

  it("knows UTC by its names", () => {
    expect(["UTC", "Etc/UTC", "gmt", "Etc/GMT"].every(isUtc)).toBe(true);
    expect(["Europe/London", "Etc/GMT+5", "UTCX"].some(isUtc)).toBe(false);
  });
});
