// normalize: one row of Debezium -> a ChangeEvent by the same normalizer as capture's rows, with its origin. Pure.
import { canonicalJson, type JsonObject, type JsonValue } from "../lib/canonical-json.ts";
import { nameBasedId } from "../lib/name-based-id.ts";
import { type ChangeEvent, unknownActor } from "../model/change-event.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import type { RawRow, RawRowChange, RawTable } from "../model/raw-transaction.ts";
import { type NormalizeOptions, normalizeTransaction } from "./change-events.ts";
import { type DebeziumRow, type FaultSink, isObject, type PlainObject } from "./debezium-envelope.ts";
import { chooseKey, type KeyColumns, type KeyGrade } from "./debezium-keys.ts";
import { type Origin, readOrigin, tableOf } from "./debezium-source.ts";
import { FaultyValue, isUnavailable, toRawValue } from "./debezium-values.ts";

export interface PostedChange extends Origin {
  /** A row of a snapshot: no change, and of no transaction. */
  isRead: boolean;
  /** Its place in the transaction is not known yet: `seq` is 0. */
  change: ChangeEvent;
}

export interface PostedChangeOptions {
  mapping: EntityMapping;
  normalize: NormalizeOptions;
  keyColumns: KeyColumns;
  /** By our clock, for a message without a time. */
  now: string;
}

const operations = { c: "insert", u: "update", d: "delete", r: "snapshot" } as const;
const columnsMax = 5_000;

/** Undefined after a fault. */
export function toPostedChange(
  row: DebeziumRow,
  options: PostedChangeOptions,
  fault: FaultSink,
): PostedChange | undefined {
  const { envelope, key } = row;
  const { op, source } = envelope;
  const origin = readOrigin(envelope);
  const timestamp = origin.timestamp ?? options.now;
  const evidence: JsonObject = {
    via: "debezium",
    connector: source.connector,
    server: source.name,
    ...(source.schema ? { schema: source.schema } : {}),
    position: origin.position,
    ...(origin.timestamp === null ? { time: "received" } : {}),
  };
  if (op === "t") {
    const change = toTruncate(row, origin, timestamp, evidence);
    return { ...origin, isRead: false, change };
  }
  const images = readImages(row, fault);
  if (images === undefined) return undefined;
  const { before, after } = images;
  const shown = after ?? before ?? {};
  const table = tableOf(source);
  const names = [source.table, table, `${source.db}.${source.table}`, `${source.db}.${table}`];
  if (source.schema) names.push(`${source.db}.${source.schema}.${source.table}`);
  const chosen = chooseKey({ key, row: shown, names, settings: options.keyColumns });
  const absent = [...images.absent, ...(source.connector === "postgresql" ? dropUnlogged(before, chosen.columns) : [])];
  const raw: RawTable = {
    database: source.db,
    table,
    columns: [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].map((column) => ({
      name: column,
      sqlType: "",
      charset: null,
    })),
    primaryKey: chosen.columns,
  };
  const event: RawRowChange = { kind: "row", operation: operations[op], table: raw, before, after };
  const [change] = normalizeTransaction(
    {
      gtid: origin.transactionId,
      timestamp,
      receivedAt: options.now,
      connectionId: null,
      firstSeq: 0,
      events: [event],
    },
    options.mapping,
    options.normalize,
  );
  if (change === undefined) return undefined;
  Object.assign(evidence, {
    values: isObject(row.schema) ? "by_schema" : "as_sent",
    key: chosen.grade,
    ...(absent.length === 0 ? {} : { not_logged: absent }),
  });
  change.metadata["ingest"] = evidence;
  if (op === "r") markAsRead(change, origin);
  change.event_id = postedEventId(change, op, origin, chosen.grade);
  return { ...origin, isRead: op === "r", change };
}

/** A state, not a change: nobody did it. What it contains is Debezium's to know. */
function markAsRead(change: ChangeEvent, { transactionId }: Origin): void {
  change.changed = [];
  change.actor = unknownActor;
  change.metadata["snapshot"] = { id: transactionId, gtid_set: "", gtid_set_max: null };
}

