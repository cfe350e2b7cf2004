// store: the tables business_event and business_event_change. What changes meant, by which rule, resting on what.
import type Database from "better-sqlite3";
import { canonicalJson, type JsonObject, type JsonValue } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { Actor } from "../model/change-event.ts";
import type { ColumnValue } from "./hash-chain.ts";

export interface BusinessEventRow {
  entry_id: number;
  ordinal: number;
  business_event_id: string;
  type: string;
  entity_type: string;
  entity_id: string;
  occurred_at: string;
  payload: string;
  confidence: number;
  actor: string;
  rule_pack: string;
  rule_name: string;
  rule_version: number;
  salt: Buffer;
  digest: Buffer;
}

export type BusinessContent = Omit<BusinessEventRow, "salt" | "digest">;

/** The columns that the event's digest covers, in order; the lineage is one of them. */
export function businessColumns(row: BusinessContent, changeEventIds: readonly string[]): ColumnValue[] {
  return [
    row.ordinal,
    row.business_event_id,
    row.type,
    row.entity_type,
    row.entity_id,
    row.occurred_at,
    row.payload,
    row.confidence,
    row.actor,
    row.rule_pack,
    row.rule_name,
    row.rule_version,
    JSON.stringify(changeEventIds),
  ];
}

export function toBusinessContent(entryId: number, ordinal: number, event: BusinessEvent): BusinessContent {
  return {
    entry_id: entryId,
    ordinal,
    business_event_id: event.business_event_id,
    type: event.type,
    entity_type: event.entity_type,
    entity_id: event.entity_id.toWellFormed(),
    occurred_at: event.occurred_at,
    payload: JSON.stringify(event.payload),
    confidence: event.confidence,
    actor: canonicalJson(event.actor as unknown as JsonValue),
    rule_pack: event.rule.pack,
    rule_name: event.rule.name,
    rule_version: event.rule.version,
  };
}

export type StoredBusinessRow = BusinessContent & { business_id: number; timestamp: string; transaction_id: string };

export function fromBusinessRow(row: StoredBusinessRow, changeEventIds: string[]): BusinessEvent {
  return {
    business_event_id: row.business_event_id,
    type: row.type,
    entity_type: row.entity_type,
    entity_id: row.entity_id,
    occurred_at: row.occurred_at,
    timestamp: row.timestamp,
    transaction_id: row.transaction_id,
    payload: JSON.parse(row.payload) as JsonObject,
    confidence: row.confidence,
    actor: JSON.parse(row.actor) as Actor,
    rule: { pack: row.rule_pack, name: row.rule_name, version: row.rule_version },
    change_event_ids: changeEventIds,
  };
}

const selectStored = `SELECT b.*, e.timestamp, e.transaction_id FROM business_event b JOIN ledger_entry e USING (entry_id)`;

export function prepareBusinessEvent(db: Database.Database) {
  return {
    insert: db.prepare<[BusinessEventRow]>(
      `INSERT INTO business_event
       (entry_id, ordinal, business_event_id, type, entity_type, entity_id, occurred_at, payload, confidence, actor, rule_pack, rule_name, rule_version, salt, digest)
       VALUES (@entry_id, @ordinal, @business_event_id, @type, @entity_type, @entity_id, @occurred_at, @payload, @confidence, @actor, @rule_pack, @rule_name, @rule_version, @salt, @digest)`,
    ),
    insertLineage: db.prepare<[business_id: number | bigint, position: number, change_id: number | bigint]>(
      "INSERT INTO business_event_change (business_id, position, change_id) VALUES (?, ?, ?)",
    ),
    /** Changes of transactions before their own that events after an entry rest on. */
    earlierChanges: db.prepare<[after: number], { pack: string; name: string; event_id: string }>(
      `SELECT b.rule_pack AS pack, b.rule_name AS name, c.event_id
       FROM business_event b JOIN business_event_change l USING (business_id) JOIN change_event c USING (change_id)
       WHERE b.entry_id > ? AND c.entry_id < b.entry_id`,
    ),
  };
}

export function prepareBusinessEventQueries(db: Database.Database) {
  return {
    /** Events about the entity, and events about others that rest on a change of it (a sale that took stock). Newest first. */
    ofEntity: db.prepare<{ entity_type: string; entity_id: string; limit: number }, StoredBusinessRow>(
      `${selectStored} WHERE b.business_id IN (
         SELECT business_id FROM business_event WHERE entity_type = @entity_type AND entity_id = @entity_id
         UNION
         SELECT l.business_id FROM change_event c JOIN business_event_change l USING (change_id)
         WHERE c.entity_type = @entity_type AND c.entity_id = @entity_id)
       ORDER BY b.business_id DESC LIMIT @limit`,
    ),
    byId: db.prepare<[string], StoredBusinessRow>(`${selectStored} WHERE b.business_event_id = ?`),
    newestOfType: db.prepare<[string, number], StoredBusinessRow>(
      `${selectStored} WHERE b.type = ? ORDER BY b.business_id DESC LIMIT ?`,
    ),
    countByType: db.prepare<[], { type: string; count: number }>(
      "SELECT type, count(*) AS count FROM business_event GROUP BY type ORDER BY type",
    ),
  };
}
