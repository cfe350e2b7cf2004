// store: the question `summary`. Takes a day and a zone, gives the facts of that day, compared with the same weekday before.
import type Database from "better-sqlite3";
import { toTimestamp } from "../lib/clock.ts";
import { addDays, isTimeZone, zonedDay } from "../lib/zoned-day.ts";
import type { DailySummary } from "../model/answer-schema.ts";
import { AppError } from "../model/app-error.ts";
import type { ParsedInput } from "../model/question.ts";
import type { RuleTerms } from "../model/rule-terms.ts";
import type { Coverage } from "../model/trace.ts";
import { prepareTrailBegin } from "./coverage.ts";
import { type EventTotal, prepareDayTotals, type TimeRange } from "./day-totals.ts";
import type { EntryBlocks } from "./entry-blocks.ts";

/** What the ledger says of a day; anomalies are in the findings, words are made of the whole. */
export type DayFacts = Omit<DailySummary, "anomalies" | "words">;

export type DailySummaryQuery = (input: Pick<ParsedInput<"summary">, "date" | "zone">, terms: RuleTerms) => DayFacts;

/** A week and two weeks. */
const comparedDays = [7, 14] as const;
const branchesMax = 50;

export function prepareDailySummary(
  db: Database.Database,
  blocks: EntryBlocks,
  coverage: () => Coverage,
): DailySummaryQuery {
  const days = prepareDayTotals(db, blocks);
  const trailBegin = prepareTrailBegin(db);
  return ({ date, zone }, terms) => {
    const range = dayOf(date, zone);
    const held = coverage();
    const begins = trailBegin(held);
    const before = comparedDays.map((count) => {
      const day = addDays(date, -count);
      const times = dayOf(day, zone);
      const isHeld = begins < times.to;
      return { date: day, times, isHeld, events: isHeld ? days.events(times, terms) : [] };
    });
    const events = days.events(range, terms);
    const [week, fortnight] = before.map((day) => (day.isHeld ? day.events : undefined));
    const types = byType(events, week, fortnight, terms);
    const totals = days.totals(range, terms);
    const { movements, ...rest } = totals;
    return {
      date,
      zone,
      ...range,
      ...rest,
      business_events: sumOf(events),
      begins_at: begins >= range.from ? begins : null,
      is_newest: (held.to_time ?? held.from_time) < range.to,
      compared: before.flatMap(({ date: day, times, isHeld, events: theirs }) => {
        if (!isHeld) return [];
        const { transactions, change_events } = days.entries(times);
        return [{ date: day, transactions, change_events, business_events: sumOf(theirs) }];
      }),
      by_type: types,
      by_branch: byBranch(events, week, fortnight),
      movements: movements
        .map((movement) => {
          const { label = null, amount = null } = terms.events.get(movement.type) ?? {};
          return { ...movement, label, field: amount ?? "" };
        })
        .sort((a, b) => placeOf(types, a.type) - placeOf(types, b.type)),
      gaps: held.gaps.filter(({ recorded_at }) => recorded_at >= range.from && recorded_at < range.to),
      coverage: held,
    };
  };
}

/** The order of the types; of one type the movements stay as they were. */
function placeOf(types: readonly { type: string }[], type: string): number {
  return types.findIndex((each) => each.type === type);
}

type Totals = readonly EventTotal[] | undefined;

function byType(events: readonly EventTotal[], week: Totals, fortnight: Totals, terms: RuleTerms) {
  const names = namesOf([events, week, fortnight], ({ type }) => type);
  return names
    .map((type): DailySummary["by_type"][number] => {
      const own = (totals: readonly EventTotal[]): EventTotal[] => totals.filter((each) => each.type === type);
      const { label = null, amount: field = null } = terms.events.get(type) ?? {};
      const total = amountOf(own(events));
      return {
        type,
        label,
        count: sumOf(own(events)),
        week_before: week === undefined ? null : sumOf(own(week)),
        two_weeks_before: fortnight === undefined ? null : sumOf(own(fortnight)),
        amount:
          field === null || total === null
            ? null
            : { field, total, week_before: week === undefined ? null : amountOf(own(week)) },
      };
    })
    .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
}

function byBranch(events: readonly EventTotal[], week: Totals, fortnight: Totals): DailySummary["by_branch"] {
  return namesOf([events, week, fortnight], ({ branch }) => branch)
    .map((branch) => {
      const own = (totals: Totals): number | null =>
        totals === undefined ? null : sumOf(totals.filter((each) => each.branch === branch));
      return { branch, count: own(events)!, week_before: own(week), two_weeks_before: own(fortnight) };
    })
    .sort((a, b) => b.count - a.count || (b.week_before ?? 0) - (a.week_before ?? 0) || (a.branch < b.branch ? -1 : 1))
    .slice(0, branchesMax);
}

function namesOf(days: readonly Totals[], nameOf: (total: EventTotal) => string | null): string[] {
  const names = days.flatMap((totals = []) => totals.flatMap((total) => nameOf(total) ?? []));
  return [...new Set(names)];
}

function sumOf(totals: readonly EventTotal[]): number {
  return totals.reduce((sum, { count }) => sum + count, 0);
}

/** As decimal text with the digits that the amounts have; null where there are none. */
function amountOf(totals: readonly EventTotal[]): string | null {
  const amounts = totals.filter(({ total }) => total !== null);
  if (amounts.length === 0) return null;
  // Beyond six digits after the point there is only the noise of binary fractions.
  const decimals = Math.min(6, Math.max(...amounts.map((each) => each.decimals)));
  const text = amounts.reduce((sum, { total }) => sum + (total ?? 0), 0).toFixed(decimals);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** @throws usage.query for a zone that is none */
function dayOf(date: string, zone: string): TimeRange {
  if (!isTimeZone(zone)) {
    throw new AppError("usage.query", `zone: ${JSON.stringify(zone)} is not a time zone`, {
      hint: "An IANA name, such as America/Lima or UTC.",
    });
  }
  const { from, to } = zonedDay(date, zone);
  return { from: toTimestamp(from), to: toTimestamp(to) };
}
