// store: the one writer. Takes a batch of transactions with their events and the checkpoint that covers them,
// and commits all of it in one SQLite transaction, or nothing.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { CaptureState, SourceIdentity } from "../model/capture-state.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { ReplayDetail } from "../model/replay.ts";
import type { Checkpoint } from "../model/raw-transaction.ts";
import type { BaselineProgress, SnapshotChunk } from "../model/snapshot.ts";
import { prepareCaptureState } from "./capture-state.ts";
import { prepareCheckpoint } from "./checkpoint.ts";
import type { GapDetail } from "./coverage.ts";
import { prepareDistributed, type TransactionBuilder } from "./distributed.ts";
import { genesisHash } from "./hash-chain.ts";
import { type LedgerBuilder, prepareLedgerBuilder } from "./ledger-builder.ts";
import { type EntryKind, type LedgerHead, prepareLedgerEntry } from "./ledger-entry.ts";
import type { LedgerPrepare, LedgerStep, LedgerTransaction } from "./ledger-step.ts";
import { type PostLedger, preparePostLedger } from "./post-ledger.ts";
import { prepareRecentChanges, type RecentChanges, type RecentChangesQuery } from "./recent-changes.ts";
import { prepareSnapshot } from "./snapshot.ts";
import { prepareSource, type SourceRow } from "./source.ts";
import { withStoreErrors } from "./sqlite-error.ts";

/** A transaction that arrives in pieces, in one open SQLite transaction: memory holds a piece, the file holds the rest. */
export interface LedgerStream {
  append(changes: readonly ChangeEvent[]): void;
  /** Commits it with its checkpoint; `changes` are the last ones. Only one that was opened as `distributed` may be prepared. */
  commit(transaction: LedgerTransaction | LedgerPrepare, checkpoint: Checkpoint, now: string): void;
  /** Leaves no trace of it. */
  abandon(): void;
}

/** Rows of one table as a consistent read found them, ready to be kept. */
export interface LedgerSnapshotChunk {
  /** Its name, in the place of a GTID: the same chunk is stored once. */
  transaction_id: string;
  /** When the read was opened, by the server's clock. */
  timestamp: string;
  received_at: string;
  detail: SnapshotChunk;
  changes: readonly ChangeEvent[];
}

/** What other rules, or corrected ones, make of transactions that are in the ledger. */
export interface LedgerReplayChunk {
  now: string;
  detail: ReplayDetail;
  /** Events to add, with the entry of the transaction that they tell of. */
  added: readonly { transaction_entry: number; event: BusinessEvent }[];
  /** Row numbers of the events that no longer count. */
  superseded: readonly number[];
}

export interface LedgerWriter {
  readonly path: string;
  source(): SourceRow | undefined;
  registerSource(identity: SourceIdentity, clientId: number, now: string): void;
  checkpoint(): Checkpoint | undefined;
  /** Commits transactions and checkpoint together. Gives how many transactions were new; a redelivered one is left out. */
  append(transactions: readonly LedgerStep[], checkpoint: Checkpoint, now: string): number;
  /** Until it is committed or abandoned, nothing else may be appended. `distributed`: its end may be an XA PREPARE. */
  openStream(transactionId: string, distributed?: boolean): LedgerStream;
  /** A start, stop, gap, change of settings, or the beginning of a snapshot, in the chain; with a checkpoint when it moves where reading resumes. */
  note(
    kind: Exclude<EntryKind, "transaction" | "prepared" | "voided" | "replay" | "model">,
    detail: JsonObject,
    now: string,
    checkpoint?: Checkpoint,
  ): void;
  /** Commits one chunk of a snapshot; the checkpoint does not move, because no part of the log was read. */
  appendSnapshot(chunk: LedgerSnapshotChunk): void;
  /** Commits one chunk of a replay. */
  appendReplay(chunk: LedgerReplayChunk): void;
  /** A question to a model. Gives whether it was new: the same one is stored once. */
  appendModelCall(id: string, detail: JsonObject, now: string): boolean;
  /** How far the newest snapshot of each table has come, by database.table. */
  snapshotProgress(): Map<string, BaselineProgress>;
  /** Detail of the newest gap, if any. */
  newestGap(): JsonObject | undefined;
  /** Whether the transaction is in the ledger already. */
  holds(transactionId: string): boolean;
  /** Detail of the newest note about rule packs, if any. */
  newestRules(): JsonObject | undefined;
  /** What rules look back at; undefined while there is no transaction. */
  recentChanges(query: RecentChangesQuery): RecentChanges | undefined;
  /** @param lastVerifiedAt null: as it was */
  putState(state: CaptureState, lastVerifiedAt: string | null): void;
  /** Does the work in one commit, which is on the disk when this returns: who posted will not send it again. The checkpoint does not move. */
  post<T>(work: (ledger: PostLedger) => T): T;
  /** Changes that wait for the rest of their transaction. */
  countPosted(): number;
}

