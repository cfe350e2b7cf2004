// normalize: RawTransaction -> ChangeEvent[]. Pure. Values become JSON, rows get their key, entity, actor and id,
// and masked columns lose their value before anything else sees them.
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../lib/canonical-json.ts";
import { type ChangeEvent, type RowImage, unknownActor } from "../model/change-event.ts";
import type { EntityMapping, TableMapping } from "../model/entity-mapping.ts";
import type {
  RawOrigin,
  RawRow,
  RawRowChange,
  RawStatement,
  RawTable,
  RawTransaction,
  RawTransactionPart,
} from "../model/raw-transaction.ts";
import { type ActorSources, findActor } from "./actor.ts";
import { createEventId } from "./event-id.ts";
import { describeStatement, firstWord, namedTables } from "./statement.ts";
import { normalizeDefaults, type NormalizeOptions as ValueOptions, normalizeValue } from "./values.ts";

/** Stands where a masked value was. */
export const redacted = "[REDACTED]";

export interface NormalizeOptions extends ValueOptions {
  /** Keys of tags that name the application's user, in the order in which they are looked for. */
  actorTags?: readonly string[];
}

type Unidentified = Omit<ChangeEvent, "event_id">;

/** Of a transaction's part the commit time is not known yet; it is '' until the end comes. */
export function normalizeTransaction(
  transaction: RawTransaction | RawTransactionPart,
  mapping: EntityMapping,
  options: NormalizeOptions = normalizeDefaults,
): ChangeEvent[] {
  const timestamp = "timestamp" in transaction ? transaction.timestamp : "";
  const origin = describeOrigin(transaction);
  const sessionClock = "sessionClock" in transaction ? transaction.sessionClock : undefined;
  return transaction.events.map((event, index) => {
    const base = { timestamp, transaction_id: transaction.gtid, seq: transaction.firstSeq + index };
    const change: Unidentified =
      event.kind === "row"
        ? { ...base, ...normalizeRow(event, mapping(event.table.database, event.table.table), origin, options) }
        : { ...base, ...normalizeStatement(event, mapping, origin, options) };
    if (sessionClock !== undefined) change.metadata["session_clock"] = sessionClock;
    return { event_id: createEventId(change), ...change };
  });
}

/** What is known of the transaction's connection; the account is kept as evidence whoever the actor is. */
interface Origin {
  account: string | undefined;
  evidence: JsonObject;
}

function describeOrigin({ account, connectionId }: RawOrigin): Origin {
  return { account, evidence: account === undefined ? {} : { account, connection_id: connectionId } };
}

type Content = Omit<Unidentified, "timestamp" | "transaction_id" | "seq">;

function normalizeRow(
  change: RawRowChange,
  mapping: TableMapping | undefined,
  { account, evidence }: Origin,
  options: NormalizeOptions,
): Content {
  const { table, operation, tags } = change;
  const before = change.before === null ? null : toImage(change.before, table, options);
  const after = change.after === null ? null : toImage(change.after, table, options);
  // Compared before masking: that a password changed may be known, what it was may not.
  const changed = changedColumns(before, after);
  const source_pk = pick(after, before, table.primaryKey);
  const previousPk = pick(before, null, table.primaryKey);
  const idImage = mapping === undefined ? source_pk : pick(after, before, mapping.id_columns);
  const content: Content = {
    source_db: table.database,
    source_table: table.table,
    source_pk,
    operation,
    before,
    after,
    changed,
    entity_type: mapping?.entity_type ?? table.table,
    entity_id: "",
    actor: unknownActor,
    metadata: mapping === undefined ? { unmapped: true, ...evidence } : { ...evidence },
  };
  if (tags !== undefined) content.metadata["tags"] = tags;
  // A key that moves: history under the old key must lead here too.
  if (operation === "update" && table.primaryKey.some((column) => changed.includes(column))) {
    content.metadata["previous_pk"] = previousPk;
  }
  // After masking: neither the id nor the actor may hold what a column may not.
  for (const image of [before, after, source_pk, previousPk, idImage]) mask(image, mapping?.mask_columns ?? []);
  content.entity_id = toEntityId(idImage);
  content.actor = findActor({ tags, actorTags: options.actorTags, column: actorColumn(content, mapping), account });
  return content;
}

function normalizeStatement(
  event: RawStatement,
  mapping: EntityMapping,
  { account, evidence }: Origin,
  { actorTags }: NormalizeOptions,
): Content {
  const described = describeStatement(event.sql, event.database);
  const { database, table } = described;
  const changesRows = event.changesRows === true;
  // Its values are in no column that could be masked.
  const isMasked = changesRows && namesMaskedTable(event, mapping);
  // A comment may quote the secret that its statement sets.
  const tags = described.redacted || isMasked ? undefined : event.tags;
  return {
    source_db: database,
    source_table: table,
    source_pk: {},
    operation: changesRows ? "statement" : described.operation,
    before: null,
    after: null,
    changed: [],
    entity_type: table === "" ? "database" : "table",
    entity_id: table === "" ? database : `${database}.${table}`,
    actor: findActor({ tags, actorTags, column: null, account }),
    metadata: {
      statement: isMasked ? `${firstWord(event.sql)} ${redacted}` : described.sql,
      ...(described.redacted && !isMasked ? { credentials_redacted: true } : {}),
      ...(described.bulkErase ? { bulk_erase: true } : {}),
      ...(tags === undefined ? {} : { tags }),
      ...evidence,
    },
  };
}

function namesMaskedTable({ sql, database: defaultDatabase }: RawStatement, mapping: EntityMapping): boolean {
  return namedTables(sql, defaultDatabase).some(({ database, table }) =>
    // A server that ignores the case of names logs rows under the name in lower case.
    [mapping(database, table), mapping(database.toLowerCase(), table.toLowerCase())].some(
      (found) => found !== undefined && found.mask_columns.length > 0,
    ),
  );
}

function toImage(row: RawRow, table: RawTable, options: NormalizeOptions): RowImage {
  // No prototype: a column may be called __proto__.
  const image = Object.create(null) as RowImage;
  for (const column of table.columns) {
    if (Object.hasOwn(row, column.name)) image[column.name] = normalizeValue(row[column.name], column, options);
  }
  return image;
}

function changedColumns(before: RowImage | null, after: RowImage | null): string[] {
  if (before === null || after === null) return Object.keys(after ?? before ?? {});
  // A column that only one side logged cannot be compared and is not called changed.
  return Object.keys(after).filter((column) => column in before && !isDeepStrictEqual(before[column], after[column]));
}

export function pick(image: RowImage | null, otherwise: RowImage | null, columns: readonly string[]): RowImage {
  const picked = Object.create(null) as RowImage;
  for (const column of columns) picked[column] = image?.[column] ?? otherwise?.[column] ?? null;
  return picked;
}

export function toEntityId(idImage: RowImage): string {
  return Object.values(idImage).map(toIdPart).join("/");
}

function toIdPart(value: RowImage[string]): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function actorColumn(
  { after, changed }: Pick<Content, "after" | "changed">,
  mapping: TableMapping | undefined,
): ActorSources["column"] {
  // Who deletes a row writes no column: the one it holds names whoever wrote it last.
  const column = mapping?.actor_column;
  const value = column === undefined ? null : (after?.[column] ?? null);
  if (column === undefined || value === null || typeof value === "object" || value === redacted) return null;
  return { id: String(value), written: changed.includes(column) };
}

export function mask(image: RowImage | null, columns: readonly string[]): void {
  for (const column of columns) {
    if (image?.[column] !== undefined && image[column] !== null) image[column] = redacted;
  }
}
