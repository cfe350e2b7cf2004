// Takes a first day and a count, gives what kind of day it is and how busy its hours are.
// The chain keeps its books in UTC, so opening hours are hours of the UTC day and no day spills into the next.
import type { Random } from "./random.ts";

export interface CalendarDay {
  /** "2026-01-05" */
  date: string;
  /** 0 is Sunday. */
  weekday: number;
}

const sunday = 0;
const saturday = 6;
const dayMs = 86_400_000;

export const openingHour = 8;
export const closingHour = 21;

/** How busy each opening hour is, 08 to 20: a peak before noon and a higher one after work. */
const hourWeights = [3, 5, 8, 10, 9, 6, 5, 5, 6, 8, 11, 10, 5] as const;

export function dayAt(from: string, offset: number): CalendarDay {
  const midnight = new Date(Date.parse(`${from}T00:00:00Z`) + offset * dayMs);
  if (Number.isNaN(midnight.getTime())) return { date: "", weekday: sunday };
  return { date: midnight.toISOString().slice(0, 10), weekday: midnight.getUTCDay() };
}

/** Sales of this day as a share of an ordinary day's; a week averages 1. */
export function dayFactor(day: CalendarDay): number {
  if (day.weekday === sunday) return 0.7;
  return day.weekday === saturday ? 1.2 : 1.02;
}

/** Suppliers deliver on every day but Sunday. */
export function isDeliveryDay(day: CalendarDay): boolean {
  return day.weekday !== sunday;
}

/** Second of the day at which a customer comes in. */
export function customerSecond(random: Random): number {
  return (openingHour + random.weighted(hourWeights)) * 3600 + random.int(0, 3599);
}

/** The text of a DATETIME column: "2026-01-05 08:13:09". */
export function dateTime(day: CalendarDay, secondOfDay: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(secondOfDay / 3600);
  return `${day.date} ${two(hours)}:${two(Math.floor(secondOfDay / 60) % 60)}:${two(secondOfDay % 60)}`;
}
