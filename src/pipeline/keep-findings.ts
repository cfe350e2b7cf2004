// pipeline: keeps the findings thread of `run` going. Resolves when it is told to stop; what is wrong with it is logged, and
// neither the log nor an answer waits for it.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../lib/logger.ts";
import { errorFields } from "../model/app-error.ts";
import type { Measures } from "./measures.ts";
import { type FindingsThreadOptions, runFindingsThread } from "./findings-thread.ts";

export interface KeepFindingsOptions extends Omit<FindingsThreadOptions, "onMeasured"> {
  measures: Measures;
  log: Logger;
  /** Until it is started again. */
  restartMs?: number;
}

export async function keepFindings({
  log,
  measures,
  restartMs = 30_000,
  ...thread
}: KeepFindingsOptions): Promise<void> {
  const { signal } = thread;
  const { detect, summary_at, webhook_url, syslog } = thread.config;
  // A thread costs a start and memory.
  if (!detect && summary_at === "off" && webhook_url === undefined && syslog === undefined) return;
  while (!signal.aborted) {
    try {
      // In peace also where no lane has anything to do.
      return await runFindingsThread({ ...thread, onMeasured: measures.open("findings") });
    } catch (error) {
      const fields = { ...errorFields(error), again_in_seconds: restartMs / 1_000 };
      log.error(fields, "anomalies, summaries and alerts stopped; capture goes on");
      await sleep(restartMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
