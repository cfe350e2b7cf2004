// store: transactions as the ledger holds them, one after the other, with their changes and what rules have made of them.
// For rules to see them again. Memory holds a page of them.
import type Database from "better-sqlite3";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import { fromBusinessRow, prepareBusinessEventQueries } from "./business-event.ts";
import { fromChangeRow, type StoredChangeRow } from "./change-event.ts";
import { withStoreErrors } from "./sqlite-error.ts";

export interface HistoryRange {
  /** Commit time, RFC 3339 as the ledger writes it: from … on, before `to`. null: from the beginning, to the end. */
  from: string | null;
  to: string | null;
  /** Changes of other tables are left out. */
  tables: readonly string[];
  /** Business events of other packs are left out. */
  packs: readonly string[];
  /** Of a transaction with more changes than this none is read. */
  changesMax: number;
}

export interface StoredBusinessEvent {
  business_id: number;
  event: BusinessEvent;
}

export interface StoredTransaction {
  entry_id: number;
  transaction_id: string;
  timestamp: string;
  /** All that it has, read or not. */
  change_count: number;
  changes: ChangeEvent[];
  /** Those that count. */
  businessEvents: StoredBusinessEvent[];
}

export interface TransactionHistory {
  /** Of the whole range. */
  change_count: number;
  /** In the order of the ledger, up to the newest when the history was opened. */
  transactions(): Generator<StoredTransaction>;
}

type EntryRow = Pick<StoredTransaction, "entry_id" | "transaction_id" | "timestamp" | "change_count">;

/** Read at once; between two pages nothing is held open, so that a writer may write. */
const pageEntries = 500;
const pageChanges = 50_000;
/** After every time that there is; the ledger's times begin with a year of four digits. */
const endOfTime = "9999-12-31T23:59:59.999999Z";

export function openTransactionHistory(db: Database.Database, path: string, range: HistoryRange): TransactionHistory {
  const readPage = preparePage(db, range);
  const { change_count, last_entry } = withStoreErrors(path, () => readPage.extent());
  return {
    change_count,
    *transactions() {
      let after = 0;
      for (;;) {
        const page = withStoreErrors(path, () => readPage.after(after, last_entry));
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        after = last.entry_id;
      }
    },
  };
}

/** A query for each transaction would cost more than all the rest. */
function preparePage(db: Database.Database, { from, to, tables, packs, changesMax }: HistoryRange) {
  const times = { from: from ?? "", to: to ?? endOfTime };
  const isInRange = "e.kind = 'transaction' AND e.timestamp >= @from AND e.timestamp < @to";
  const extent = db.prepare<[typeof times], { change_count: number; last_entry: number }>(
    `SELECT coalesce(sum(change_count), 0) AS change_count, coalesce(max(entry_id), 0) AS last_entry
     FROM ledger_entry e WHERE ${isInRange}`,
  );
  const entriesAfter = db.prepare<[typeof times & { after: number; last: number }], EntryRow>(
    `SELECT entry_id, transaction_id, timestamp, change_count FROM ledger_entry e
     WHERE entry_id > @after AND entry_id <= @last AND ${isInRange} ORDER BY entry_id LIMIT ${pageEntries}`,
  );
  const shown = { ...times, changesMax, tables: JSON.stringify(tables) };
  // CROSS JOIN: SQLite keeps this order, which is that of the ledger.
  const changesOf = db.prepare<[typeof shown & { first: number; last: number }], StoredChangeRow>(
    `SELECT c.change_id, c.entry_id, c.seq, c.event_id, c.source_db, c.source_table, c.source_pk, c.operation, c.before, c.after,
            c.changed, c.entity_type, c.entity_id, c.actor, c.metadata, e.timestamp, e.transaction_id
     FROM ledger_entry e CROSS JOIN change_event c ON c.entry_id = e.entry_id
     WHERE e.entry_id BETWEEN @first AND @last AND ${isInRange} AND e.change_count <= @changesMax
       AND c.source_table IN (SELECT value FROM json_each(@tables))
     ORDER BY e.entry_id, c.seq`,
  );
  const events = prepareBusinessEventQueries(db);
  const packList = JSON.stringify(packs);

  return {
    extent: () => extent.get(times) ?? { change_count: 0, last_entry: 0 },
    after(entryId: number, lastEntry: number): StoredTransaction[] {
      const entries = cutPage(entriesAfter.all({ ...times, after: entryId, last: lastEntry }), changesMax);
      const span = { first: entries[0]?.entry_id ?? 0, last: entries.at(-1)?.entry_id ?? 0 };
      const changes = Map.groupBy(changesOf.all({ ...shown, ...span }), (row) => row.entry_id);
      const links = Map.groupBy(events.lineageOfSpan.all(span), (row) => row.business_id);
      const businessEvents = Map.groupBy(
        events.ofSpan.all({ ...span, packs: packList }),
        (row) => row.transaction_entry,
      );
      return entries.map((entry) => ({
        ...entry,
        changes: (changes.get(entry.entry_id) ?? []).map(fromChangeRow),
        businessEvents: (businessEvents.get(entry.entry_id) ?? []).map((row) => {
          const eventIds = (links.get(row.business_id) ?? []).map(({ event_id }) => event_id);
          return { business_id: row.business_id, event: fromBusinessRow(row, eventIds) };
        }),
      }));
    },
  };
}

/** As many of them as are read at once, one at least. */
function cutPage(entries: EntryRow[], changesMax: number): EntryRow[] {
  let changes = 0;
  const end = entries.findIndex(({ change_count }) => {
    changes += change_count <= changesMax ? change_count : 0;
    return changes > pageChanges;
  });
  return end === -1 ? entries : entries.slice(0, Math.max(1, end));
}
