// Takes a day and a time zone; gives the moments at which that day begins and ends there, in milliseconds since the epoch.
import { fromWallTime } from "./zoned-time.ts";

const dayMs = 86_400_000;

export interface DayBounds {
  from: number;
  /** Itself left out. */
  to: number;
}

export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** @param date YYYY-MM-DD @param zone IANA name; `isTimeZone` holds */
export function zonedDay(date: string, zone: string): DayBounds {
  return { from: fromWallTime(`${date} 00:00:00`, zone), to: fromWallTime(`${addDays(date, 1)} 00:00:00`, zone) };
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}