export function createLedgerWriter(db: Database.Database, path: string): LedgerWriter {
  const entries = prepareLedgerEntry(db);
  const checkpoints = prepareCheckpoint(db);
  const sources = prepareSource(db);
  const states = prepareCaptureState(db);
  const openEntry = prepareLedgerBuilder(db);
  const readRecent = prepareRecentChanges(db);
  const posts = preparePostLedger(db, openEntry);
  let head: LedgerHead = entries.head.get() ?? { entry_id: 0, hash: genesisHash };

  /** `head` moves only after COMMIT: when SQLite refuses, the next try builds on what is really there. */
  const commit = (work: (from: LedgerHead) => LedgerHead): void => {
    withStoreErrors(path, () => {
      head = db.transaction(work).immediate(head);
    });
  };

  const addNote = (from: LedgerHead, kind: EntryKind, detail: JsonObject, now: string): LedgerHead => {
    const entry = openEntry(from, null);
    assert(entry !== undefined, "an entry without a transaction exists already");
    return entry.finish({ kind, detail, transaction_id: null, timestamp: now, received_at: now });
  };
  const addGap = (from: LedgerHead, gap: GapDetail | undefined, now: string): LedgerHead =>
    gap === undefined ? from : addNote(from, "gap", { ...gap }, now);
  /** After its changes have been added. */
  const finishTransaction = (
    entry: LedgerBuilder,
    step: Omit<LedgerTransaction, "changes">,
    now: string,
  ): LedgerHead => {
    const { transaction_id, timestamp, received_at, businessEvents, detail = {}, gap } = step;
    entry.addBusinessEvents(businessEvents);
    return addGap(entry.finish({ kind: "transaction", transaction_id, timestamp, received_at, detail }), gap, now);
  };
  const distributed = prepareDistributed({ db, path, openEntry, finishTransaction, addGap });

  const openTransaction = (from: LedgerHead, transactionId: string): TransactionBuilder | undefined => {
    const entry = openEntry(from, transactionId);
    return (
      entry && {
        addChanges: (changes) => entry.addChanges(changes),
        finish: (step, now) => {
          assert(step.xa === undefined, `changes of ${transactionId} are to wait and were not put aside`);
          entry.addChanges(step.changes);
          return finishTransaction(entry, step, now);
        },
      }
    );
  };
  /** undefined when the ledger has it already. */
  const write = (from: LedgerHead, step: LedgerStep, now: string): LedgerHead | undefined => {
    switch (step.xa) {
      case undefined:
        return openTransaction(from, step.transaction_id)?.finish(step, now);
      case "prepare":
        return distributed.openWaiting(from, step.transaction_id)?.finish(step, now);
      default:
        return distributed.decide(from, step, now);
    }
  };

  return {
    path,
    source: () => withStoreErrors(path, () => sources.get.get()),
    registerSource: (identity, clientId, now) =>
      withStoreErrors(path, () => {
        sources.insert.run({ ...identity, client_id: clientId, first_seen: now });
      }),
    checkpoint: () => withStoreErrors(path, () => checkpoints.get.get()),
    append(transactions, checkpoint, now) {
      let stored = 0;
      commit((from) => {
        let last = from;
        stored = 0;
        for (const transaction of transactions) {
          const next = write(last, transaction, now);
          if (next === undefined) continue;
          last = next;
          stored += 1;
        }
        checkpoints.put.run({ ...checkpoint, updated_at: now });
        return last;
      });
      return stored;
    },
    openStream(transactionId, isDistributed = false) {
      const entry = withStoreErrors(path, () => {
        db.exec("BEGIN IMMEDIATE");
        return isDistributed ? distributed.openWaiting(head, transactionId) : openTransaction(head, transactionId);
      });
      return {
        append: (changes) => withStoreErrors(path, () => entry?.addChanges(changes)),
        commit: (transaction, checkpoint, now) =>
          withStoreErrors(path, () => {
            const next = entry?.finish(transaction, now) ?? head;
            checkpoints.put.run({ ...checkpoint, updated_at: now });
            db.exec("COMMIT");
            head = next;
          }),
        // After some failures (a full disk) SQLite has rolled back by itself.
        abandon: () => withStoreErrors(path, () => db.inTransaction && db.exec("ROLLBACK")),
      };
    },
    note(kind, detail, now, checkpoint) {
      commit((from) => {
        if (checkpoint !== undefined) checkpoints.put.run({ ...checkpoint, updated_at: now });
        return addNote(from, kind, detail, now);
      });
    },
    appendSnapshot({ detail, ...chunk }) {
      commit((from) => {
        const { transaction_id, timestamp, received_at, changes } = chunk;
        const entry = openEntry(from, transaction_id);
        if (entry === undefined) return from;
        entry.addChanges(changes);
        return entry.finish({ kind: "snapshot", transaction_id, timestamp, received_at, detail: { ...detail } });
      });
    },
    appendReplay({ now, detail, added, superseded }) {
      commit((from) => {
        const entry = openEntry(from, null);
        assert(entry !== undefined, "an entry without a transaction exists already");
        for (const { transaction_entry, event } of added) entry.addBusinessEvents([event], transaction_entry);
        // verify reads them in the order of their rows.
        entry.supersede(superseded.toSorted((a, b) => a - b));
        return entry.finish({
          kind: "replay",
          detail: { ...detail },
          transaction_id: null,
          timestamp: now,
          received_at: now,
        });
      });
    },
    appendModelCall(id, detail, now) {
      let isNew = false;
      commit((from) => {
        const transaction_id = `model:${id}`;
        const entry = openEntry(from, transaction_id);
        isNew = entry !== undefined;
        return entry?.finish({ kind: "model", transaction_id, timestamp: now, received_at: now, detail }) ?? from;
      });
      return isNew;
    },
    snapshotProgress: () => withStoreErrors(path, () => prepareSnapshot(db).progress()),
    newestGap: () => {
      const row = withStoreErrors(path, () => entries.newestGap.get());
      return row === undefined ? undefined : (JSON.parse(row.detail) as JsonObject);
    },
    holds: (transactionId) => withStoreErrors(path, () => entries.has.get(transactionId) !== undefined),
    newestRules: () => {
      const row = withStoreErrors(path, () => entries.newestRules.get());
      return row === undefined ? undefined : (JSON.parse(row.detail) as JsonObject);
    },
    recentChanges: (query) => withStoreErrors(path, () => readRecent(query)),
    putState: (state, lastVerifiedAt) =>
      withStoreErrors(path, () => {
        states.put.run({ ...state, last_verified_at: lastVerifiedAt, process_id: process.pid });
      }),
    countPosted: () => withStoreErrors(path, () => posts.count()),
    post<T>(work: (ledger: PostLedger) => T): T {
      db.pragma("synchronous = FULL");
      try {
        const results: T[] = [];
        commit((from) => {
          const { ledger, head: last } = posts.open(from);
          results.push(work(ledger));
          return last();
        });
        return results[0] as T;
      } finally {
        db.pragma("synchronous = NORMAL");
      }
    },
  };
}
