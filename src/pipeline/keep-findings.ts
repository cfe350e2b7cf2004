// pipeline: keeps the findings thread of `run` going. Resolves when it is told to stop; what is wrong with it is logged, and
// neither the log nor an answer waits for it.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../lib/logger.ts";
import { AppError } from "../model/app-error.ts";
import { type FindingsThreadOptions, runFindingsThread } from "./findings-thread.ts";

export interface KeepFindingsOptions extends FindingsThreadOptions {
  log: Logger;
  /** Until it is started again. */
  restartMs?: number;
}

export async function keepFindings({ log, restartMs = 30_000, ...thread }: KeepFindingsOptions): Promise<void> {
  const { signal } = thread;
  const { detect, summary_at, webhook_url, syslog } = thread.config;
  // A thread costs a start and memory.
  if (!detect && summary_at === "off" && webhook_url === undefined && syslog === undefined) return;
  while (!signal.aborted) {
    try {
      // In peace also where no lane has anything to do.
      return await runFindingsThread(thread);
    } catch (error) {
      const { message } = error as Error;
      const hint = error instanceof AppError ? error.hint : undefined;
      log.error(
        { error: message, hint, again_in_seconds: restartMs / 1_000 },
        "anomalies, summaries and alerts stopped; capture goes on",
      );
      await sleep(restartMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
