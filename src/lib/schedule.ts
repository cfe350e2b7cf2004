// Cron expressions: moments at which something is due, in a time zone. Milliseconds since the epoch.
import { Cron } from "croner";

const running = { paused: true } as const;

export function isSchedule(pattern: string): boolean {
  try {
    return new Cron(pattern, running).nextRun() !== null;
  } catch {
    return false;
  }
}

/** The last moment in `from` (itself counted) to `to` (left out); undefined where there is none. */
export function lastRunIn(pattern: string, zone: string, from: number, to: number): number | undefined {
  const cron = new Cron(pattern, { ...running, timezone: zone });
  // Croner gives what is before the second that it is asked for.
  const [found] = cron.previousRuns(1, new Date(to));
  return found !== undefined && found.getTime() >= from && found.getTime() < to ? found.getTime() : undefined;
}
