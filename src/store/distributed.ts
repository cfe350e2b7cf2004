// store: the steps of distributed (XA) transactions. At XA PREPARE the changes are put aside, under a `prepared` entry that
// holds their digest; at XA COMMIT they become those of the commit's own entry; at XA ROLLBACK only the entries stay.
// Runs inside the writer's transaction. Each function gives the new head of the chain.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import type { JsonObject } from "../lib/canonical-json.ts";
import { AppError } from "../model/app-error.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import { createSalt, startWaitingDigest } from "./hash-chain.ts";
import type { LedgerBuilder, prepareLedgerBuilder } from "./ledger-builder.ts";
import type { LedgerHead } from "./ledger-entry.ts";
import type { LedgerCommit, LedgerPrepare, LedgerRollback, LedgerStep, LedgerTransaction } from "./ledger-step.ts";
import { type PreparedDetail, preparePrepared, type WaitingTransaction } from "./prepared.ts";

/** A transaction whose changes may come in parts. */
export interface TransactionBuilder {
  addChanges(changes: readonly ChangeEvent[]): void;
  finish(step: LedgerPrepare | LedgerTransaction): LedgerHead;
}

export function prepareDistributed(
  db: Database.Database,
  openEntry: ReturnType<typeof prepareLedgerBuilder>,
  path: string,
) {
  const prepared = preparePrepared(db);

  const forget = (entryId: number): void => {
    prepared.deleteChanges.run(entryId);
    prepared.delete.run(entryId);
  };
  /** As of that step's transaction, which is in the trail, though changes that belong to it are not. */
  const noteGap = (from: LedgerHead, step: LedgerStep, reason: string, more: JsonObject): LedgerHead => {
    const entry = openEntry(from, null);
    assert(entry !== undefined, "an entry without a transaction exists already");
    const { transaction_id: at, timestamp, received_at } = step;
    const detail = { reason, from_gtid_set: at, to_gtid_set: at, ...more };
    return entry.finish({ kind: "gap", transaction_id: null, timestamp, received_at, detail });
  };

  /** What waits under that id, proven to be as it was written; undefined when the trail does not have its XA PREPARE. @throws store.damaged */
  const waitingOf = (xid: string): WaitingTransaction | undefined => {
    const waiting = prepared.ofXid.get(xid);
    if (waiting === undefined) {
      const missing = prepared.undecided.get(xid);
      if (missing !== undefined) throw damaged(path, xid, missing.transaction_id);
      return undefined;
    }
    const written = JSON.parse(waiting.detail) as PreparedDetail;
    const found = prepared.digest(waiting.entry_id, waiting.salt);
    if (written.xid !== xid || written.changes !== found.changes || written.digest !== found.digest)
      throw damaged(path, xid, waiting.transaction_id);
    return waiting;
  };

  const isUncertain = ({ entry_id }: WaitingTransaction): boolean => prepared.gapAfter.get(entry_id) !== undefined;
  /**
   * The entry of a decision on changes that the trail does not have, or cannot be sure of: within a gap the server may have
   * ended what was prepared and taken its id for another transaction. Nothing is guessed.
   */
  const decideUnknown = (
    entry: LedgerBuilder,
    step: LedgerCommit | LedgerRollback,
    waiting: WaitingTransaction | undefined,
  ): LedgerHead => {
    const { transaction_id: at, xid } = step;
    const head = entry.finish({ kind: "transaction", ...headerOf(step), detail: { xid } });
    if (waiting === undefined && step.xa === "rollback") return head;
    const verb = step.xa === "commit" ? "commits" : "rolls back";
    if (waiting === undefined) {
      const reason = `transaction ${at} ${verb} XA ${xid}, which was prepared before the trail began or within a gap: its row changes are not in the trail`;
      return noteGap(head, step, reason, { xid });
    }
    forget(waiting.entry_id);
    const reason = `transaction ${at} ${verb} XA ${xid}, which ${waiting.transaction_id} prepared before a gap; whether it is still the same is not known: its row changes are not in the trail`;
    return noteGap(head, step, reason, { xid, prepared_transaction_id: waiting.transaction_id });
  };

  /** The server takes an id again only after the first one has ended; where the log does not tell how, nobody can know. */
  const supersede = (from: LedgerHead, step: LedgerPrepare, earlier: WaitingTransaction): LedgerHead => {
    const { changes } = JSON.parse(earlier.detail) as PreparedDetail;
    const reason = `XA ${step.xid} was prepared by ${earlier.transaction_id} and again by ${step.transaction_id}, and the log does not tell how the first one ended; its row changes (${changes}) are not in the trail`;
    return noteGap(from, step, reason, { xid: step.xid, prepared_transaction_id: earlier.transaction_id });
  };

  return {
    /**
     * Changes are put aside until the end tells whether they are prepared or committed in one phase.
     * undefined when the transaction is in the ledger already.
     */
    openWaiting(from: LedgerHead, transactionId: string): TransactionBuilder | undefined {
      const entry = openEntry(from, transactionId);
      if (entry === undefined) return undefined;
      const salt = createSalt();
      const digest = startWaitingDigest(salt);
      let count = 0;
      const addChanges = (changes: readonly ChangeEvent[]): void => {
        for (const change of changes) {
          const json = JSON.stringify(change);
          prepared.insertChange.run(entry.entryId, change.seq, json);
          digest.add(change.seq, json);
          count += 1;
        }
      };
      return {
        addChanges,
        finish(step) {
          addChanges(step.changes);
          if (step.xa === undefined) {
            for (const piece of prepared.pieces(entry.entryId)) entry.addChanges(piece);
            prepared.deleteChanges.run(entry.entryId);
            entry.addBusinessEvents(step.businessEvents);
            return entry.finish({ kind: "transaction", ...headerOf(step), detail: step.detail ?? {} });
          }
          const { xid } = step;
          const earlier = prepared.ofXid.get(xid);
          if (earlier !== undefined) forget(earlier.entry_id);
          prepared.insert.run(entry.entryId, xid, salt);
          const detail: PreparedDetail = { xid, changes: count, digest: digest.finish() };
          const head = entry.finish({ kind: "prepared", ...headerOf(step), detail });
          return earlier === undefined ? head : supersede(head, step, earlier);
        },
      };
    },

    commit(entry: LedgerBuilder, step: LedgerCommit): LedgerHead {
      const { xid, publication } = step;
      const waiting = waitingOf(xid);
      if (waiting === undefined || isUncertain(waiting)) return decideUnknown(entry, step, waiting);
      for (const piece of prepared.pieces(waiting.entry_id)) entry.addChanges(publication.add(piece));
      const { businessEvents, detail = {} } = publication.finish();
      entry.addBusinessEvents(businessEvents);
      forget(waiting.entry_id);
      const decided = { ...detail, xid, prepared_transaction_id: waiting.transaction_id };
      return entry.finish({ kind: "transaction", ...headerOf(step), detail: decided });
    },

    rollback(entry: LedgerBuilder, step: LedgerRollback): LedgerHead {
      const { xid } = step;
      const waiting = waitingOf(xid);
      if (waiting === undefined || isUncertain(waiting)) return decideUnknown(entry, step, waiting);
      const { changes } = JSON.parse(waiting.detail) as PreparedDetail;
      forget(waiting.entry_id);
      const detail = { xid, prepared_transaction_id: waiting.transaction_id, changes };
      return entry.finish({ kind: "voided", ...headerOf(step), detail });
    },
  };
}

function headerOf({ transaction_id, timestamp, received_at }: LedgerStep) {
  return { transaction_id, timestamp, received_at };
}

function damaged(path: string, xid: string, transactionId: string): AppError {
  return new AppError(
    "store.damaged",
    `${path}: the changes of XA ${xid}, which wait since ${transactionId} prepared them, are not as they were written`,
    {
      hint: "Nothing of it was published. Keep the file as evidence (`auditctl verify` names the place), and restore the last backup.",
    },
  );
}
