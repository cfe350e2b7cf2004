// pipeline: the changes of one transaction as they come, a piece at a time -> what there is to say of it as a whole: what
// the rules made of it, what its entry notes, and what the log does not tell of it.
import type { Logger } from "../lib/logger.ts";
import { type BusinessEvent, inferredChangesMax } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { RawTransaction } from "../model/raw-transaction.ts";
import type { LedgerTransaction } from "../store/ledger-step.ts";

export interface TransactionFindings {
  add(changes: readonly ChangeEvent[]): void;
  /** After the last piece; the commit time is known only then. */
  finish(transaction: RawTransaction): Pick<LedgerTransaction, "businessEvents" | "detail" | "gap">;
}

export function createTransactionFindings(
  infer: (events: readonly ChangeEvent[]) => BusinessEvent[],
  log: Logger,
): TransactionFindings {
  /** null when there are too many. */
  let all: ChangeEvent[] | null = [];
  /** Databases of which rows changed in statement format. */
  const unloggedIn = new Set<string>();
  return {
    add(changes) {
      if (all === null || all.length + changes.length > inferredChangesMax) all = null;
      else for (const change of changes) all.push(change);
      for (const { operation, source_db } of changes) if (operation === "statement") unloggedIn.add(source_db);
    },
    finish(transaction) {
      const { gtid, timestamp } = transaction;
      const detail = clockDetail(transaction);
      const gap = toGap(gtid, unloggedIn, log);
      if (all === null) {
        log.warn({ transaction_id: gtid }, "too many changes for the rules");
        const rules = `not applied: more than ${inferredChangesMax} changes`;
        return { businessEvents: [], detail: { ...detail, rules }, ...gap };
      }
      for (const change of all) change.timestamp = timestamp;
      return { businessEvents: infer(all), detail, ...gap };
    },
  };
}

/** Rows that the log does not hold are a gap of the trail, though nothing that capture could have read differently. */
function toGap(gtid: string, databases: ReadonlySet<string>, log: Logger): Pick<LedgerTransaction, "gap"> {
  if (databases.size === 0) return {};
  const where = [...databases].map((database) => database || "a database").join(", ");
  const reason = `transaction ${gtid} changed rows of ${where} in statement format: which rows is not in the log`;
  log.warn({ transaction_id: gtid }, `${reason}; some session's binlog_format is not ROW`);
  return { gap: { reason, from_gtid_set: gtid, to_gtid_set: gtid } };
}

export function clockDetail({ sessionClock, timestamp, receivedAt }: RawTransaction): { session_clock?: string } {
  if (sessionClock === undefined) return {};
  // Where the log does not tell when it was committed, ours is the only time there is.
  const known = timestamp === receivedAt ? "received at" : "server committed at";
  return { session_clock: `session said ${sessionClock}, ${known} ${timestamp}` };
}
