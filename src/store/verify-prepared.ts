// store: part of `verify`. Changes of distributed (XA) transactions that wait are those their `prepared` entry was written
// with, none is missing, and none waits on whose transaction the ledger has decided.
import type Database from "better-sqlite3";
import type { VerifyFault } from "../model/trace.ts";
import type { LedgerEntryRow } from "./ledger-entry.ts";
import { type PreparedDetail, preparePrepared } from "./prepared.ts";

export interface PreparedCheck {
  /** Each entry, in order. */
  see(entry: LedgerEntryRow): void;
  /** After the last one. */
  finish(): void;
}

export function createPreparedCheck(db: Database.Database, report: (fault: VerifyFault) => void): PreparedCheck {
  /** Prepared entries that no entry so far decides on, by GTID. */
  const undecided = new Map<string, LedgerEntryRow>();
  return {
    see(entry) {
      if (entry.kind === "prepared" && entry.transaction_id !== null) undecided.set(entry.transaction_id, entry);
      const decided = readDetail(entry)?.["prepared_transaction_id"];
      if (typeof decided === "string") undecided.delete(decided);
    },
    finish() {
      const prepared = preparePrepared(db);
      const known = new Set<number>();
      for (const entry of undecided.values()) {
        known.add(entry.entry_id);
        const written = readDetail(entry) as Partial<PreparedDetail> | undefined;
        const place = `prepared_transaction ${entry.entry_id} (XA ${written?.xid ?? "?"}, ${entry.transaction_id})`;
        const fault = (message: string) =>
          report({ table: "prepared_transaction", entry_id: entry.entry_id, place, message });
        const waiting = prepared.ofEntry.get(entry.entry_id);
        if (waiting === undefined) {
          fault("is missing, though the ledger does not say how it was decided");
          continue;
        }
        if (waiting.xid !== written?.xid) fault("has another id than it was prepared with");
        const found = prepared.digest(entry.entry_id, waiting.salt);
        if (found.changes !== written?.changes)
          fault(`has ${found.changes} waiting changes, was written with ${written?.changes ?? "?"}`);
        else if (found.digest !== written.digest)
          fault("its waiting changes were changed after they were written: digest does not match");
      }
      checkStrays(db, known, report);
    },
  };
}

/** Rows under a number that is not that of an undecided entry. */
function checkStrays(db: Database.Database, known: ReadonlySet<number>, report: (fault: VerifyFault) => void): void {
  for (const table of ["prepared_transaction", "prepared_change"]) {
    const ids = db.prepare<[], number>(`SELECT DISTINCT entry_id FROM ${table} NOT INDEXED`).pluck();
    for (const entryId of ids.all().filter((id) => !known.has(id))) {
      const message = "belongs to no transaction that waits for its decision";
      report({ table, entry_id: entryId, place: `${table} ${entryId}`, message });
    }
  }
}

/** undefined where nothing in it is about distributed transactions, or the file was changed so that it is no JSON. */
function readDetail({
  kind,
  detail,
}: Pick<LedgerEntryRow, "kind"> & { detail: unknown }): Record<string, unknown> | undefined {
  if (typeof detail !== "string") return undefined;
  if (kind !== "prepared" && !detail.includes('"prepared_transaction_id"')) return undefined;
  try {
    return JSON.parse(detail) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
