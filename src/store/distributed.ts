// store: the steps of distributed (XA) transactions. At XA PREPARE the changes are put aside, under a `prepared` entry that
// holds their digest; at XA COMMIT they become those of the commit's own entry; at XA ROLLBACK only the entries stay.
// Runs inside the writer's transaction. Each function gives the new head of the chain.
import type Database from "better-sqlite3";
import { AppError } from "../model/app-error.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { GapDetail } from "./coverage.ts";
import { createSalt, startWaitingDigest } from "./hash-chain.ts";
import type { LedgerBuilder, prepareLedgerBuilder } from "./ledger-builder.ts";
import type { LedgerHead } from "./ledger-entry.ts";
import type { LedgerCommit, LedgerPrepare, LedgerRollback, LedgerStep, LedgerTransaction } from "./ledger-step.ts";
import { type PreparedDetail, preparePrepared, type WaitingTransaction } from "./prepared.ts";

/** A transaction whose changes may come in parts. */
export interface TransactionBuilder {
  addChanges(changes: readonly ChangeEvent[]): void;
  finish(step: LedgerPrepare | LedgerTransaction, now: string): LedgerHead;
}

export interface DistributedOptions {
  db: Database.Database;
  path: string;
  openEntry: ReturnType<typeof prepareLedgerBuilder>;
  /** After the changes have been added. */
  finishTransaction: (entry: LedgerBuilder, step: Omit<LedgerTransaction, "changes">, now: string) => LedgerHead;
  addGap: (from: LedgerHead, gap: GapDetail, now: string) => LedgerHead;
}

export function prepareDistributed({ db, path, openEntry, finishTransaction, addGap }: DistributedOptions) {
  const prepared = preparePrepared(db);

  const forget = (entryId: number): void => {
    prepared.deleteChanges.run(entryId);
    prepared.delete.run(entryId);
  };

  /** What waits under that id, proven to be as it was written; undefined when the trail does not have its XA PREPARE. @throws store.damaged */
  const waitingOf = (xid: string): Waiting | undefined => {
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
    return { ...waiting, changes: written.changes };
  };
  /** Within a gap the server may have ended what was prepared and taken its id for another. */
  const isCertain = ({ entry_id }: Waiting): boolean => prepared.gapAfter.get(entry_id) === undefined;

  const commit = (entry: LedgerBuilder, { publication, ...step }: LedgerCommit, waiting: Waiting, now: string) => {
    for (const piece of prepared.pieces(waiting.entry_id)) entry.addChanges(publication.add(piece));
    const findings = publication.finish();
    forget(waiting.entry_id);
    const detail = { ...findings.detail, xid: step.xid, prepared_transaction_id: waiting.transaction_id };
    return finishTransaction(entry, { ...headerOf(step), ...findings, detail }, now);
  };
  const rollback = (entry: LedgerBuilder, step: LedgerRollback, waiting: Waiting): LedgerHead => {
    forget(waiting.entry_id);
    const decided = { xid: step.xid, prepared_transaction_id: waiting.transaction_id, changes: waiting.changes };
    return entry.finish({ kind: "voided", ...headerOf(step), detail: { ...step.detail, ...decided } });
  };
  /** A decision on changes that the trail does not have, or cannot be sure of. Nothing is guessed. */
  const decideUnknown = (
    entry: LedgerBuilder,
    step: LedgerCommit | LedgerRollback,
    waiting: Waiting | undefined,
    now: string,
  ): LedgerHead => {
    const { transaction_id: at, xid } = step;
    const detail = { ...step.detail, xid };
    const what = `transaction ${at} ${step.xa === "commit" ? "commits" : "rolls back"} XA ${xid}`;
    const place = { from_gtid_set: at, to_gtid_set: at, xid };
    const finish = (gap?: GapDetail): LedgerHead =>
      finishTransaction(entry, { ...headerOf(step), businessEvents: [], detail, ...(gap && { gap }) }, now);
    if (waiting === undefined) {
      if (step.xa === "rollback") return finish();
      const reason = `${what}, which was prepared before the trail began or within a gap: its row changes are not in the trail`;
      return finish({ reason, ...place });
    }
    forget(waiting.entry_id);
    const reason = `${what}, which ${waiting.transaction_id} prepared before a gap; whether it is still the same is not known: its row changes are not in the trail`;
    return finish({ reason, ...place, prepared_transaction_id: waiting.transaction_id });
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
        finish(step, now) {
          addChanges(step.changes);
          if (step.xa === undefined) {
            for (const piece of prepared.pieces(entry.entryId)) entry.addChanges(piece);
            prepared.deleteChanges.run(entry.entryId);
            return finishTransaction(entry, step, now);
          }
          const { xid } = step;
          const earlier = prepared.ofXid.get(xid);
          if (earlier !== undefined) forget(earlier.entry_id);
          prepared.insert.run(entry.entryId, xid, salt);
          const detail: PreparedDetail = { ...step.detail, xid, changes: count, digest: digest.finish() };
          const head = entry.finish({ kind: "prepared", ...headerOf(step), detail });
          return earlier === undefined ? head : addGap(head, toSupersededGap(step, earlier), now);
        },
      };
    },

    /** undefined when the transaction is in the ledger already. */
    decide(from: LedgerHead, step: LedgerCommit | LedgerRollback, now: string): LedgerHead | undefined {
      const entry = openEntry(from, step.transaction_id);
      if (entry === undefined) return undefined;
      const waiting = waitingOf(step.xid);
      if (waiting === undefined || !isCertain(waiting)) return decideUnknown(entry, step, waiting, now);
      return step.xa === "commit" ? commit(entry, step, waiting, now) : rollback(entry, step, waiting);
    },
  };
}

type Waiting = WaitingTransaction & Pick<PreparedDetail, "changes">;

/** The server takes an id again only after the first one has ended; where the log does not tell how, nobody can know. */
function toSupersededGap(step: LedgerPrepare, earlier: WaitingTransaction): GapDetail {
  const { transaction_id: at, xid } = step;
  const { changes } = JSON.parse(earlier.detail) as PreparedDetail;
  const reason = `XA ${xid} was prepared by ${earlier.transaction_id} and again by ${at}, and the log does not tell how the first one ended; its row changes (${changes}) are not in the trail`;
  return { reason, from_gtid_set: at, to_gtid_set: at, xid, prepared_transaction_id: earlier.transaction_id };
}

function headerOf({
  transaction_id,
  timestamp,
  received_at,
}: Pick<LedgerStep, "transaction_id" | "timestamp" | "received_at">) {
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
