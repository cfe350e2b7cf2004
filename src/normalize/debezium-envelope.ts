// normalize: one message of Debezium as JSON -> the row change in it, or what else it is. Pure. With and without the wrapper of
// `schema` and `payload`, alone or with its key, plain or as a CloudEvent. Every fault is told with its path.
import { z } from "zod";
import type { IgnoredReason } from "../model/ingest.ts";

export type PlainObject = Record<string, unknown>;
/** Told of each fault: where, and what is wrong. */
export type FaultSink = (path: string, message: string) => void;

/** Digits as a number or as text: positions and times in nanoseconds are beyond what a double can carry. */
const wholeNumber = "must be a whole number";
const digits = z
  .union([z.int(wholeNumber), z.string().regex(/^-?\d{1,24}$/, wholeNumber)], wholeNumber)
  .transform(String);
const text = z.union([z.string().max(1_000), z.number()], "must be a text").transform(String);
/** What becomes a column of the ledger, or a part of an id. */
const name = z
  .string("must be a text")
  .min(1, "must not be empty")
  .max(256, "must have at most 256 characters")
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must have no control characters");
export const isObject = (value: unknown): value is PlainObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const image = z.custom<PlainObject>(isObject, "must be an object of columns");

const sourceSchema = z.object(
  {
    connector: name,
    name,
    db: name,
    schema: name.nullish().or(z.literal("")),
    table: name,
    ts_ms: digits.nullish(),
    ts_us: digits.nullish(),
    ts_ns: digits.nullish(),
    snapshot: z.union([z.boolean(), z.string()]).nullish(),
    gtid: text.nullish(),
    server_id: digits.nullish(),
    file: text.nullish(),
    pos: digits.nullish(),
    row: digits.nullish(),
    txId: text.nullish(),
    lsn: text.nullish(),
    commit_lsn: text.nullish(),
    change_lsn: text.nullish(),
    event_serial_no: digits.nullish(),
    scn: text.nullish(),
    rs_id: text.nullish(),
    ssn: text.nullish(),
  },
  "must be an object",
);
export type DebeziumSource = z.output<typeof sourceSchema>;

const envelopeSchema = z.object({
  op: z.enum(["c", "u", "d", "r", "t"], "must be c, u, d, r, t or m"),
  before: image.nullish(),
  after: image.nullish(),
  source: sourceSchema,
  transaction: z.object({ id: text, total_order: digits.nullish() }, "must be an object").nullish(),
  ts_ms: digits.nullish(),
  ts_us: digits.nullish(),
  ts_ns: digits.nullish(),
});
export type DebeziumEnvelope = z.output<typeof envelopeSchema>;

/** Where a part of the envelope stands in the message, for faults. */
export type PathOf = (keys: readonly PropertyKey[]) => string;

export interface DebeziumRow {
  kind: "row";
  envelope: DebeziumEnvelope;
  /** The schema of `before` and `after`; null where the message came without. */
  schema: unknown;
  /** The message's key, without its schema; null where the message came without. */
  key: PlainObject | null;
  pathOf: PathOf;
}

export type DebeziumMessage =
  | DebeziumRow
  /** The transaction is complete. */
  | { kind: "end"; transaction: string }
  | { kind: "ignored"; reason: IgnoredReason };

const ignored = (reason: IgnoredReason): DebeziumMessage => ({ kind: "ignored", reason });

/** Undefined after a fault. */
export function readMessage(message: unknown, path: string, fault: FaultSink): DebeziumMessage | undefined {
  if (message === null) return ignored("tombstone");
  if (!isObject(message)) {
    fault(path, "must be an object in Debezium's envelope, or null");
    return undefined;
  }
  // A record as brokers give it: the key beside the value.
  if ("value" in message && !("op" in message) && !("payload" in message)) {
    return readValue(message["value"], readKey(message["key"]), joinPath(path, ["value"]), fault);
  }
  return readValue(message, null, path, fault);
}

function readKey(key: unknown): PlainObject | null {
  if (!isObject(key)) return null;
  return isObject(key["payload"]) ? key["payload"] : key;
}

