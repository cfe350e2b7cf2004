// serve/export: stored events -> columns of a table. Which columns there are, and the value of each in an event.
import type { JsonObject, JsonValue } from "../../lib/canonical-json.ts";
import type { EventExport, ExportedEvent, ExportRange } from "../../store/event-export.ts";
import { parseActor } from "../../store/parse-actor.ts";

type StoredName = ExportedEvent extends infer Each
  ? Each extends { row: infer Row }
    ? keyof Row & string
    : never
  : never;

export interface ExportColumn {
  name: string;
  /**
   * `time` is RFC 3339; `name` is text of letters, digits, `_`, `-` and `:`; `json` is an object or list as JSON text; `text` may
   * hold any value.
   */
  holds: "text" | "name" | "number" | "time" | "json";
  /** The column of the store. */
  stored: string;
  /** Of the JSON in it: the member that is meant; without one, all of it. */
  member?: string;
  of: (event: ExportedEvent) => JsonValue;
}

/** @param stored a column of both rows, or of the one that the table is of */
function column(stored: StoredName, holds: ExportColumn["holds"] = "text"): ExportColumn {
  const of = ({ row }: ExportedEvent): JsonValue => (row as Partial<Record<StoredName, JsonValue>>)[stored] ?? null;
  return { name: stored, holds, stored, of };
}

const actorColumns = (["id", "kind", "grade"] as const).map((member): ExportColumn => ({
  name: `actor_${member}`,
  holds: member === "id" ? "text" : "name",
  stored: "actor",
  member,
  of: ({ row }) => parseActor(row.actor)[member],
}));

const businessColumns: ExportColumn[] = [
  column("business_event_id", "name"),
  column("type"),
  column("entity_type"),
  column("entity_id"),
  column("occurred_at", "time"),
  column("timestamp", "time"),
  column("transaction_id"),
  ...actorColumns,
  column("confidence", "number"),
  column("rule_pack"),
  column("rule_name"),
  column("rule_version", "number"),
];

const changeColumns: ExportColumn[] = [
  column("event_id", "name"),
  column("source_db"),
  column("source_table"),
  column("source_pk", "json"),
  column("operation", "name"),
  column("before", "json"),
  column("after", "json"),
  column("changed", "json"),
  column("timestamp", "time"),
  column("transaction_id"),
  column("seq", "number"),
  column("entity_type"),
  column("entity_id"),
  ...actorColumns,
  column("metadata", "json"),
];

/** The payload of one type of business events stands in columns of its own, that of several types in one, as JSON. */
export function columnsOf({ kind, lineage }: ExportRange, { payloadFields }: EventExport): ExportColumn[] {
  if (kind === "change_event") return changeColumns;
  const payload = payloadFields === undefined ? [column("payload", "json")] : payloadFields.map(payloadColumn);
  return [...businessColumns, ...payload, ...(lineage ? [lineageColumn] : [])];
}

function payloadColumn(field: string): ExportColumn {
  const of = (event: ExportedEvent): JsonValue => payloadOf(event)[field] ?? null;
  return { name: `payload.${field}`, holds: "text", stored: "payload", member: field, of };
}

/** Of a table of its own, so that CSV goes without. */
const lineageColumn: ExportColumn = {
  name: "change_event_ids",
  holds: "text",
  stored: "change_event_ids",
  of: (event) => (event.kind === "business_event" ? event.changeEventIds : []),
};

/** Taken apart once, for all of its columns. */
function payloadOf(event: ExportedEvent): JsonObject {
  if (event.kind !== "business_event") return {};
  return (event.payload ??= JSON.parse(event.row.payload) as JsonObject);
}
