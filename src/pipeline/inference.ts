// pipeline: the changes of one transaction as they come, a piece at a time -> what the rules made of all of it.
import type { Logger } from "../lib/logger.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { LedgerTransaction } from "../store/ledger-step.ts";

/** Rules see a transaction whole; one of more changes than this is kept without being shown to them, and its entry says so. */
const inferredChangesMax = 20_000;

export interface Inference {
  add(changes: readonly ChangeEvent[]): void;
  /** After the last piece; the commit time is known only then. */
  finish(transactionId: string, timestamp: string): Pick<LedgerTransaction, "businessEvents" | "detail">;
}

export function createInference(infer: (events: readonly ChangeEvent[]) => BusinessEvent[], log: Logger): Inference {
  /** null when there are too many. */
  let all: ChangeEvent[] | null = [];
  return {
    add(changes) {
      if (all === null || all.length + changes.length > inferredChangesMax) all = null;
      else for (const change of changes) all.push(change);
    },
    finish(transactionId, timestamp) {
      if (all === null) {
        log.warn({ transaction_id: transactionId }, "too many changes for the rules");
        return { businessEvents: [], detail: { rules: `not applied: more than ${inferredChangesMax} changes` } };
      }
      for (const change of all) change.timestamp = timestamp;
      return { businessEvents: infer(all) };
    },
  };
}
