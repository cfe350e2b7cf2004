// Takes a first day and a count, gives what kind of day it is: its hours, how busy it is, who delivers.
// The chain keeps its books in UTC, so opening hours are hours of the UTC day and no day spills into the next.
import { holidayOn } from "./holidays.ts";
import type { Random } from "./random.ts";

export interface CalendarDay {
  /** "2026-01-05" */
  date: string;
  /** 0 is Sunday. */
  weekday: number;
}

export interface OpeningHours {
  /** The doors are open from this hour … */
  opens: number;
  /** … until this one, itself not included. */
  closes: number;
}

const sunday = 0;
const saturday = 6;
const dayMs = 86_400_000;

/** How busy each hour is, from 08: a peak before noon and a higher one after work. */
const hourWeights = [3, 5, 8, 10, 9, 6, 5, 5, 6, 8, 11, 10, 5] as const;
const weightsFrom = 8;

export function dayAt(from: string, offset: number): CalendarDay {
  const midnight = new Date(Date.parse(`${from}T00:00:00Z`) + offset * dayMs);
  if (Number.isNaN(midnight.getTime())) return { date: "", weekday: sunday };
  return { date: midnight.toISOString().slice(0, 10), weekday: midnight.getUTCDay() };
}

/** Null on the few holidays on which every branch stays shut. */
export function openingHours(day: CalendarDay): OpeningHours | null {
  const holiday = holidayOn(day.date);
  if (holiday === "shut") return null;
  return isShort(day) ? { opens: 9, closes: 14 } : { opens: 8, closes: 21 };
}

/** Sales of this day as a share of an ordinary day's: by weekday, holiday and pay day. 0 on days that are shut. */
export function dayFactor(day: CalendarDay): number {
  if (openingHours(day) === null) return 0;
  return weekdayFactor(day) * payDayFactor(day);
}

/** Suppliers deliver, and branches send each other stock, on every day but Sunday and holidays. */
export function isDeliveryDay(day: CalendarDay): boolean {
  return !isShort(day) && openingHours(day) !== null;
}

/** Second of the day at which a customer comes in. */
export function customerSecond({ opens, closes }: OpeningHours, random: Random): number {
  const weights = hourWeights.slice(opens - weightsFrom, closes - weightsFrom);
  return (opens + random.weighted(weights)) * 3600 + random.int(0, 3599);
}

/** The text of a DATETIME column: "2026-01-05 08:13:09". */
export function dateTime(day: CalendarDay, secondOfDay: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(secondOfDay / 3600);
  return `${day.date} ${two(hours)}:${two(Math.floor(secondOfDay / 60) % 60)}:${two(secondOfDay % 60)}`;
}

function isShort(day: CalendarDay): boolean {
  return day.weekday === sunday || holidayOn(day.date) === "short";
}

/** An ordinary week averages 1. */
function weekdayFactor(day: CalendarDay): number {
  if (isShort(day)) return 0.7;
  return day.weekday === saturday ? 1.2 : 1.02;
}

/** Wages come on the 15th and on the last day of the month: people buy then and the two days after, less just before. */
function payDayFactor({ date }: CalendarDay): number {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const sincePayDay = day >= 15 && day < lastDay ? day - 15 : day === lastDay ? 0 : day;
  if (sincePayDay <= 2) return 1.25;
  return day === 14 || day === 13 || day === lastDay - 1 || day === lastDay - 2 ? 0.85 : 1;
}
