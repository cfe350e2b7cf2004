// store: the table change_event. One row per row change, in the order of the log.
import type Database from "better-sqlite3";
import { canonicalJson, type JsonValue } from "../lib/canonical-json.ts";
import type { ChangeEvent, Operation, RowImage } from "../model/change-event.ts";
import type { ColumnValue } from "./hash-chain.ts";
import { parseActor } from "./parse-actor.ts";

export interface ChangeEventRow {
  entry_id: number;
  seq: number;
  event_id: string;
  source_db: string;
  source_table: string;
  source_pk: string;
  operation: Operation;
  before: string | null;
  after: string | null;
  changed: string;
  entity_type: string;
  entity_id: string;
  actor: string;
  metadata: string;
  salt: Buffer;
  digest: Buffer;
}

export type ChangeContent = Omit<ChangeEventRow, "salt" | "digest">;

/** The columns that the event's digest covers, in order. */
export function changeColumns(row: ChangeContent): ColumnValue[] {
  return [
    row.seq,
    row.event_id,
    row.source_db,
    row.source_table,
    row.source_pk,
    row.operation,
    row.before,
    row.after,
    row.changed,
    row.entity_type,
    row.entity_id,
    row.actor,
    row.metadata,
  ];
}

export function toChangeContent(entryId: number, event: ChangeEvent): ChangeContent {
  return {
    entry_id: entryId,
    seq: event.seq,
    event_id: event.event_id,
    source_db: event.source_db,
    source_table: event.source_table,
    source_pk: canonicalJson(event.source_pk),
    operation: event.operation,
    // In the table's own column order, which a reader expects; sorting the keys cost a tenth of all of ingest.
    before: event.before === null ? null : JSON.stringify(event.before),
    after: event.after === null ? null : JSON.stringify(event.after),
    changed: JSON.stringify(event.changed),
    entity_type: event.entity_type,
    // A lone surrogate has no UTF-8: SQLite would store another character than the digest covers.
    entity_id: event.entity_id.toWellFormed(),
    actor: canonicalJson(event.actor as unknown as JsonValue),
    metadata: canonicalJson(event.metadata),
  };
}

/** A change event as it is read back, with its entry's transaction. */
export type StoredChangeRow = ChangeContent & { change_id: number; timestamp: string; transaction_id: string };

export function fromChangeRow(row: StoredChangeRow): ChangeEvent {
  return {
    event_id: row.event_id,
    source_db: row.source_db,
    source_table: row.source_table,
    source_pk: JSON.parse(row.source_pk) as RowImage,
    operation: row.operation,
    before: row.before === null ? null : (JSON.parse(row.before) as RowImage),
    after: row.after === null ? null : (JSON.parse(row.after) as RowImage),
    changed: JSON.parse(row.changed) as string[],
    timestamp: row.timestamp,
    transaction_id: row.transaction_id,
    seq: row.seq,
    entity_type: row.entity_type,
    entity_id: row.entity_id,
    actor: parseActor(row.actor),
    metadata: JSON.parse(row.metadata) as ChangeEvent["metadata"],
  };
}

/**
 * Columns that an answer needs, of a change `v` with its entry `e`. Without salt and digest: making two buffers for each row
 * costs more than most of the columns.
 */
export const storedChangeColumns = (v: string): string =>
  `${v}.change_id, ${v}.entry_id, ${v}.seq, ${v}.event_id, ${v}.source_db, ${v}.source_table, ${v}.source_pk, ${v}.operation,
   ${v}.before, ${v}.after, ${v}.changed, ${v}.entity_type, ${v}.entity_id, ${v}.actor, ${v}.metadata, e.timestamp, e.transaction_id`;

const selectStored = `SELECT ${storedChangeColumns("c")} FROM change_event c JOIN ledger_entry e USING (entry_id)`;

