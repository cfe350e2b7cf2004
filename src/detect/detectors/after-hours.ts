// detect: work at hours at which nobody works. The hours are those of the settings, or learned: of the key's first part (a branch)
// where it is known for long enough, else of all. An hour is one of work when it was on enough days of that weekday, or of any.
import { eventWords, keyWords, subjectOf } from "../about.ts";
import { dayMs, type WallMoment } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { proofOf, type Sighting } from "../sighting.ts";
import { zOfChance } from "../statistics.ts";

/** Days of work, by the hours at which something was done. */
interface HoursState extends Remembered {
  days: { day: number; weekday: number; hours: number[] }[];
  events: number;
}

interface OddState extends Remembered {
  /** Hours at which something was done that is not usual, with the days of it. */
  hours: Record<string, number[]>;
}

const gapMs = dayMs / 2;
const daysMin = 7;
const eventsMin = 100;
/** Of the days, on so many an hour must have been one of work. */
const shareMin = 0.15;
const weekdaysMin = 3;
/** What is done at an odd hour on so many days is usual. */
const oddDaysMax = 5;

export const createAfterHours: CreateDetector = (context) => {
  const { watch, memory, report, calendar } = context;
  const rows = memory.rows<HoursState>("hours", 2_000);
  const odd = memory.rows<OddState>("odd", 2_000);
  const given = context.businessHours === undefined ? undefined : parseHours(context.businessHours);
  const needed = context.samples(eventsMin);

  /** Whole days only: the day on which detection began lacks its morning, this one its evening. */
  const usable = (state: HoursState | undefined, day: number): HoursState["days"] => {
    const firstWhole = calendar.at(context.since()).day + 1;
    // The oldest by this, not by what has been dropped: that would tell whether today has begun.
    const oldest = Math.max(firstWhole, day - 2 * context.days + 1);
    return (state?.days ?? []).filter((one) => one.day >= oldest && one.day < day);
  };

  interface Usual {
    open: ReadonlySet<number>;
    days: number;
  }
  /** Whole days only decide, so they are the same all day: computing them for each event cost more than all the rest. */
  const kept = new Map<string, Usual>();
  let keptDay = Number.NaN;

  /** undefined: not known yet. */
  const usualHours = (place: string, moment: WallMoment): Usual | undefined => {
    if (given !== undefined) return { open: given, days: 0 };
    if (keptDay !== moment.day) kept.clear();
    keptDay = moment.day;
    const known = kept.get(place) ?? computeHours(place, moment);
    if (known !== undefined) kept.set(place, known);
    return known;
  };

  const computeHours = (place: string, moment: WallMoment): Usual | undefined => {
    const own = usable(rows.get(`of ${place}`), moment.day);
    const all = rows.get("all");
    const days = own.length >= daysMin ? own : usable(all, moment.day);
    if (days.length === 0 || (all?.events ?? 0) < needed) return undefined;
    const sameWeekday = days.filter(({ weekday }) => weekday === moment.weekday);
    return { open: openHours(sameWeekday.length >= weekdaysMin ? sameWeekday : days), days: days.length };
  };

  const note = (key: string, { at }: Sighting, moment: WallMoment): void => {
    const state = rows.get(key) ?? { seen: at, days: [], events: 0 };
    const last = state.days.at(-1);
    if (last === undefined || last.day < moment.day) {
      const { day, weekday } = moment;
      state.days.push({ day, weekday, hours: [moment.hour] });
      state.days = state.days.filter((one) => one.day > day - 2 * context.days);
    } else if (last.day === moment.day && !last.hours.includes(moment.hour)) last.hours.push(moment.hour);
    else if (last.day > moment.day + 2) {
      // It came from a clock that was ahead.
      state.days.pop();
      kept.clear();
    }
    state.seen = at;
    state.events += 1;
    rows.put(key, state);
  };

  /** An hour that is odd becomes usual when it comes back on other days. */
  const becomesUsual = (place: string, { at }: Sighting, { day, hour }: WallMoment): boolean => {
    const state = odd.get(place) ?? { seen: at, hours: {} };
    const days = (state.hours[hour] ?? []).filter((one) => one > day - context.days);
    if (!days.includes(day)) days.push(day);
    state.hours[hour] = days;
    state.seen = at;
    odd.put(place, state);
    return days.length >= oddDaysMax;
  };

  return {
    observe(seen) {
      const moment = calendar.at(seen.at);
      const place = seen.parts[0] ?? "";
      const hours = usualHours(place, moment);
      const isUsual = hours === undefined || hours.open.has(moment.hour) || becomesUsual(place, seen, moment);
      if (isUsual) {
        note("all", seen, moment);
        if (place !== "") note(`of ${place}`, seen, moment);
        return;
      }
      const away = hoursAway(hours.open, moment.hour);
      const score = zOfChance(1 / ((hours.days + 1) * 100)) + away / 2;
      const learned = given === undefined ? `in ${hours.days} days that was no hour of work` : "outside business_hours";
      const clock = `${String(moment.hour).padStart(2, "0")}:00`;
      report({
        key: seen.key,
        ...subjectOf(watch, seen.parts, seen),
        actor: seen.actor,
        now: seen.now,
        score,
        reason: `${keyWords(watch, seen.parts)}: ${eventWords(watch)} after ${clock}, when nobody works: ${learned}, the nearest hour of work is ${away} away.`,
        numbers: { hour: moment.hour, hours_away: away, samples: hours.days },
        proofs: [proofOf(seen)],
        gapMs,
      });
    },
    learned: () => ({
      keys: rows.size,
      samples: given === undefined ? (rows.get("all")?.events ?? 0) : needed,
      needed,
      unit: "events",
    }),
  };
};

/** With an hour before and after: doors are closed behind the last customer. A short break is no night. */
function openHours(days: HoursState["days"]): Set<number> {
  const counts = Array<number>(24).fill(0);
  for (const { hours } of days) for (const hour of hours) counts[hour]! += 1;
  const worked = counts.map((count) => count / days.length >= shareMin);
  const open = new Set<number>();
  for (let hour = 0; hour < 24; hour += 1) {
    const near = [hour - 1, hour, hour + 1].some((one) => worked[(one + 24) % 24]);
    if (near) open.add(hour);
  }
  return open;
}

function hoursAway(open: ReadonlySet<number>, hour: number): number {
  for (let away = 1; away <= 12; away += 1) {
    if (open.has((hour + away) % 24) || open.has((hour - away + 24) % 24)) return away;
  }
  return 12;
}

/** `08:00-21:00`, `20:00-04:00` */
function parseHours(text: string): Set<number> {
  const [from = 0, , to = 24] = text.split(/[-:]/).map(Number);
  const minutesTo = Number(text.slice(-2));
  const open = new Set<number>();
  const end = minutesTo > 0 ? to + 1 : to;
  for (let hour = from; hour !== end % 24 || open.size === 0; hour = (hour + 1) % 24) {
    open.add(hour);
    if (open.size === 24) break;
  }
  return open;
}
