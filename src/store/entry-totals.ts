// store: how much the ledger holds, without counting it. Rows are numbered without holes and never taken out, so their number is
// the newest one's; only entries that are no transaction are counted, each once.
import type Database from "better-sqlite3";

export interface EntryTotals {
  transactions: number;
  /** Of transactions; rows of snapshots are no changes. */
  change_events: number;
  /** Written, superseded or not. */
  business_events: number;
}

interface Notes {
  notes: number;
  changes: number;
}

export function prepareEntryTotals(db: Database.Database): () => EntryTotals {
  const newest = db.prepare<[], { entry: number; change: number; business: number }>(
    `SELECT coalesce((SELECT max(entry_id) FROM ledger_entry), 0) AS entry,
            coalesce((SELECT max(change_id) FROM change_event), 0) AS change,
            coalesce((SELECT max(business_id) FROM business_event), 0) AS business`,
  );
  const select = "SELECT count(*) AS notes, coalesce(sum(change_count), 0) AS changes FROM ledger_entry";
  const allNotes = db.prepare<[], Notes>(`${select} INDEXED BY ledger_entry_note WHERE kind <> 'transaction'`);
  const newNotes = db.prepare<[after: number], Notes>(`${select} WHERE entry_id > ? AND +kind <> 'transaction'`);
  let known: (Notes & { entry: number }) | undefined;
  return () => {
    const { entry, change, business } = newest.get()!;
    const found = known === undefined ? allNotes.get()! : newNotes.get(known.entry)!;
    known = { entry, notes: found.notes + (known?.notes ?? 0), changes: found.changes + (known?.changes ?? 0) };
    return {
      transactions: entry - known.notes,
      change_events: change - known.changes,
      business_events: business,
    };
  };
}
