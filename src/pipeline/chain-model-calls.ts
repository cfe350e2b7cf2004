// pipeline: questions to a model, from the findings file into the chain, by the one writer of the trail. A process that is killed
// between the two files does it again: the chain takes each question once.
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { AppError, errorFields } from "../model/app-error.ts";
import type { ModelCallEnd } from "../model/model-call.ts";
import { hasFindings, openFindings } from "../store/findings-store.ts";
import type { LedgerWriter } from "../store/ledger-writer.ts";
import { openStore } from "../store/open-store.ts";
import { toStoreError } from "../store/sqlite-error.ts";

export interface ChainModelCallsOptions {
  store: Pick<LedgerWriter, "path" | "appendModelCall">;
  clock: Clock;
  log: Logger;
  /** That it waits for another writer of the findings file. Ingest does not wait: there will be another time. */
  timeoutMs?: number;
}

/** No try takes longer (model_timeout_seconds): what has no end by then lost its process. */
const unendedMs = 20 * 60_000;
const batch = 50;
const lostEnd: ModelCallEnd = {
  outcome: "interrupted",
  prompt_tokens: null,
  completion_tokens: null,
  latency_ms: null,
};

/** Gives how many entries were written. What goes wrong is logged: they wait on, and capture does not end for them. */
export function chainModelCalls({ store, clock, log, timeoutMs = 50 }: ChainModelCallsOptions): number {
  let written = 0;
  try {
    if (!hasFindings(store.path)) return 0;
    using findings = openFindings(store.path, timeoutMs);
    const begunBefore = toTimestamp(clock.now() - unendedMs);
    for (;;) {
      const waiting = findings.waitingModelCalls(begunBefore, batch);
      for (const { call, end } of waiting) {
        const detail = { ...call, ...(end ?? lostEnd) };
        if (store.appendModelCall(call.model_call_id, detail, toTimestamp(clock.now()))) written += 1;
      }
      findings.settleModelCalls(waiting.map(({ call }) => call.model_call_id));
      if (waiting.length < batch) return written;
    }
  } catch (error) {
    if (!isStoreError(error)) throw error;
    log.warn(errorFields(toStoreError(error, store.path)), "questions to a model wait for their entry in the chain");
    return written;
  }
}

/**
 * For a command that asked a model by itself. Gives how many wait on, because another process writes the trail: that process
 * takes them with its next one, or when it starts.
 */
export function chainModelCallsNow(storePath: string, clock: Clock, log: Logger): number {
  try {
    using store = openStore(storePath);
    chainModelCalls({ store, clock, log, timeoutMs: 5_000 });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "store.in_use") throw error;
  }
  using findings = openFindings(storePath);
  return findings.countWaitingModelCalls();
}

/** Of either file, also as SQLite itself throws it. */
function isStoreError(error: unknown): error is Error {
  return error instanceof AppError || (error instanceof Error && error.name === "SqliteError");
}
