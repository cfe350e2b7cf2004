// store: the tables prepared_transaction and prepared_change. Changes of distributed (XA) transactions that wait for their
// decision. They are not a part of the trail, which holds only what took effect; their count and digest are.
import type Database from "better-sqlite3";
import type { JsonValue } from "../lib/canonical-json.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { PreparedTransaction } from "../model/trace.ts";
import { startWaitingDigest } from "./hash-chain.ts";

/** Detail of a `prepared` entry. */
export interface PreparedDetail {
  [key: string]: JsonValue;
  xid: string;
  /** How many wait. */
  changes: number;
  /** Hexadecimal, of the salt and all of them. */
  digest: string;
}

export interface WaitingTransaction {
  /** Of its `prepared` entry. */
  entry_id: number;
  xid: string;
  salt: Buffer;
  transaction_id: string;
  timestamp: string;
  detail: string;
}

/** What is read into memory at once, by number and by characters. */
const pieceChangesMax = 1_000;
const pieceCharactersMax = 1024 * 1024;

export function preparePrepared(db: Database.Database) {
  const selectWaiting =
    "SELECT p.entry_id, p.xid, p.salt, e.transaction_id, e.timestamp, e.detail FROM prepared_transaction p JOIN ledger_entry e USING (entry_id)";
  const changesAfter = db.prepare<[entry_id: number, seq: number], { seq: number; change: string }>(
    "SELECT seq, change FROM prepared_change WHERE entry_id = ? AND seq > ? ORDER BY seq",
  );
  return {
    insert: db.prepare<[entry_id: number, xid: string, salt: Buffer]>(
      "INSERT INTO prepared_transaction (entry_id, xid, salt) VALUES (?, ?, ?)",
    ),
    insertChange: db.prepare<[entry_id: number, seq: number, change: string]>(
      "INSERT INTO prepared_change (entry_id, seq, change) VALUES (?, ?, ?)",
    ),
    ofXid: db.prepare<[xid: string], WaitingTransaction>(`${selectWaiting} WHERE p.xid = ?`),
    ofEntry: db.prepare<[entry_id: number], Pick<WaitingTransaction, "xid" | "salt">>(
      "SELECT xid, salt FROM prepared_transaction WHERE entry_id = ?",
    ),
    all: db.prepare<[], WaitingTransaction>(`${selectWaiting} ORDER BY p.entry_id`),
    delete: db.prepare<[entry_id: number]>("DELETE FROM prepared_transaction WHERE entry_id = ?"),
    deleteChanges: db.prepare<[entry_id: number]>("DELETE FROM prepared_change WHERE entry_id = ?"),
    /** A `prepared` entry of that id that nothing in the ledger has decided on, whether its changes are there or not. */
    undecided: db.prepare<[xid: string], { transaction_id: string }>(
      `SELECT e.transaction_id FROM ledger_entry e
       WHERE e.kind = 'prepared' AND e.detail ->> '$.xid' = ? AND NOT EXISTS
         (SELECT 1 FROM ledger_entry d WHERE d.entry_id > e.entry_id AND d.detail ->> '$.prepared_transaction_id' = e.transaction_id)`,
    ),
    /** After that entry, a part of the log that is lost, as somebody has accepted. */
    gapAfter: db.prepare<[entry_id: number], { entry_id: number }>(
      `SELECT entry_id FROM ledger_entry WHERE entry_id > ? AND kind = 'gap'
       AND detail ->> '$.accepted' LIMIT 1`,
    ),
    /** In order, a piece at a time: between two of them the caller may write. */
    *pieces(entryId: number): Generator<ChangeEvent[]> {
      let last = -1;
      for (;;) {
        const piece: ChangeEvent[] = [];
        let characters = 0;
        for (const { seq, change } of changesAfter.iterate(entryId, last)) {
          last = seq;
          piece.push(JSON.parse(change) as ChangeEvent);
          characters += change.length;
          if (piece.length >= pieceChangesMax || characters >= pieceCharactersMax) break;
        }
        if (piece.length === 0) return;
        yield piece;
      }
    },
    /** Of what is in the file now. */
    digest(entryId: number, salt: Buffer): Pick<PreparedDetail, "changes" | "digest"> {
      const digest = startWaitingDigest(salt);
      let changes = 0;
      for (const { seq, change } of changesAfter.iterate(entryId, -1)) {
        digest.add(seq, change);
        changes += 1;
      }
      return { changes, digest: digest.finish() };
    },
  };
}

/** Prepared and not yet decided, oldest first, for answers. */
export function preparePreparedList(db: Database.Database): () => PreparedTransaction[] {
  const { all } = preparePrepared(db);
  return () =>
    all.all().map(({ xid, transaction_id, timestamp, detail }) => {
      const { changes } = JSON.parse(detail) as PreparedDetail;
      return { xid, transaction_id, prepared_at: timestamp, changes };
    });
}
