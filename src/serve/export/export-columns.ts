// serve/export: stored events -> columns of a table. Which columns there are, and the value of each in an event.
import type { JsonObject, JsonValue } from "../../lib/canonical-json.ts";
import type { Actor } from "../../model/change-event.ts";
import type { EventExport, ExportedEvent, ExportRange } from "../../store/event-export.ts";
import { parseActor } from "../../store/parse-actor.ts";

type Exported<Kind extends ExportedEvent["kind"]> = Extract<ExportedEvent, { kind: Kind }>;

export interface ExportColumn<Event = ExportedEvent> {
  name: string;
  /**
   * `time` is RFC 3339; `name` is text of letters, digits, `_`, `-` and `:`; `json` is an object or list as JSON text; `text` may
   * hold any value.
   */
  holds: "text" | "name" | "number" | "time" | "json";
  of: (event: Event) => JsonValue;
}

function column<Event>(
  name: string,
  of: ExportColumn<Event>["of"],
  holds: ExportColumn["holds"] = "text",
): ExportColumn<Event> {
  return { name, holds, of };
}

const businessColumns: ExportColumn<Exported<"business_event">>[] = [
  column("business_event_id", ({ row }) => row.business_event_id, "name"),
  column("type", ({ row }) => row.type),
  column("entity_type", ({ row }) => row.entity_type),
  column("entity_id", ({ row }) => row.entity_id),
  column("occurred_at", ({ row }) => row.occurred_at, "time"),
  column("timestamp", ({ row }) => row.timestamp, "time"),
  column("transaction_id", ({ row }) => row.transaction_id),
  column("actor_id", (event) => actorOf(event).id),
  column("actor_kind", (event) => actorOf(event).kind, "name"),
  column("actor_grade", (event) => actorOf(event).grade, "name"),
  column("confidence", ({ row }) => row.confidence, "number"),
  column("rule_pack", ({ row }) => row.rule_pack),
  column("rule_name", ({ row }) => row.rule_name),
  column("rule_version", ({ row }) => row.rule_version, "number"),
];

const changeColumns: ExportColumn<Exported<"change_event">>[] = [
  column("event_id", ({ row }) => row.event_id, "name"),
  column("source_db", ({ row }) => row.source_db),
  column("source_table", ({ row }) => row.source_table),
  column("source_pk", ({ row }) => row.source_pk, "json"),
  column("operation", ({ row }) => row.operation, "name"),
  column("before", ({ row }) => row.before, "json"),
  column("after", ({ row }) => row.after, "json"),
  column("changed", ({ row }) => row.changed, "json"),
  column("timestamp", ({ row }) => row.timestamp, "time"),
  column("transaction_id", ({ row }) => row.transaction_id),
  column("seq", ({ row }) => row.seq, "number"),
  column("entity_type", ({ row }) => row.entity_type),
  column("entity_id", ({ row }) => row.entity_id),
  column("actor_id", (event) => actorOf(event).id),
  column("actor_kind", (event) => actorOf(event).kind, "name"),
  column("actor_grade", (event) => actorOf(event).grade, "name"),
  column("metadata", ({ row }) => row.metadata, "json"),
];

/** The payload of one type of business events stands in columns of its own, that of several types in one, as JSON. */
export function columnsOf({ kind, lineage }: ExportRange, { payloadFields }: EventExport): ExportColumn[] {
  if (kind === "change_event") return changeColumns as ExportColumn[];
  const payload =
    payloadFields === undefined
      ? [column<Exported<"business_event">>("payload", ({ row }) => row.payload, "json")]
      : payloadFields.map((field) =>
          column<Exported<"business_event">>(`payload.${field}`, (event) => payloadOf(event)[field] ?? null),
        );
  const links = lineage
    ? [column<Exported<"business_event">>("change_event_ids", (event) => event.changeEventIds)]
    : [];
  return [...businessColumns, ...payload, ...links] as ExportColumn[];
}

function actorOf({ row }: ExportedEvent): Actor {
  return parseActor(row.actor);
}

/** Taken apart once, for all of its columns. */
function payloadOf(event: Exported<"business_event">): JsonObject {
  return (event.payload ??= JSON.parse(event.row.payload) as JsonObject);
}
