// Takes a day and a time zone; gives the moments at which that day begins and ends there, in milliseconds since the epoch.
import { fromWallTime } from "./zoned-time.ts";

const dayMs = 86_400_000;

export interface DayBounds {
  from: number;
  /** Itself left out. */
  to: number;
}

/** To ask takes a quarter of a millisecond. Bounded, because names count in any mixture of large and small letters. */
const knownZones = new Set<string>();
const knownZonesMax = 1_000;

export function isTimeZone(zone: string): boolean {
  if (knownZones.has(zone)) return true;
  try {
    if (new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone === "") return false;
  } catch {
    return false;
  }
  if (knownZones.size < knownZonesMax) knownZones.add(zone);
  return true;
}

/** @param date YYYY-MM-DD @param zone IANA name; `isTimeZone` holds */
export function zonedDay(date: string, zone: string): DayBounds {
  return { from: fromWallTime(`${date} 00:00:00`, zone), to: fromWallTime(`${addDays(date, 1)} 00:00:00`, zone) };
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}
