// Takes a branch at a moment, gives who works there then.
import type { Branch } from "./company.ts";
import type { UserRow } from "./planned-transaction.ts";
import type { CalendarDay } from "./trade-calendar.ts";

const shiftChangeHour = 14;

/**
 * Everyone has one day of rest in the week and either the morning or the afternoon, by their number. Never empty: when
 * nobody's shift it is, whoever sells there is called in. An ADMIN sells nothing.
 */
export function staffOnShift(branch: Branch, day: CalendarDay, secondOfDay: number): UserRow[] {
  const sellers = branch.staff.filter(({ role }) => role !== "ADMIN");
  const half = secondOfDay < shiftChangeHour * 3600 ? 0 : 1;
  const onShift = sellers.filter(({ userId }) => userId % 7 !== day.weekday && userId % 2 === half);
  return onShift.length > 0 ? onShift : sellers;
}
