// serve/export: events -> columns of a table. Which columns there are, and the value of each in an event.
import type { JsonValue } from "../../lib/canonical-json.ts";
import type { ListedEvent } from "../../model/answer-schema.ts";
import type { EventExport, ExportRange } from "../../store/event-export.ts";

type Listed<Kind extends ListedEvent["kind"]> = Extract<ListedEvent, { kind: Kind }>;

export interface ExportColumn<Event = ListedEvent> {
  name: string;
  /** `time` is RFC 3339; `name` is text of letters, digits, `_`, `-` and `:`; `text` may hold any value, objects as JSON. */
  holds: "text" | "name" | "number" | "time";
  of: (event: Event) => JsonValue;
}

function column<Event>(
  name: string,
  of: ExportColumn<Event>["of"],
  holds: ExportColumn["holds"] = "text",
): ExportColumn<Event> {
  return { name, holds, of };
}

const businessColumns: ExportColumn<Listed<"business_event">>[] = [
  column("business_event_id", (event) => event.business_event_id, "name"),
  column("type", (event) => event.type),
  column("entity_type", (event) => event.entity_type),
  column("entity_id", (event) => event.entity_id),
  column("occurred_at", (event) => event.occurred_at, "time"),
  column("timestamp", (event) => event.timestamp, "time"),
  column("transaction_id", (event) => event.transaction_id),
  column("actor_id", (event) => event.actor.id),
  column("actor_kind", (event) => event.actor.kind, "name"),
  column("actor_grade", (event) => event.actor.grade, "name"),
  column("confidence", (event) => event.confidence, "number"),
  column("rule_pack", (event) => event.rule.pack),
  column("rule_name", (event) => event.rule.name),
  column("rule_version", (event) => event.rule.version, "number"),
];

const changeColumns: ExportColumn<Listed<"change_event">>[] = [
  column("event_id", (event) => event.event_id, "name"),
  column("source_db", (event) => event.source_db),
  column("source_table", (event) => event.source_table),
  column("source_pk", (event) => event.source_pk),
  column("operation", (event) => event.operation, "name"),
  column("before", (event) => event.before),
  column("after", (event) => event.after),
  column("changed", (event) => event.changed),
  column("timestamp", (event) => event.timestamp, "time"),
  column("transaction_id", (event) => event.transaction_id),
  column("seq", (event) => event.seq, "number"),
  column("entity_type", (event) => event.entity_type),
  column("entity_id", (event) => event.entity_id),
  column("actor_id", (event) => event.actor.id),
  column("actor_kind", (event) => event.actor.kind, "name"),
  column("actor_grade", (event) => event.actor.grade, "name"),
  column("metadata", (event) => event.metadata),
];

/** The payload of one type of business events stands in columns of its own, that of several types in one, as JSON. */
export function columnsOf({ kind, lineage }: ExportRange, { payloadFields }: EventExport): ExportColumn[] {
  if (kind === "change_event") return changeColumns as ExportColumn[];
  const payload =
    payloadFields === undefined
      ? [column<Listed<"business_event">>("payload", (event) => event.payload)]
      : payloadFields.map((field) =>
          column<Listed<"business_event">>(`payload.${field}`, (event) => event.payload[field] ?? null),
        );
  const links = lineage
    ? [column<Listed<"business_event">>("change_event_ids", (event) => event.change_event_ids)]
    : [];
  return [...businessColumns, ...payload, ...links] as ExportColumn[];
}