interface Images {
  before: RawRow | null;
  after: RawRow | null;
  /** Columns that the database did not log. */
  absent: string[];
}

function readImages({ envelope, schema, key, pathOf }: DebeziumRow, fault: FaultSink): Images | undefined {
  const absent = new Set<string>();
  let isGood = true;
  const read = (side: "before" | "after"): RawRow | null => {
    const image = envelope[side] ?? null;
    if (image === null) return null;
    const fields = columnSchemas(schema, side);
    // No prototype: a column may be called __proto__.
    const row = Object.create(null) as RawRow;
    const columns = Object.entries(image);
    if (columns.length > columnsMax) {
      fault(pathOf([side]), `has more than ${columnsMax} columns`);
      isGood = false;
      return row;
    }
    for (const [column, value] of columns) {
      if (isUnavailable(value)) {
        absent.add(column);
        continue;
      }
      try {
        row[column] = toRawValue(value, fields.get(column));
      } catch (error) {
        if (!(error instanceof FaultyValue)) throw error;
        fault(pathOf([side, column]), error.message);
        isGood = false;
      }
    }
    return row;
  };
  const before = read("before");
  const after = read("after");
  if (!isGood) return undefined;
  const images = { before, after, absent: [...absent] };
  switch (envelope.op) {
    // What was there before an update may not have been logged, which is not the same as nothing.
    case "u":
      return { ...images, before: before ?? {} };
    case "d":
      return { ...images, before: before ?? { ...key }, after: null };
    default:
      return { ...images, before: null };
  }
}

/**
 * PostgreSQL logs of an old row only the key, unless the table has REPLICA IDENTITY FULL, and Debezium writes null for the rest.
 * A row that truly was empty but for its key is then told as less than it was, never as something else.
 */
function dropUnlogged(before: RawRow | null, key: readonly string[]): string[] {
  const others = Object.keys(before ?? {}).filter((column) => !key.includes(column));
  if (before === null || key.length === 0 || others.some((column) => before[column] !== null)) return [];
  for (const column of others) delete before[column];
  return others;
}

function columnSchemas(schema: unknown, side: string): Map<string, PlainObject> {
  const inside = fieldsOf(schema).find(({ field }) => field === side);
  return new Map(fieldsOf(inside).map((column) => [String(column["field"]), column]));
}

function fieldsOf(schema: unknown): PlainObject[] {
  const fields = isObject(schema) ? schema["fields"] : undefined;
  return Array.isArray(fields) ? fields.filter(isObject) : [];
}

/** All rows of the table, in no image. */
function toTruncate({ envelope }: DebeziumRow, origin: Origin, timestamp: string, evidence: JsonObject): ChangeEvent {
  const { source } = envelope;
  const table = tableOf(source);
  const content = {
    source_db: source.db,
    source_table: table,
    source_pk: {},
    operation: "truncate" as const,
    before: null,
    after: null,
    changed: [],
    timestamp,
    transaction_id: origin.transactionId,
    seq: 0,
    entity_type: "table",
    entity_id: `${source.db}.${table}`,
    actor: unknownActor,
    metadata: { bulk_erase: true, ingest: evidence },
  };
  return { event_id: postedEventId(content, "t", origin, "message"), ...content };
}

/**
 * The same row change has the same id in every post. Where a place in the log may hold several rows (a row without a key, or
 * a message without a place) what is in it decides too.
 */
function postedEventId(
  change: Omit<ChangeEvent, "event_id">,
  op: string,
  { transactionId, position }: Origin,
  grade: KeyGrade,
): string {
  const isVague = grade === "none" || op === "r" || Object.keys(position).length === 0;
  const content: JsonValue = isVague ? [change.before, change.after, change.timestamp] : null;
  const { source_db, source_table, source_pk } = change;
  return nameBasedId(canonicalJson([source_db, source_table, source_pk, transactionId, position, op, content]));
}
