// Messages as Debezium's connectors write them (3.x, JSON converter): the documentation's shapes with other values.
import type { JsonObject, JsonValue } from "../../src/lib/canonical-json.ts";

export interface Field {
  [key: string]: JsonValue;
  type: string;
  field: string;
}

export type Op = "c" | "u" | "d" | "r" | "t";

export interface MessageParts {
  before?: JsonObject | null;
  after?: JsonObject | null;
  source?: JsonObject;
  transaction?: JsonObject | null;
  /** Columns; null: without a schema, as `schemas.enable=false` sends it. */
  fields?: readonly Field[] | null;
}

export const gtidServer = "24bc7850-2c16-11e6-a073-0242ac110002";

const times = { ts_ms: 1_767_605_400_120, ts_us: 1_767_605_400_120_000, ts_ns: "TS_NS" };

export const customerFields: readonly Field[] = [
  { type: "int32", optional: false, field: "id" },
  { type: "string", optional: false, field: "first_name" },
  { type: "string", optional: true, field: "email" },
];
export const lucia = { id: 1004, first_name: "Lucía", email: "lucia@example.org" };

export function mysqlMessage(op: Op, parts: MessageParts = {}): JsonObject {
  const source = {
    version: "3.1.2.Final",
    connector: "mysql",
    name: "till",
    ...times,
    snapshot: op === "r" ? "first" : "false",
    db: "inventory",
    sequence: null,
    table: "customers",
    server_id: 223_344,
    gtid: op === "r" ? null : `${gtidServer}:7`,
    file: "mysql-bin.000003",
    pos: 484,
    row: 0,
    thread: 9,
    query: null,
    ...parts.source,
  };
  return wrap("mysql", op, source, parts);
}

export function postgresMessage(op: Op, parts: MessageParts = {}): JsonObject {
  const source = {
    version: "3.1.2.Final",
    connector: "postgresql",
    name: "ledger",
    ...times,
    snapshot: op === "r" ? "true" : "false",
    db: "postgres",
    sequence: '["24023119","24023128"]',
    schema: "public",
    table: "customers",
    txId: 571,
    lsn: 24_023_128,
    xmin: null,
    ...parts.source,
  };
  return wrap("postgresql", op, source, parts);
}

export function sqlserverMessage(op: Op, parts: MessageParts = {}): JsonObject {
  const source = {
    version: "3.1.2.Final",
    connector: "sqlserver",
    name: "depot",
    ...times,
    snapshot: op === "r" ? "true" : "false",
    db: "testDB",
    schema: "dbo",
    table: "customers",
    change_lsn: "00000027:00000758:0003",
    commit_lsn: "00000027:00000758:0005",
    event_serial_no: "1",
    ...parts.source,
  };
  return wrap("sqlserver", op, source, parts);
}

export const connectors = { mysql: mysqlMessage, postgresql: postgresMessage, sqlserver: sqlserverMessage } as const;

export function withKey(key: JsonObject, value: JsonValue): JsonObject {
  return { key: { schema: { type: "struct", name: "Key" }, payload: key }, value };
}

/** As text, with the nanoseconds that a JavaScript number cannot carry. */
export function toBody(messages: JsonValue): string {
  return JSON.stringify(messages).replaceAll('"TS_NS"', "1767605400120000321");
}

function wrap(connector: string, op: Op, source: JsonObject, parts: MessageParts): JsonObject {
  const { before = null, after = null, transaction = null, fields = customerFields } = parts;
  const images: JsonObject = op === "t" ? {} : { before, after };
  const payload = { ...images, source, transaction, op, ...times };
  if (fields === null) return payload;
  const row = { type: "struct", fields: [...fields], optional: true, name: "server.inventory.customers.Value" };
  const schema = {
    type: "struct",
    optional: false,
    name: "server.inventory.customers.Envelope",
    version: 2,
    fields: [
      { ...row, field: "before" },
      { ...row, field: "after" },
      { type: "struct", field: "source", optional: false, name: `io.debezium.connector.${connector}.Source` },
      { type: "string", field: "op", optional: false },
    ],
  };
  return { schema, payload };
}
