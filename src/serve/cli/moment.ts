// serve/cli: a time as a person types it -> the form in which the trail keeps time. Days are those of the user's zone.
import { Option } from "clipanion";
import { toTimestamp } from "../../lib/clock.ts";
import { zonedDay } from "../../lib/zoned-day.ts";
import { fromWallTime, wallTime } from "../../lib/zoned-time.ts";
import { AppError } from "../../model/app-error.ts";
import { instantSchema } from "../../model/question.ts";

export interface MomentContext {
  zone: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** For the help of flags. */
export const momentForms = "`today`, `yesterday`, `7d`, `24h`, 2026-01-05, 2026-01-05 09:30, or RFC 3339";

const dayNames: Record<string, number> = { today: 0, hoy: 0, yesterday: 1, ayer: 1 };
const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A day begins at its first moment. @throws usage.argument */
export function parseMoment(flag: string, text: string, context: MomentContext): string {
  const day = parseDayName(text, context) ?? (/^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined);
  if (day !== undefined) return toTimestamp(zonedDay(checkDay(flag, day), context.zone).from);
  return parsePoint(flag, text, context);
}

/** The end of a range, itself left out; a day is taken whole. @throws usage.argument */
export function parseEnd(flag: string, text: string, context: MomentContext): string {
  const day = parseDayName(text, context) ?? (/^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined);
  if (day !== undefined) return toTimestamp(zonedDay(checkDay(flag, day), context.zone).to);
  return parsePoint(flag, text, context);
}

/** A day of the zone's calendar, `2026-01-05`. @throws usage.argument */
export function parseDay(flag: string, text: string, context: MomentContext): string {
  const ago = /^(\d{1,4})d$/i.exec(text);
  if (ago !== null) return dayOf(context, Number(ago[1]));
  return checkDay(flag, parseDayName(text, context) ?? text);
}

/** Flags of a range of time, the same for every command that takes one. */
export const rangeFlags = {
  start: () => Option.String("--start,--from,--since", { description: `From this time on: ${momentForms}.` }),
  end: () =>
    Option.String("--end,--to,--until", { description: "Before this time; a day is taken whole. The same forms." }),
};

/** What was not given is left out. @throws usage.argument */
export function parseRange(
  { start, end }: { start: string | undefined; end: string | undefined },
  context: MomentContext,
): { from?: string; to?: string } {
  const from = start === undefined ? undefined : parseMoment("--start", start, context);
  const to = end === undefined ? undefined : parseEnd("--end", end, context);
  checkRange(from, to);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** @throws usage.argument when the one is not before the other */
function checkRange(from: string | undefined, to: string | undefined): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new AppError("usage.argument", `the range is empty: it begins at ${from} and ends at ${to}`, {
    hint: "--start must be before --end; a day given as --end is taken whole.",
  });
}

function parsePoint(flag: string, text: string, { zone, now }: MomentContext): string {
  if (text === "now") return toTimestamp(now);
  const ago = /^(\d{1,5})([mhdw])$/i.exec(text);
  if (ago !== null) return toTimestamp(now - Number(ago[1]) * unitMs[(ago[2] ?? "").toLowerCase()]!);
  const wall = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,6})?$/.exec(text);
  if (wall !== null) {
    const [, date = "", minute, second = ":00", fraction = ""] = wall;
    // The schema knows which times there are; the zone, which moment it is.
    const written = `${checkDay(flag, date)}T${minute}${second}`;
    if (!instantSchema.safeParse(`${written}Z`).success) throw notATime(flag, text);
    const at = toTimestamp(fromWallTime(written.replace("T", " "), zone));
    return `${at.slice(0, 19)}.${fraction.slice(1).padEnd(6, "0")}Z`;
  }
  const parsed = instantSchema.safeParse(text);
  if (!parsed.success) throw notATime(flag, text);
  return parsed.data;
}

function parseDayName(text: string, context: MomentContext): string | undefined {
  const ago = Object.hasOwn(dayNames, text.toLowerCase()) ? dayNames[text.toLowerCase()] : undefined;
  return ago === undefined ? undefined : dayOf(context, ago);
}

/** Days of the calendar, which are not always 24 hours long. */
function dayOf({ now, zone }: MomentContext, daysAgo: number): string {
  const noon = Date.parse(`${wallTime(now, zone).slice(0, 10)}T12:00:00Z`);
  return new Date(noon - daysAgo * 86_400_000).toISOString().slice(0, 10);
}

function checkDay(flag: string, day: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(day) && instantSchema.safeParse(day).success) return day;
  throw notATime(flag, day);
}

function notATime(flag: string, text: string): AppError {
  return new AppError("usage.argument", `${flag} ${text}: is not a time`, { hint: `Give ${momentForms}.` });
}
