// store: the table ledger_entry. One row per source transaction, step of a distributed one, start, stop, gap, question to a model, or chunk of a snapshot or replay; the hash chain runs through it.
import type Database from "better-sqlite3";
import type { ColumnValue } from "./hash-chain.ts";

export const entryKinds = [
  "transaction",
  "start",
  "stop",
  "gap",
  "config",
  "snapshot",
  "prepared",
  "voided",
  "replay",
  "model",
] as const;
export type EntryKind = (typeof entryKinds)[number];

/** SQLite uses the index of these few only where the condition stands as the index has it. */
export const isNote = "kind <> 'transaction'";

export interface LedgerEntryRow {
  entry_id: number;
  kind: EntryKind;
  transaction_id: string | null;
  timestamp: string;
  received_at: string;
  change_count: number;
  business_count: number;
  detail: string;
  prev_hash: Buffer;
  hash: Buffer;
}

/** The columns that the entry's hash covers, in order. */
export function entryHeader(row: Omit<LedgerEntryRow, "prev_hash" | "hash">): ColumnValue[] {
  return [
    row.entry_id,
    row.kind,
    row.transaction_id,
    row.timestamp,
    row.received_at,
    row.change_count,
    row.business_count,
    row.detail,
  ];
}

export interface LedgerHead {
  entry_id: number;
  hash: Buffer;
}

export function prepareLedgerEntry(db: Database.Database) {
  return {
    insert: db.prepare<[LedgerEntryRow]>(
      `INSERT INTO ledger_entry
       (entry_id, kind, transaction_id, timestamp, received_at, change_count, business_count, detail, prev_hash, hash)
       VALUES (@entry_id, @kind, @transaction_id, @timestamp, @received_at, @change_count, @business_count, @detail, @prev_hash, @hash)`,
    ),
    has: db.prepare<[string], { entry_id: number }>("SELECT entry_id FROM ledger_entry WHERE transaction_id = ?"),
    newestGap: db.prepare<[], { detail: string }>(
      `SELECT detail FROM ledger_entry WHERE ${isNote} AND kind = 'gap' ORDER BY entry_id DESC LIMIT 1`,
    ),
    newestRules: db.prepare<[], { detail: string }>(
      `SELECT detail FROM ledger_entry WHERE ${isNote} AND kind = 'config' AND detail -> '$.rule_packs' IS NOT NULL
       ORDER BY entry_id DESC LIMIT 1`,
    ),
    newestRulesEntry: db.prepare<[], { entry_id: number }>(
      `SELECT entry_id FROM ledger_entry WHERE ${isNote} AND kind = 'config' AND detail -> '$.rule_packs' IS NOT NULL
       ORDER BY entry_id DESC LIMIT 1`,
    ),
    detailOf: db.prepare<[entry_id: number], { detail: string }>("SELECT detail FROM ledger_entry WHERE entry_id = ?"),
    rulesBefore: db.prepare<[entry_id: number], { detail: string }>(
      `SELECT detail FROM ledger_entry WHERE ${isNote} AND kind = 'config' AND detail -> '$.rule_packs' IS NOT NULL AND entry_id < ?
       ORDER BY entry_id DESC LIMIT 1`,
    ),
    rulesAfter: db.prepare<[entry_id: number], { entry_id: number; detail: string }>(
      `SELECT entry_id, detail FROM ledger_entry
       WHERE ${isNote} AND kind = 'config' AND detail -> '$.rule_packs' IS NOT NULL AND entry_id > ? ORDER BY entry_id`,
    ),
    newestTime: db.prepare<[], { timestamp: string }>(
      "SELECT timestamp FROM ledger_entry WHERE kind = 'transaction' ORDER BY entry_id DESC LIMIT 1",
    ),
    /** Found from the end of the chain backwards: as quick as the stretch after it is short. */
    lastBefore: db.prepare<[timestamp: string], { entry_id: number }>(
      `SELECT entry_id FROM ledger_entry WHERE kind = 'transaction' AND timestamp < ? ORDER BY entry_id DESC LIMIT 1`,
    ),
    hashOf: db.prepare<[entry_id: number], Pick<LedgerHead, "hash">>(
      "SELECT hash FROM ledger_entry WHERE entry_id = ?",
    ),
    head: db.prepare<[], LedgerHead>("SELECT entry_id, hash FROM ledger_entry ORDER BY entry_id DESC LIMIT 1"),
  };
}
