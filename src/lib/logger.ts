// Log lines: JSON with time, level, component, what there is to say of it, and msg. To standard error, so that standard output stays
// for answers, or where `write` takes them. Text of others stays inside its JSON string.
import { pino } from "pino";
import { toInert } from "./inert-json.ts";

/** Parts of the program that lines come from. docs/operations.md says what each is. */
export type LogComponent =
  | "main"
  | "capture"
  | "store"
  | "rules"
  | "http"
  | "mcp"
  | "search"
  | "detect"
  | "words"
  | "alerts"
  | "log";

type Say = (fields: LogFields, msg: string) => void;
export type LogFields = Readonly<Record<string, unknown>> & { code?: string };

export interface Logger {
  error: Say;
  warn: Say;
  info: Say;
  debug: Say;
}

export interface LoggerOptions {
  /** Takes a whole line with its line feed. */
  write?: ((line: string) => void) | undefined;
  /** The code of each line that has one, whether its level is written or not. */
  onCode?: ((code: string) => void) | undefined;
}

let standardError: { write: (line: string) => unknown } | undefined;

/** One write each, so that lines of several threads never mix. */
export function writeToStandardError(line: string): void {
  standardError ??= pino.destination({ fd: 2, sync: true });
  standardError.write(line);
}

export function createLogger(level: string, component: LogComponent = "main", options: LoggerOptions = {}): Logger {
  const { write = writeToStandardError, onCode } = options;
  const settings = {
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const log = pino(settings, { write: (line) => write(toInert(line)) });
  const say =
    (name: keyof Logger): Say =>
    (fields, msg) => {
      if (onCode !== undefined && fields.code !== undefined) onCode(fields.code);
      log[name](fields, msg);
    };
  return { error: say("error"), warn: say("warn"), info: say("info"), debug: say("debug") };
}
