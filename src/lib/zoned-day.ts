// Takes a day and a time zone; gives the moments at which that day begins and ends there, in milliseconds since the epoch.

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
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return { from: startOfDay(midnight, zone), to: startOfDay(midnight + dayMs, zone) };
}

/** The same weekday of the week before. */
export function weekBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 7 * dayMs).toISOString().slice(0, 10);
}

/** The first moment whose wall clock in the zone shows the day, or a later one: a clock put forward may skip midnight. */
function startOfDay(midnight: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const wallClock = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return Date.parse(
      `${parts["year"]}-${parts["month"]}-${parts["day"]}T${parts["hour"]}:${parts["minute"]}:${parts["second"]}Z`,
    );
  };
  // No zone is further than this from UTC. Between the two the wall clock comes to midnight for the first time.
  let before = midnight - 18 * 3_600_000;
  let after = midnight + 18 * 3_600_000;
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000;
    if (wallClock(middle) >= midnight) after = middle;
    else before = middle;
  }
  return after;
}
