// Which days are to be told at a moment: the schedule, days made up, days told again; over a clock that the test holds.
import { describe, expect, it } from "vitest";
import { isSchedule, lastRunIn } from "../../../src/lib/schedule.ts";
import { dueDays, madeUpDays } from "../../../src/pipeline/due-days.ts";

const lima = "America/Lima";
const evening = "30 23 * * *";
const at = (utc: string): number => Date.parse(utc);

const justNow = "just now";

/** @param told day to when its summary was last looked at */
function due(
  now: string,
  told: Record<string, string> = {},
  differs: Partial<Parameters<typeof dueDays>[0]> = {},
): string[] {
  return dueDays({
    schedule: evening,
    zone: lima,
    now: at(now),
    begin: 0,
    checkedAt: (date) => (told[date] === undefined ? undefined : told[date] === justNow ? at(now) : at(told[date])),
    isRead: () => true,
    ...differs,
  });
}

/** The days until then, each looked at late enough. */
function allTold(until: string): Record<string, string> {
  const days = Array.from({ length: madeUpDays + 3 }, (_, index) =>
    new Date(at(`${until}T00:00Z`) - index * 86_400_000).toISOString().slice(0, 10),
  );
  return Object.fromEntries(days.map((day) => [day, justNow]));
}

describe("the day of today", () => {
  const before = allTold("2026-03-05");

  it("is told at half past eleven at night, where the site is", () => {
    expect(due("2026-03-07T04:29:59Z", before)).toEqual([]);
    expect(due("2026-03-07T04:30:00Z", before)).toEqual(["2026-03-06"]);
  });

  it("is told once, and looked at again when it is over, then once more a day later", () => {
    const told = (checked: string) => ({ ...before, "2026-03-06": checked });
    expect(due("2026-03-07T04:45:00Z", told("2026-03-07T04:30:00Z"))).toEqual([]);
    expect(due("2026-03-07T05:00:00Z", told("2026-03-07T04:30:00Z"))).toEqual(["2026-03-06"]);
    expect(due("2026-03-07T20:00:00Z", told("2026-03-07T05:00:01Z"))).toEqual([]);
    expect(due("2026-03-08T04:30:00Z", told("2026-03-07T05:00:01Z"))).toEqual(["2026-03-06", "2026-03-07"]);
    expect(
      due("2026-03-08T04:30:00Z", { ...told("2026-03-08T04:30:00Z"), "2026-03-07": "2026-03-08T04:30:00Z" }),
    ).toEqual([]);
  });

  it("waits after its end until the trail has come beyond it", () => {
    expect(due("2026-03-07T05:00:00Z", before, { isRead: () => false })).toEqual([]);
    expect(due("2026-03-07T04:31:00Z", before, { isRead: () => false })).toEqual(["2026-03-06"]);
  });
});

it("is that of yesterday where the schedule is in the small hours", () => {
  const differs = { schedule: "0 2 * * *" };
  expect(due("2026-03-07T06:59:00Z", allTold("2026-03-05"), differs)).toEqual([]);
  expect(due("2026-03-07T07:00:00Z", allTold("2026-03-05"), differs)).toEqual(["2026-03-06"]);
});

it("makes up what was missed, the oldest first, at most 31 days", () => {
  const missed = due("2026-03-07T04:30:00Z");
  expect(missed).toHaveLength(madeUpDays + 1);
  expect([missed[0], missed.at(-1)]).toEqual(["2026-02-03", "2026-03-06"]);
  expect(due("2026-03-07T04:00:00Z", allTold("2026-03-02"))).toEqual(["2026-03-03", "2026-03-04", "2026-03-05"]);
});

it("tells no day that was over when the trail began, and the day on which it began", () => {
  const midnight = "2026-03-05T05:00:00Z";
  expect(due("2026-03-07T04:30:00Z", {}, { begin: at(midnight) })).toEqual(["2026-03-05", "2026-03-06"]);
  expect(due("2026-03-07T04:30:00Z", {}, { begin: at(midnight) - 1 })[0]).toBe("2026-03-04");
});

it("does not believe what was looked at by a clock that has been put back since", () => {
  const told = { ...allTold("2026-03-05"), "2026-03-06": "2030-01-01T00:00:00Z" };
  expect(due("2026-03-07T04:30:00Z", told)).toEqual(["2026-03-06"]);
});

it("tells no day that the schedule leaves out", () => {
  const weekdays = due("2026-03-10T04:30:00Z", allTold("2026-03-05"), { schedule: "30 23 * * 1-5" });
  expect(weekdays).toEqual(["2026-03-06", "2026-03-09"]);
});

describe("where clocks change", () => {
  const newYork = { zone: "America/New_York", schedule: evening };

  it("a day of 23 hours and one of 25 are told at their own half past eleven", () => {
    expect(due("2026-03-09T03:29:00Z", allTold("2026-03-07"), newYork)).toEqual([]);
    expect(due("2026-03-09T03:30:00Z", allTold("2026-03-07"), newYork)).toEqual(["2026-03-08"]);
    expect(due("2026-11-02T04:29:00Z", allTold("2026-10-31"), newYork)).toEqual([]);
    expect(due("2026-11-02T04:30:00Z", allTold("2026-10-31"), newYork)).toEqual(["2026-11-01"]);
  });

  it("a time that does not exist still has its run, and one that comes twice has one", () => {
    const spring = lastRunIn("30 2 * * *", "America/New_York", at("2026-03-08T05:00Z"), at("2026-03-09T04:00Z"));
    expect(new Date(spring ?? 0).toISOString()).toBe("2026-03-08T07:00:00.000Z");
    const autumn = lastRunIn("30 1 * * *", "America/New_York", at("2026-11-01T04:00Z"), at("2026-11-02T05:00Z"));
    expect(new Date(autumn ?? 0).toISOString()).toBe("2026-11-01T05:30:00.000Z");
  });
});

it("knows what is a schedule", () => {
  expect([evening, "@daily", "0 0 30 2 *", "half past", ""].map(isSchedule)).toEqual([true, true, false, false, false]);
});
