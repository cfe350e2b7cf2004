// detect: milliseconds since 1970 -> day, weekday and hour on the wall of a zone, and the trail's form of a time.
import { toTimestamp } from "../lib/clock.ts";
import { isUtc, wallTime } from "../lib/zoned-time.ts";

export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

export interface WallMoment {
  /** Days since 1970 by the calendar of the zone. */
  day: number;
  /** 0 is Sunday. */
  weekday: number;
  hour: number;
}

export interface Calendar {
  at(epochMs: number): WallMoment;
}

/** No zone's clock is put forward or back but at a quarter of an hour. */
const quarterMs = 900_000;
const keptMax = 2_000;

export function createCalendar(zone: string): Calendar {
  if (isUtc(zone)) return { at: (epochMs) => toMoment(epochMs) };
  const kept = new Map<number, WallMoment>();
  return {
    at(epochMs) {
      const quarter = Math.floor(epochMs / quarterMs);
      const known = kept.get(quarter);
      if (known !== undefined) return known;
      if (kept.size >= keptMax) kept.clear();
      const moment = toMoment(Date.parse(`${wallTime(quarter * quarterMs, zone).replace(" ", "T")}Z`));
      kept.set(quarter, moment);
      return moment;
    },
  };
}

function toMoment(wallMs: number): WallMoment {
  const day = Math.floor(wallMs / dayMs);
  return { day, weekday: (((day + 4) % 7) + 7) % 7, hour: Math.floor((wallMs - day * dayMs) / hourMs) };
}

/** Day index -> `2026-01-05`. */
export function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

export function timeText(epochMs: number): string {
  return toTimestamp(epochMs);
}
