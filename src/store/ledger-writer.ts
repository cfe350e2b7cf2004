// store: the one writer. Takes a batch of transactions with their events and the checkpoint that covers them,
// and commits all of it in one SQLite transaction, or nothing.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import { canonicalJson, type JsonObject } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { CaptureState, SourceIdentity } from "../model/capture-state.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { Checkpoint } from "../model/raw-transaction.ts";
import type { BaselineProgress, SnapshotChunk } from "../model/snapshot.ts";
import { businessColumns, prepareBusinessEvent, toBusinessContent } from "./business-event.ts";
import { prepareCaptureState } from "./capture-state.ts";
import { changeColumns, prepareChangeEvent, toChangeContent } from "./change-event.ts";
import { prepareCheckpoint } from "./checkpoint.ts";
import { createSalt, entryHash, eventDigest, genesisHash } from "./hash-chain.ts";
import { type EntryKind, entryHeader, type LedgerHead, prepareLedgerEntry } from "./ledger-entry.ts";
import { prepareSnapshot } from "./snapshot.ts";
import { prepareSource, type SourceRow } from "./source.ts";
import { withStoreErrors } from "./sqlite-error.ts";

/** One source transaction, ready to be kept. */
export interface LedgerTransaction {
  transaction_id: string;
  timestamp: string;
  received_at: string;
  changes: readonly ChangeEvent[];
  businessEvents: readonly BusinessEvent[];
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

export interface LedgerWriter {
  readonly path: string;
  source(): SourceRow | undefined;
  registerSource(identity: SourceIdentity, clientId: number, now: string): void;
  checkpoint(): Checkpoint | undefined;
  /** Commits transactions and checkpoint together. Gives how many transactions were new; a redelivered one is left out. */
  append(transactions: readonly LedgerTransaction[], checkpoint: Checkpoint, now: string): number;
  /** A start, stop or gap, or the beginning of a snapshot, in the chain; with a checkpoint when it moves where reading resumes. */
  note(kind: Exclude<EntryKind, "transaction">, detail: JsonObject, now: string, checkpoint?: Checkpoint): void;
  /** Commits one chunk of a snapshot; the checkpoint does not move, because no part of the log was read. */
  appendSnapshot(chunk: LedgerSnapshotChunk): void;
  /** How far the newest snapshot of each table has come, by database.table. */
  snapshotProgress(): Map<string, BaselineProgress>;
  /** Detail of the newest gap, if any. */
  newestGap(): JsonObject | undefined;
  putState(state: CaptureState, lastVerifiedAt: string | null): void;
}

interface EntryContent {
  kind: EntryKind;
  transaction_id: string | null;
  timestamp: string;
  received_at: string;
  detail: JsonObject;
  changes: readonly ChangeEvent[];
  businessEvents: readonly BusinessEvent[];
}

export function createLedgerWriter(db: Database.Database, path: string): LedgerWriter {
  const entries = prepareLedgerEntry(db);
  const checkpoints = prepareCheckpoint(db);
  const sources = prepareSource(db);
  const states = prepareCaptureState(db);
  const appendEntry = createEntryAppender(db);
  let head: LedgerHead = entries.head.get() ?? { entry_id: 0, hash: genesisHash };

  /** `head` moves only after COMMIT: when SQLite refuses, the next try builds on what is really there. */
  const commit = (work: (from: LedgerHead) => LedgerHead): void => {
    withStoreErrors(path, () => {
      head = db.transaction(work).immediate(head);
    });
  };

  return {
    path,
    source: () => sources.get.get(),
    registerSource: (identity, clientId, now) =>
      withStoreErrors(path, () => {
        sources.insert.run({ ...identity, client_id: clientId, first_seen: now });
      }),
    checkpoint: () => checkpoints.get.get(),
    append(transactions, checkpoint, now) {
      let stored = 0;
      commit((from) => {
        let last = from;
        stored = 0;
        for (const { transaction_id, timestamp, received_at, changes, businessEvents } of transactions) {
          const content = { transaction_id, timestamp, received_at, changes, businessEvents };
          const next = appendEntry({ kind: "transaction", detail: {}, ...content }, last);
          if (next !== last) stored += 1;
          last = next;
        }
        checkpoints.put.run({ ...checkpoint, updated_at: now });
        return last;
      });
      return stored;
    },
    note(kind, detail, now, checkpoint) {
      commit((from) => {
        const content = { kind, detail, transaction_id: null, timestamp: now, received_at: now };
        if (checkpoint !== undefined) checkpoints.put.run({ ...checkpoint, updated_at: now });
        return appendEntry({ ...content, changes: [], businessEvents: [] }, from);
      });
    },
    appendSnapshot({ detail, ...chunk }) {
      commit((from) => appendEntry({ kind: "snapshot", ...chunk, detail: { ...detail }, businessEvents: [] }, from));
    },
    snapshotProgress: () => withStoreErrors(path, () => prepareSnapshot(db).progress()),
    newestGap: () => {
      const row = entries.newestGap.get();
      return row === undefined ? undefined : (JSON.parse(row.detail) as JsonObject);
    },
    putState: (state, lastVerifiedAt) =>
      withStoreErrors(path, () => {
        states.put.run({ ...state, last_verified_at: lastVerifiedAt, process_id: process.pid });
      }),
  };
}

/** Inserts one entry with its events after `from`; gives the new head, or `from` itself when the transaction is already there. */
function createEntryAppender(db: Database.Database): (content: EntryContent, from: LedgerHead) => LedgerHead {
  const entries = prepareLedgerEntry(db);
  const changeEvents = prepareChangeEvent(db);
  const businessEvents = prepareBusinessEvent(db);

  return (content, from) => {
    const entryId = from.entry_id + 1;
    const header = {
      entry_id: entryId,
      kind: content.kind,
      transaction_id: content.transaction_id,
      timestamp: content.timestamp,
      received_at: content.received_at,
      change_count: content.changes.length,
      business_count: content.businessEvents.length,
      detail: canonicalJson(content.detail),
    };
    const changes = content.changes.map((event) => {
      const row = toChangeContent(entryId, event);
      const salt = createSalt();
      return { ...row, salt, digest: eventDigest(salt, changeColumns(row)) };
    });
    const businesses = content.businessEvents.map((event, ordinal) => {
      const row = toBusinessContent(entryId, ordinal, event);
      const salt = createSalt();
      return { ...row, salt, digest: eventDigest(salt, businessColumns(row, event.change_event_ids)) };
    });
    const digests = [...changes, ...businesses].map((row) => row.digest);
    const hash = entryHash(from.hash, digests, entryHeader(header));
    if (entries.insert.run({ ...header, prev_hash: from.hash, hash }).changes === 0) {
      assert(
        content.transaction_id !== null && entries.has.get(content.transaction_id),
        `entry ${entryId} exists already`,
      );
      return from;
    }

    const changeIds = new Map<string, number | bigint>();
    for (const row of changes) changeIds.set(row.event_id, changeEvents.insert.run(row).lastInsertRowid);
    businesses.forEach((row, index) => {
      const businessId = businessEvents.insert.run(row).lastInsertRowid;
      content.businessEvents[index]?.change_event_ids.forEach((eventId, position) => {
        const changeId = changeIds.get(eventId);
        assert(
          changeId !== undefined,
          `business event ${row.business_event_id} rests on ${eventId}, not of its transaction`,
        );
        businessEvents.insertLineage.run(businessId, position, changeId);
      });
    });
    return { entry_id: entryId, hash };
  };
}
