// store: the tables business_event, business_event_change, business_event_earlier and business_event_superseded. What changes meant, by which rule,
// resting on what; and which of it a replay has put in the place of something else.
import type Database from "better-sqlite3";
import { canonicalJson, type JsonObject, type JsonValue } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ColumnValue } from "./hash-chain.ts";
import { parseActor } from "./parse-actor.ts";

export interface BusinessEventRow {
  entry_id: number;
  ordinal: number;
  transaction_entry: number;
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
    row.transaction_entry,
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

type Place = Pick<BusinessEventRow, "entry_id" | "ordinal" | "transaction_entry">;

export function toBusinessContent(place: Place, event: BusinessEvent): BusinessContent {
  return {
    ...place,
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

/** Columns that an answer needs, of a business event `v` with its transaction's entry `e`; without salt and digest. */
export const storedBusinessColumns = (v: string): string =>
  `${v}.business_id, ${v}.entry_id, ${v}.ordinal, ${v}.transaction_entry, ${v}.business_event_id, ${v}.type, ${v}.entity_type,
   ${v}.entity_id, ${v}.occurred_at, ${v}.payload, ${v}.confidence, ${v}.actor, ${v}.rule_pack, ${v}.rule_name, ${v}.rule_version,
   e.timestamp, e.transaction_id`;

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
    actor: parseActor(row.actor),
    rule: { pack: row.rule_pack, name: row.rule_name, version: row.rule_version },
    change_event_ids: changeEventIds,
  };
}

/** A row of business_event_earlier. */
export interface EarlierRow {
  entity_type: string;
  entity_id: string;
  transaction_entry: number;
  business_id: number | bigint;
}

interface TypeCount {
  type: string;
  count: number;
}

export function prepareBusinessEvent(db: Database.Database) {
  return {
    insert: db.prepare<[BusinessEventRow]>(
      `INSERT INTO business_event
       (entry_id, ordinal, transaction_entry, business_event_id, type, entity_type, entity_id, occurred_at, payload, confidence, actor, rule_pack, rule_name, rule_version, salt, digest)
       VALUES (@entry_id, @ordinal, @transaction_entry, @business_event_id, @type, @entity_type, @entity_id, @occurred_at, @payload, @confidence, @actor, @rule_pack, @rule_name, @rule_version, @salt, @digest)`,
    ),
    insertLineage: db.prepare<[business_id: number | bigint, position: number, change_id: number | bigint]>(
      "INSERT INTO business_event_change (business_id, position, change_id) VALUES (?, ?, ?)",
    ),
    /** Nothing when the event rests on another earlier change of the entity. */
    insertEarlier: db.prepare<EarlierRow>(
      `INSERT OR IGNORE INTO business_event_earlier (entity_type, entity_id, transaction_entry, business_id)
       VALUES (@entity_type, @entity_id, @transaction_entry, @business_id)`,
    ),
    /** Changes of transactions before their own that events about those after an entry rest on. */
    earlierChanges: db.prepare<[after: number], { pack: string; name: string; event_id: string }>(
      `SELECT b.rule_pack AS pack, b.rule_name AS name, c.event_id
       FROM business_event b JOIN business_event_change l USING (business_id) JOIN change_event c USING (change_id)
       WHERE b.transaction_entry > ? AND c.entry_id < b.transaction_entry
         AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id)`,
    ),
    supersede: db.prepare<[business_id: number, entry_id: number]>(
      "INSERT INTO business_event_superseded (business_id, entry_id) VALUES (?, ?)",
    ),
    digest: db.prepare<[business_id: number], { digest: Buffer }>(
      "SELECT digest FROM business_event WHERE business_id = ?",
    ),
  };
}

export function prepareBusinessEventQueries(db: Database.Database) {
  return {
    /** By their rows (a JSON array), in its order. */
    ofRows: db.prepare<[business_ids: string], StoredBusinessRow>(
      `SELECT ${storedBusinessColumns("v")} FROM json_each(?) p CROSS JOIN business_event v ON v.business_id = p.value
       CROSS JOIN ledger_entry e ON e.entry_id = v.transaction_entry ORDER BY p.key`,
    ),
    byId: db.prepare<[string], StoredBusinessRow>("SELECT * FROM current_business_event WHERE business_event_id = ?"),
    /** Ids of the changes that events (a JSON array of business ids) rest on. */
    lineageOfMany: db.prepare<[business_ids: string], { business_id: number; event_id: string }>(
      `SELECT l.business_id, c.event_id
       FROM json_each(?) p CROSS JOIN business_event_change l ON l.business_id = p.value CROSS JOIN change_event c USING (change_id)
       ORDER BY l.business_id, l.position`,
    ),
    idsOfChange: db
      .prepare<[change_id: number], string>(
        `SELECT b.business_event_id FROM business_event_change l JOIN business_event b USING (business_id)
         WHERE l.change_id = ? AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = l.business_id)
         ORDER BY b.business_id`,
      )
      .pluck(),
    /** Written after a row, superseded or not; by the order of rows, not through the index of types. */
    countByType: db.prepare<[after: number], TypeCount>(
      "SELECT type, count(*) AS count FROM business_event WHERE business_id > ? GROUP BY +type",
    ),
    countAllByType: db.prepare<[], TypeCount>("SELECT type, count(*) AS count FROM business_event GROUP BY type"),
    countSupersededByType: db.prepare<[], TypeCount>(
      "SELECT type, count(*) AS count FROM business_event_superseded CROSS JOIN business_event USING (business_id) GROUP BY +type",
    ),
    newestId: db.prepare<[], number>("SELECT coalesce(max(business_id), 0) FROM business_event").pluck(),
    /** Those of some packs (a JSON array) about the transactions of a span of entries, in the order in which they were written. */
    ofSpan: db.prepare<[{ first: number; last: number; packs: string }], StoredBusinessRow>(
      `SELECT business_id, entry_id, ordinal, transaction_entry, business_event_id, type, entity_type, entity_id, occurred_at,
              payload, confidence, actor, rule_pack, rule_name, rule_version, timestamp, transaction_id
       FROM current_business_event
       WHERE transaction_entry BETWEEN @first AND @last AND rule_pack IN (SELECT value FROM json_each(@packs))
       ORDER BY transaction_entry, business_id`,
    ),
    /** What all events about the transactions of a span rest on, in their order. */
    lineageOfSpan: db.prepare<[{ first: number; last: number }], { business_id: number; event_id: string }>(
      `SELECT l.business_id, c.event_id
       FROM business_event b JOIN business_event_change l USING (business_id) JOIN change_event c USING (change_id)
       WHERE b.transaction_entry BETWEEN @first AND @last ORDER BY l.business_id, l.position`,
    ),
  };
}
