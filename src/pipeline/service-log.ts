// pipeline: the log of a process that runs until it is stopped. Takes settings; gives loggers, and where the lines of its threads go.
import { openLogFile } from "../lib/log-file.ts";
import { createLogger, type LogComponent, type Logger, writeToStandardError } from "../lib/logger.ts";
import { errorCodes } from "../model/app-error.ts";
import type { Config } from "../model/config.ts";
import { createErrorCounts } from "../model/error-counts.ts";
import type { Sample } from "../model/sample.ts";

export interface ServiceLog extends AsyncDisposable {
  of: (component: LogComponent) => Logger;
  /** A line that another thread has made. */
  write: (line: string) => void;
  samples(): Sample[];
}

export function openServiceLog({
  log_level,
  log_file,
  log_file_bytes,
  log_files,
}: Pick<Config, "log_level" | "log_file" | "log_file_bytes" | "log_files">): ServiceLog {
  const errors = createErrorCounts(Object.keys(errorCodes));
  const onCode = errors.count;
  const ownTrouble = (write: (line: string) => void): Logger => createLogger(log_level, "log", { write });
  const file =
    log_file === undefined
      ? undefined
      : openLogFile({
          path: log_file,
          bytesMax: log_file_bytes,
          filesMax: log_files,
          spare: writeToStandardError,
          onTrouble(linesElsewhere, error) {
            if (linesElsewhere === null) {
              const fields = { file: log_file, error: error?.message };
              const msg = "the log file cannot be written: lines go to standard error until it can";
              ownTrouble(writeToStandardError).error(fields, msg);
            } else {
              const fields = { file: log_file, lines: linesElsewhere };
              ownTrouble(write).warn(fields, "the log file is written again; these many lines went to standard error");
            }
          },
        });
  const write = file === undefined ? writeToStandardError : file.write;
  return {
    of: (component) => createLogger(log_level, component, { write, onCode }),
    write,
    samples: () => [
      errors.sample(),
      {
        name: "audit_overlay_queue_bytes",
        values: file === undefined ? [] : [{ labels: { queue: "log" }, value: file.bytesWaiting() }],
      },
    ],
    [Symbol.asyncDispose]: async () => await file?.[Symbol.asyncDispose](),
  };
}
