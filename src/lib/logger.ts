// JSON lines on standard error, so that standard output stays for answers.
import { pino } from "pino";

export type Logger = Pick<ReturnType<typeof pino>, "error" | "warn" | "info" | "debug">;

export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
