// store: which events a list or a feed is of, as it is asked -> conditions in SQL, with their values.
import { canonicalJson } from "../lib/canonical-json.ts";
import { AppError } from "../model/app-error.ts";
import { actorGrades } from "../model/change-event.ts";
import type { ParsedInput } from "../model/question.ts";

export type EventFilter = Omit<ParsedInput<"events">, "cursor" | "limit">;
export type SqlValues = Record<string, string | number>;

export interface Conditions {
  /** Of the event as `v` and its transaction's entry as `e`; no index is meant to serve them. */
  sql: string;
  values: SqlValues;
}

/** @throws usage.query for what events of the kind do not have */
export function checkFilter({ kind, type, table, operation }: EventFilter): void {
  const isBusiness = kind === "business_event";
  const others = isBusiness ? { table, operation } : { type };
  const [foreign] = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (foreign === undefined) return;
  throw new AppError("usage.query", `${foreign}: a ${isBusiness ? "business event" : "row change"} has none`, {
    hint: `Leave it out, or ask for kind ${isBusiness ? "change_event" : "business_event"}.`,
  });
}

const timesAndEntity = {
  from: "e.timestamp >= @from",
  to: "e.timestamp < @to",
  entity_type: "v.entity_type = @entity_type",
  entity_id: "v.entity_id = @entity_id",
  actor: "v.actor IN (SELECT value FROM json_each(@actor))",
};
const businessConditions = {
  ...timesAndEntity,
  // The same as matchesType.
  type: `EXISTS (SELECT 1 FROM json_each(@type) t WHERE
    iif(substr(t.value, -1) = '*', substr(v.type, 1, length(t.value) - 1) || '*', v.type) = t.value)`,
};
const changeConditions = {
  ...timesAndEntity,
  // The same as matchesTable.
  table: "(v.source_table = @table OR v.source_db || '.' || v.source_table = @table)",
  operation: "v.operation = @operation",
};

export function conditionsOf(filter: EventFilter): Conditions {
  checkFilter(filter);
  const known: Record<string, string> = filter.kind === "business_event" ? businessConditions : changeConditions;
  const { type, actor, kind: _, ...plain } = filter;
  const given = {
    ...plain,
    type: type === undefined ? undefined : JSON.stringify(type),
    actor: actor === undefined ? undefined : JSON.stringify(actorTexts(actor)),
  };
  const values: SqlValues = {};
  const conditions: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known[name] === undefined) continue;
    values[name] = value;
    conditions.push(known[name]);
  }
  return { sql: conditions.join(" AND ") || "true", values };
}

/** How the ledger writes an actor of that id, whatever its kind and grade. */
export function actorTexts(id: string): string[] {
  const kinds = ["app_user", "db_account", "unknown"];
  return kinds.flatMap((kind) => actorGrades.map((grade) => canonicalJson({ id, kind, grade })));
}

/** `sale.*` -> every type that begins with `sale.`; without a star, that type. */
export function matchesType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern));
}

/** `shop.sales` may be a table of the database `shop`, or a table whose name has a dot. */
export function matchesTable(asked: string, database: string, table: string): boolean {
  return asked === table || asked === `${database}.${table}`;
}
