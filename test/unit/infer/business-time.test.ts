import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toBusinessTime } from "../../../src/infer/business-time.ts";

test.each([
  ["2026-01-05 09:30:00", "2026-01-05T09:30:00.000000Z"],
  ["2026-01-05 09:30:00.5", "2026-01-05T09:30:00.500000Z"],
  ["2026-01-05 09:30:00.123456", "2026-01-05T09:30:00.123456Z"],
  ["2026-01-05T09:30:00.123Z", "2026-01-05T09:30:00.123000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000000Z"],
  ["9999-12-31 23:59:59.999999", "9999-12-31T23:59:59.999999Z"],
  [new Date(0), "1970-01-01T00:00:00.000000Z"],
])("%s -> %s", (value, expected) => {
  expect(toBusinessTime(value)).toBe(expected);
});

test.each([
  "0000-00-00 00:00:00",
  "0000-01-01 00:00:00",
  "2026-00-05",
  "2026-01-00 00:00:00",
  "2026-13-01",
  "2026-02-30 10:00:00",
  "2026-01-05 24:00:00",
  "2026-01-05 09:60:00",
  "2026-01-05 09:30",
  "2026-01-05 09:30:00.",
  "2026-01-05 09:30:00.1234567",
  "2026-01-05T09:30:00+02:00",
  " 2026-01-05",
  "yesterday",
  "",
  null,
  undefined,
  1767605400,
  new Date(Number.NaN),
])("%s is no moment", (value) => {
  expect(toBusinessTime(value)).toBeNull();
});

test("every moment of a DATETIME comes out as it went in", () => {
  const moments = fc.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moments, (moment) => {
      const text = moment.toISOString().slice(0, 23);
      expect(toBusinessTime(text.replace("T", " "))).toBe(`${text}000Z`);
      expect(toBusinessTime(moment)).toBe(`${text}000Z`);
    }),
  );
});
