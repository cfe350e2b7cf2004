// store: the question `summary`. Takes a day and a zone, gives the facts of that day.
import type Database from "better-sqlite3";
import { toTimestamp } from "../lib/clock.ts";
import { isTimeZone, weekBefore, zonedDay } from "../lib/zoned-day.ts";
import type { DailySummary } from "../model/answer-schema.ts";
import { AppError } from "../model/app-error.ts";
import type { ParsedInput } from "../model/question.ts";
import type { Coverage } from "../model/trace.ts";
import { prepareDayTotals } from "./day-totals.ts";
import type { EntryBlocks } from "./entry-blocks.ts";

export function prepareDailySummary(db: Database.Database, blocks: EntryBlocks, coverage: () => Coverage) {
  const days = prepareDayTotals(db, blocks);
  return ({ date, zone }: ParsedInput<"summary">): DailySummary => {
    if (!isTimeZone(zone)) {
      throw new AppError("usage.query", `zone: ${JSON.stringify(zone)} is not a time zone`, {
        hint: "An IANA name, such as America/Lima or UTC.",
      });
    }
    const range = dayOf(date, zone);
    const { by_type, ...totals } = days.totals(range);
    const before = days.byType(dayOf(weekBefore(date), zone));
    const held = coverage();
    const types = [...new Set([...by_type.keys(), ...before.keys()])].map((type) => ({
      type,
      count: by_type.get(type) ?? 0,
      week_before: before.get(type) ?? 0,
    }));
    return {
      date,
      zone,
      ...range,
      ...totals,
      by_type: types.sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1)),
      gaps: held.gaps.filter(({ recorded_at }) => recorded_at >= range.from && recorded_at < range.to),
      coverage: held,
    };
  };
}

function dayOf(date: string, zone: string): { from: string; to: string } {
  const { from, to } = zonedDay(date, zone);
  return { from: toTimestamp(from), to: toTimestamp(to) };
}
