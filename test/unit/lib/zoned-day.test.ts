// When a day begins and ends in a zone, also where clocks are put forward or back, at midnight or not.
import { expect, it } from "vitest";
import { addDays, isTimeZone, zonedDay } from "../../../src/lib/zoned-day.ts";

it.each([
  ["2026-01-05", "UTC", "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"],
  ["2026-01-05", "America/Lima", "2026-01-05T05:00:00Z", "2026-01-06T05:00:00Z"],
  ["2026-01-05", "Asia/Kathmandu", "2026-01-04T18:15:00Z", "2026-01-05T18:15:00Z"],
  ["2026-01-05", "Pacific/Kiritimati", "2026-01-04T10:00:00Z", "2026-01-05T10:00:00Z"],
  // Put forward at two, put back at three.
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
  ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
  // Put forward at midnight: the day begins at one.
  ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
  // Put back at midnight: an hour of the day before comes twice.
  ["2026-04-04", "America/Santiago", "2026-04-04T03:00:00Z", "2026-04-05T04:00:00Z"],
])("%s in %s", (date, zone, from, to) => {
  expect(zonedDay(date, zone)).toEqual({ from: Date.parse(from), to: Date.parse(to) });
});

it("knows zones from other text", () => {
  expect(["UTC", "America/Lima", "Mars/Olympus", "", "'; DROP"].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it("counts a week back over months", () => {
  expect(addDays("2026-03-03", -7)).toBe("2026-02-24");
});
