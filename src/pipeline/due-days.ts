// pipeline: which days are to be told now. Takes the schedule, the time, and what is stored; gives days, the oldest first. Pure.
import { lastRunIn } from "../lib/schedule.ts";
import { addDays, zonedDay } from "../lib/zoned-day.ts";
import { fromWallTime, wallTime } from "../lib/zoned-time.ts";

export interface DueDaysInput {
  /** Cron expression. */
  schedule: string;
  zone: string;
  now: number;
  /** Of the trail: a day that was over by then is not told. */
  begin: number;
  /** When the summary of a day was last held against its facts; undefined: there is none. */
  checkedAt: (date: string) => number | undefined;
  /** The trail has come so far, or nothing more is waited for: the day is all there. @param end of the day */
  isRead: (end: number) => boolean;
}

/** Days before today that are made up. */
export const madeUpDays = 31;

/**
 * A run tells the day whose noon was last: 23:30 tells today, 02:00 yesterday. A day is told when its run has passed; again, where
 * its facts have changed, once it is over and all there, and once more a day later, for what was found out late.
 */
export function dueDays({ schedule, zone, now, begin, checkedAt, isRead }: DueDaysInput): string[] {
  const today = wallTime(now, zone).slice(0, 10);
  const days = Array.from({ length: madeUpDays + 1 }, (_, index) => addDays(today, index - madeUpDays));
  return days.filter((date) => {
    const at = checkedAt(date);
    // By a clock that has been put back since: nobody has looked yet.
    const checked = at === undefined || at > now ? undefined : at;
    // Every moment at which it could be due is before this one. Said first, because a schedule takes a millisecond to ask.
    if (checked !== undefined && checked >= noonOf(addDays(date, 2), zone)) return false;
    const { to } = zonedDay(date, zone);
    if (to <= begin) return false;
    const run = runOf(date, { schedule, zone, now });
    if (run === undefined) return false;
    const isOver = now >= to;
    if (isOver && !isRead(to)) return false;
    if (checked === undefined || checked < run) return true;
    const late = runOf(addDays(date, 1), { schedule, zone, now });
    return isOver && (checked < to || (late !== undefined && checked < late));
  });
}

/** The last run that has passed and tells the day. */
function runOf(
  date: string,
  { schedule, zone, now }: Pick<DueDaysInput, "schedule" | "zone" | "now">,
): number | undefined {
  const from = noonOf(date, zone);
  const to = Math.min(noonOf(addDays(date, 1), zone), now + 1);
  return to <= from ? undefined : lastRunIn(schedule, zone, from, to);
}

function noonOf(date: string, zone: string): number {
  return fromWallTime(`${date} 12:00:00`, zone);
}