export function prepareChangeEvent(db: Database.Database) {
  return {
    insert: db.prepare<[ChangeEventRow]>(
      `INSERT INTO change_event
       (entry_id, seq, event_id, source_db, source_table, source_pk, operation, before, after, changed, entity_type, entity_id, actor, metadata, salt, digest)
       VALUES (@entry_id, @seq, @event_id, @source_db, @source_table, @source_pk, @operation, @before, @after, @changed, @entity_type, @entity_id, @actor, @metadata, @salt, @digest)`,
    ),
    idOf: db.prepare<[string], Pick<StoredChangeRow, "change_id" | "entry_id" | "entity_type" | "entity_id">>(
      "SELECT change_id, entry_id, entity_type, entity_id FROM change_event WHERE event_id = ?",
    ),
    /** Of some tables (a JSON array), after an entry, in the order of the log; not of transactions too large for the rules. */
    ofTables: db.prepare<{ tables: string; after: number; changes_max: number }, StoredChangeRow>(
      `SELECT ${storedChangeColumns("c")} FROM ledger_entry e CROSS JOIN change_event c USING (entry_id)
       WHERE e.entry_id > @after AND e.kind = 'transaction' AND e.change_count <= @changes_max
         AND c.source_table IN (SELECT value FROM json_each(@tables))
       ORDER BY e.entry_id, c.seq`,
    ),
  };
}

export function prepareChangeEventQueries(db: Database.Database) {
  return {
    /** By their rows (a JSON array), in its order. */
    ofRows: db.prepare<[change_ids: string], StoredChangeRow>(
      `SELECT ${storedChangeColumns("v")} FROM json_each(?) p CROSS JOIN change_event v ON v.change_id = p.value
       CROSS JOIN ledger_entry e USING (entry_id) ORDER BY p.key`,
    ),
    /** Committed up to a moment, newest first. */
    ofEntity: db.prepare<[entity_type: string, entity_id: string, at: string, limit: number], StoredChangeRow>(
      `${selectStored} WHERE c.entity_type = ? AND c.entity_id = ? AND e.timestamp <= ? ORDER BY c.change_id DESC LIMIT ?`,
    ),
    isEntity: db
      .prepare<{ entity_type: string; entity_id: string }, number>(
        `SELECT EXISTS (SELECT 1 FROM change_event WHERE entity_type = @entity_type AND entity_id = @entity_id)
             OR EXISTS (SELECT 1 FROM business_event WHERE entity_type = @entity_type AND entity_id = @entity_id)`,
      )
      .pluck(),
    /** Statements about a table after a change, committed up to a moment. */
    statementsAfter: db.prepare<[table: string, change_id: number, at: string], StoredChangeRow>(
      `${selectStored} WHERE c.entity_type = 'table' AND c.entity_id = ? AND c.change_id > ? AND e.timestamp <= ?
       AND c.operation IN ('truncate', 'ddl', 'statement') ORDER BY c.change_id`,
    ),
    /** Of the first entry from this one on that has any. */
    firstFrom: db
      .prepare<[entry_id: number], number>(
        "SELECT change_id FROM change_event WHERE entry_id >= ? ORDER BY entry_id, seq LIMIT 1",
      )
      .pluck(),
    byId: db.prepare<[event_id: string], StoredChangeRow>(`${selectStored} WHERE c.event_id = ?`),
    ofEntry: db.prepare<[number, number], StoredChangeRow>(
      `${selectStored} WHERE c.entry_id = ? ORDER BY c.seq LIMIT ?`,
    ),
    /** What events (a JSON array of business ids) rest on. */
    ofBusinessEvents: db.prepare<[business_ids: string], StoredChangeRow & { business_id: number }>(
      `SELECT ${storedChangeColumns("c")}, l.business_id
       FROM json_each(?) p CROSS JOIN business_event_change l ON l.business_id = p.value
       CROSS JOIN change_event c USING (change_id) CROSS JOIN ledger_entry e USING (entry_id)
       ORDER BY l.business_id, l.position`,
    ),
  };
}
