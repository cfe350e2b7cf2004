// store: a page of the ledger as detection looks at it: transactions with what they meant, and which rows they deleted.
import type Database from "better-sqlite3";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { ObservedDeletion, ObservedEvent, ObservedTransaction } from "../model/detection.ts";
import { parseActor } from "./parse-actor.ts";

export interface ObservedPage {
  /** Those that meant something or deleted something; the others need no look. */
  transactions: ObservedTransaction[];
  /** The last entry that was read, of whatever kind; null: there is none after. */
  last: { entry_id: number; hash: Buffer } | null;
}

/** Ids of deleted rows that are kept of one table in one transaction. */
const deletedIdsMax = 100;

interface EntryRow {
  entry_id: number;
  kind: string;
  timestamp: string;
  transaction_id: string | null;
  hash: Buffer;
}

interface EventRow {
  business_id: number;
  transaction_entry: number;
  business_event_id: string;
  type: string;
  entity_type: string;
  entity_id: string;
  occurred_at: string;
  payload: string;
  actor: string;
}

interface DeletionRow {
  entry_id: number;
  table: string;
  event_id: string;
}

interface Span {
  first: number;
  last: number;
}

/** Four queries for a page: one for each transaction would cost more than all the rest. */
export function prepareObservedTransactions(db: Database.Database) {
  const entries = db.prepare<[{ after: number; limit: number }], EntryRow>(
    `SELECT entry_id, kind, timestamp, transaction_id, hash FROM ledger_entry
     WHERE entry_id > @after ORDER BY entry_id LIMIT @limit`,
  );
  const events = db.prepare<[Span], EventRow>(
    `SELECT business_id, transaction_entry, business_event_id, type, entity_type, entity_id, occurred_at, payload, actor
     FROM business_event b
     WHERE transaction_entry BETWEEN @first AND @last
       AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id)
     ORDER BY transaction_entry, business_id`,
  );
  const lineage = db.prepare<[Span], { business_id: number; event_id: string }>(
    `SELECT l.business_id, c.event_id
     FROM business_event b CROSS JOIN business_event_change l USING (business_id) CROSS JOIN change_event c USING (change_id)
     WHERE b.transaction_entry BETWEEN @first AND @last ORDER BY l.business_id, l.position`,
  );
  const deletions = db.prepare<[Span], DeletionRow>(
    `SELECT entry_id, source_db || '.' || source_table AS "table", event_id FROM change_event
     WHERE entry_id BETWEEN @first AND @last AND +operation = 'delete' ORDER BY entry_id, seq`,
  );
  return {
    /** @param after the last entry that has been read; 0: none @param limit entries at most */
    page(after: number, limit: number): ObservedPage {
      const read = entries.all({ after, limit });
      const end = read.at(-1);
      if (end === undefined) return { transactions: [], last: null };
      const span = { first: after + 1, last: end.entry_id };
      const changesOf = new Map<number, string[]>();
      for (const { business_id, event_id } of lineage.all(span)) push(changesOf, business_id, event_id);
      const eventsOf = new Map<number, EventRow[]>();
      for (const row of events.all(span)) push(eventsOf, row.transaction_entry, row);
      const deletionsOf = new Map<number, DeletionRow[]>();
      for (const row of deletions.all(span)) push(deletionsOf, row.entry_id, row);
      const transactions = read.flatMap(({ entry_id, kind, timestamp, transaction_id }): ObservedTransaction[] => {
        const meant = eventsOf.get(entry_id);
        const deleted = deletionsOf.get(entry_id);
        if (kind !== "transaction" || (meant === undefined && deleted === undefined)) return [];
        return [
          {
            entry_id,
            timestamp,
            transaction_id: transaction_id ?? "",
            events: (meant ?? []).map((row) => toEvent(row, timestamp, changesOf.get(row.business_id) ?? [])),
            deletions: toDeletions(deleted ?? []),
          },
        ];
      });
      return { transactions, last: { entry_id: end.entry_id, hash: end.hash } };
    },
  };
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function toEvent(row: EventRow, timestamp: string, change_event_ids: string[]): ObservedEvent {
  const { business_event_id, type, entity_type, entity_id, occurred_at } = row;
  const payload = JSON.parse(row.payload) as JsonObject;
  const actor = parseActor(row.actor);
  return {
    business_event_id,
    type,
    entity_type,
    entity_id,
    occurred_at,
    timestamp,
    payload,
    actor,
    change_event_ids,
  };
}

function toDeletions(rows: readonly DeletionRow[]): ObservedDeletion[] {
  const tables = Map.groupBy(rows, ({ table }) => table);
  return [...tables].map(([table, deleted]) => ({
    table,
    count: deleted.length,
    change_event_ids: deleted.slice(0, deletedIdsMax).map(({ event_id }) => event_id),
  }));
}