function readValue(
  value: unknown,
  key: PlainObject | null,
  path: string,
  fault: FaultSink,
): DebeziumMessage | undefined {
  if (value === null) return ignored("tombstone");
  if (!isObject(value)) {
    fault(path, "must be an object in Debezium's envelope, or null");
    return undefined;
  }
  if ("specversion" in value) return readCloudEvent(value, key, path, fault);
  const isWrapped = "payload" in value && !("op" in value);
  const payload = isWrapped ? value["payload"] : value;
  const at = isWrapped ? joinPath(path, ["payload"]) : path;
  if (payload === null) return ignored("tombstone");
  if (!isObject(payload)) {
    fault(at, "must be an object");
    return undefined;
  }
  const schema = isWrapped ? (value["schema"] ?? null) : null;
  return readEnvelope(payload, schema, key, (keys) => joinPath(at, keys), fault);
}

function readEnvelope(
  payload: PlainObject,
  schema: unknown,
  key: PlainObject | null,
  pathOf: PathOf,
  fault: FaultSink,
): DebeziumMessage | undefined {
  const other = readOther(payload);
  if (other !== undefined) return other;
  if (!("op" in payload) && !("source" in payload)) {
    fault(
      pathOf([]),
      "is not Debezium's envelope: it has neither `op` nor `source` (leave out the transform ExtractNewRecordState)",
    );
    return undefined;
  }
  const parsed = envelopeSchema.safeParse(payload);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) fault(pathOf(issue.path), issue.message);
    return undefined;
  }
  const envelope = parsed.data;
  if (["c", "u", "r"].includes(envelope.op) && !envelope.after) {
    fault(pathOf(["after"]), `must be an object of columns when op is ${envelope.op}`);
    return undefined;
  }
  return { kind: "row", envelope, schema, key, pathOf };
}

/** What Debezium sends besides changes of rows. */
function readOther(payload: PlainObject): DebeziumMessage | undefined {
  const keys = Object.keys(payload);
  if (keys.length > 0 && keys.every((each) => /^ts_[mun]s$/.test(each))) return ignored("heartbeat");
  if (payload["op"] === "m") return ignored("message");
  if (!("op" in payload) && ("ddl" in payload || "tableChanges" in payload)) return ignored("schema_change");
  const { status, id } = payload;
  if ("op" in payload || typeof id !== "string") return undefined;
  if (status === "END") return { kind: "end", transaction: id };
  return status === "BEGIN" ? ignored("transaction_metadata") : undefined;
}

/** The attributes of a CloudEvent hold `source`, its data the row. */
function readCloudEvent(
  event: PlainObject,
  key: PlainObject | null,
  path: string,
  fault: FaultSink,
): DebeziumMessage | undefined {
  const { data } = event;
  if (!isObject(data)) {
    fault(joinPath(path, ["data"]), "must be an object");
    return undefined;
  }
  const isWrapped = isObject(data["payload"]);
  const row = isWrapped ? (data["payload"] as PlainObject) : data;
  const attribute = (field: string): unknown => event[attributeOf(field)];
  const transaction = attribute("transactionid") ?? null;
  const payload = {
    op: attribute("op"),
    before: row["before"],
    after: row["after"],
    source: Object.fromEntries(Object.keys(sourceSchema.shape).map((field) => [field, attribute(field)])),
    transaction:
      transaction === null
        ? null
        : { id: transaction, total_order: attribute("transactiontotalorder") ?? attribute("txtotalorder") },
  };
  const pathOf: PathOf = ([first, ...rest]) => {
    if (first === "source") return joinPath(path, [attributeOf(String(rest[0] ?? ""))]);
    if (first === "before" || first === "after")
      return joinPath(path, ["data", ...(isWrapped ? ["payload"] : []), first, ...rest]);
    return joinPath(path, first === undefined ? [] : [attributeOf(String(first))]);
  };
  return readEnvelope(payload, isWrapped ? (data["schema"] ?? null) : null, key, pathOf, fault);
}

function attributeOf(field: string): string {
  return `iodebezium${field.replaceAll("_", "").toLowerCase()}`;
}

/** `[3].payload.source.table` */
export function joinPath(path: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((joined, key) => {
    if (typeof key === "number") return `${joined}[${key}]`;
    return joined === "" ? String(key) : `${joined}.${String(key)}`;
  }, path);
}
