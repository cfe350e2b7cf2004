// store: a page of the ledger as detection looks at it: transactions with what they meant, and which rows they deleted.
//
// A transaction is seen once, when its own entry is read, as the trail tells of it by then: with what a replay has put right
// before that. What a replay puts right later is history, which only detection that begins anew looks at again.
import type Database from "better-sqlite3";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { ObservedDeletion, ObservedEvent, ObservedTransaction } from "../model/detection.ts";
import type { LedgerHead } from "./ledger-entry.ts";
import { parseActor } from "./parse-actor.ts";

export interface ObservedPage {
  /** Those that meant something or deleted something; the others need no look. */
  transactions: ObservedTransaction[];
  /** The last entry that was read, of whatever kind; null: there is none after. */
  last: LedgerHead | null;
  /** Commit time of the last transaction among them; null where there was none. */
  read_to: string | null;
  /** Business events that replays among them put in the place of others. */
  replayed: number;
}

/** A page has no more than this many, or one entry, which has 20,000 at most. */
const pageEvents = 1_000;
/** Ids of deleted rows that are kept of one table in one transaction; all are counted. */
const namedDeletions = 100;

interface EntryRow extends LedgerHead {
  kind: string;
  transaction_id: string | null;
  timestamp: string;
  business_count: number;
}

interface EventRow extends Omit<ObservedEvent, "actor" | "payload" | "timestamp" | "change_event_ids"> {
  transaction_entry: number;
  actor: string;
  payload: string;
  change_event_ids: string | null;
}

interface DeletionRow {
  entry_id: number;
  source_db: string;
  source_table: string;
  count: number;
}

/** A few queries for a page: one for each transaction would cost more than all the rest. */
export function prepareObservedTransactions(db: Database.Database) {
  const entriesAfter = db.prepare<[after: number, limit: number], EntryRow>(
    `SELECT entry_id, hash, kind, transaction_id, timestamp, business_count FROM ledger_entry
     WHERE entry_id > ? ORDER BY entry_id LIMIT ?`,
  );
  // The ids as one text: a row for each would cost more than all the rest.
  const eventsOf = db.prepare<[first: number, last: number], EventRow>(
    `SELECT b.transaction_entry, b.business_event_id, b.type, b.entity_type, b.entity_id, b.occurred_at, b.payload, b.actor,
            (SELECT group_concat(c.event_id, ' ' ORDER BY l.position)
             FROM business_event_change l CROSS JOIN change_event c USING (change_id)
             WHERE l.business_id = b.business_id) AS change_event_ids
     FROM business_event b
     WHERE b.transaction_entry BETWEEN ? AND ?
       AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id)
     ORDER BY b.transaction_entry, b.business_id`,
  );
  const deletionsOf = db.prepare<[first: number, last: number], DeletionRow>(
    `SELECT entry_id, source_db, source_table, count(*) AS count
     FROM change_event INDEXED BY change_event_deletion
     WHERE operation = 'delete' AND entry_id BETWEEN ? AND ? GROUP BY entry_id, source_db, source_table`,
  );
  const deletedIds = db
    .prepare<[Omit<DeletionRow, "count">], string>(
      `SELECT event_id FROM change_event INDEXED BY change_event_deletion
       WHERE operation = 'delete' AND entry_id = @entry_id AND source_db = @source_db AND source_table = @source_table
       ORDER BY change_id LIMIT ${namedDeletions}`,
    )
    .pluck();
  const toDeletion = ({ count, ...of }: DeletionRow): ObservedDeletion => {
    return { table: `${of.source_db}.${of.source_table}`, count, change_event_ids: deletedIds.all(of) };
  };
  return {
    /** @param after the last entry that has been read; 0: none @param limit entries at most */
    page(after: number, limit: number): ObservedPage {
      const entries = cutPage(entriesAfter.all(after, limit));
      const [first, last] = [entries[0], entries.at(-1)];
      if (first === undefined || last === undefined)
        return { transactions: [], last: null, read_to: null, replayed: 0 };
      const events = Map.groupBy(eventsOf.all(first.entry_id, last.entry_id), (row) => row.transaction_entry);
      const deletions = Map.groupBy(deletionsOf.all(first.entry_id, last.entry_id), (row) => row.entry_id);
      const transactions = entries.filter(({ kind }) => kind === "transaction");
      return {
        last: { entry_id: last.entry_id, hash: last.hash },
        read_to: transactions.at(-1)?.timestamp ?? null,
        replayed: entries.reduce((sum, { kind, business_count }) => sum + (kind === "replay" ? business_count : 0), 0),
        transactions: transactions.flatMap(({ entry_id, timestamp, transaction_id }) => {
          const [meant, deleted] = [events.get(entry_id), deletions.get(entry_id)];
          if (meant === undefined && deleted === undefined) return [];
          return {
            entry_id,
            timestamp,
            transaction_id: transaction_id ?? "",
            events: (meant ?? []).map((row) => toEvent(row, timestamp)),
            deletions: (deleted ?? []).map(toDeletion),
          };
        }),
      };
    },
  };
}

/** As many of them as are read at once, one at least. */
function cutPage(entries: EntryRow[]): EntryRow[] {
  let events = 0;
  const end = entries.findIndex(({ business_count }) => (events += business_count) > pageEvents);
  return end === -1 ? entries : entries.slice(0, Math.max(1, end));
}

function toEvent(row: EventRow, timestamp: string): ObservedEvent {
  const { business_event_id, type, entity_type, entity_id, occurred_at } = row;
  return {
    business_event_id,
    type,
    entity_type,
    entity_id,
    occurred_at,
    timestamp,
    payload: JSON.parse(row.payload) as JsonObject,
    actor: parseActor(row.actor),
    change_event_ids: row.change_event_ids?.split(" ") ?? [],
  };
}
