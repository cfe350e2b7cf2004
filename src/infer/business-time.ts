// Stage infer. Takes a time as a row or a CEL expression tells it; gives the trail's form of it, or null when it is no
// moment.
import { toTimestamp } from "../lib/clock.ts";

/**
 * RFC 3339 in UTC with six fractional digits. Takes the server's text (`2026-01-05 09:30:00`, up to six fractional
 * digits; a DATE is its midnight) and CEL timestamps. Null for NULL, zero dates (`0000-00-00`, `2026-00-05`), dates no
 * calendar has, and offsets other than Z.
 */
export function toBusinessTime(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : toTimestamp(value.getTime());
  if (typeof value !== "string") return null;
  const match = timeText.exec(value);
  if (!match) return null;
  const [, date, time = "00:00:00", fraction = ""] = match;
  const seconds = `${date}T${time}`;
  const epochMs = Date.parse(`${seconds}Z`);
  // Date.parse refuses month 13 but turns 30 February into 2 March: only what comes back unchanged was a date. MySQL's
  // year 0000 is none.
  const isMoment =
    !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(seconds) && !date!.startsWith("0000");
  return isMoment ? `${seconds}.${fraction.padEnd(6, "0")}Z` : null;
}

const timeText = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z?)?$/;
