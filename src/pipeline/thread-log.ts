// pipeline: the log of a worker thread. Takes settings and a way to tell the main thread; gives a logger of each component. Lines go
// straight to standard error, or through the main thread, which alone writes the log file.
import { createLogger, type LogComponent, type Logger } from "../lib/logger.ts";
import type { Config } from "../model/config.ts";
import { createErrorCounts } from "../model/error-counts.ts";
import type { Sample } from "../model/sample.ts";

export type ThreadMessage = { kind: "logged"; line: string } | { kind: "measured"; samples: readonly Sample[] };

/** Where a thread's messages of this kind go. */
export interface ThreadListener {
  /** A line of the log. */
  onLogged: (line: string) => void;
  /** Measures for /metrics; the newest of a name counts. */
  onMeasured: (samples: readonly Sample[]) => void;
}

export function openThreadLog(
  { log_level, log_file }: Pick<Config, "log_level" | "log_file">,
  tell: (message: ThreadMessage) => void,
): (component: LogComponent) => Logger {
  const errors = createErrorCounts();
  const write = log_file === undefined ? undefined : (line: string): void => tell({ kind: "logged", line });
  const onCode = (code: string): void => {
    errors.count(code);
    tell({ kind: "measured", samples: [errors.sample()] });
  };
  return (component) => createLogger(log_level, component, { write, onCode });
}
