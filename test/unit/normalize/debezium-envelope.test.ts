import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/lib/canonical-json.ts";
import { parseExactJson } from "../../../src/lib/exact-json.ts";
import { noMapping, type EntityMapping } from "../../../src/model/entity-mapping.ts";
import { normalizeDefaults } from "../../../src/normalize/values.ts";
import { type PostedChange, toPostedChange } from "../../../src/normalize/debezium-change.ts";
import { readMessage } from "../../../src/normalize/debezium-envelope.ts";
import { parseKeyColumns } from "../../../src/normalize/debezium-keys.ts";
import { lucia, mysqlMessage, postgresMessage, sqlserverMessage, toBody, withKey } from "../../support/debezium.ts";
import { now } from "../../support/ledger.ts";

const parse = (message: JsonValue): unknown => parseExactJson(toBody(message));

function faultsOf(message: unknown): string[] {
  const faults: string[] = [];
  const fault = (path: string, text: string): void => void faults.push(`${path}: ${text}`);
  const read = readMessage(message, "[3]", fault);
  if (read?.kind === "row")
    toPostedChange(read, { mapping: noMapping, normalize: normalizeDefaults, keyColumns: new Map(), now }, fault);
  return faults;
}

function changeOf(message: JsonValue, keyColumns = "", mapping: EntityMapping = noMapping): PostedChange {
  const fail = (path: string, text: string): never => {
    throw new Error(`${path}: ${text}`);
  };
  const read = readMessage(parse(message), "", fail);
  if (read?.kind !== "row") throw new Error(`no row: ${JSON.stringify(read)}`);
  const change = toPostedChange(
    read,
    { mapping, normalize: normalizeDefaults, keyColumns: parseKeyColumns(keyColumns), now },
    fail,
  );
  if (change === undefined) throw new Error("no change");
  return change;
}

describe("what a message is", () => {
  const transaction = (status: string) => ({
    status,
    id: "571:53195832",
    ts_ms: 1,
    event_count: 2,
    data_collections: [],
  });
  const schemaChange = { source: {}, ts_ms: 1, databaseName: "inventory", ddl: "ALTER TABLE …", tableChanges: [] };
  test.each<[string, unknown, unknown]>([
    ["a tombstone", null, { kind: "ignored", reason: "tombstone" }],
    ["a tombstone with its key", withKey({ id: 1004 }, null), { kind: "ignored", reason: "tombstone" }],
    ["a tombstone with a schema", { schema: null, payload: null }, { kind: "ignored", reason: "tombstone" }],
    ["a heartbeat", { schema: {}, payload: { ts_ms: 1 } }, { kind: "ignored", reason: "heartbeat" }],
    ["a change of a schema", { schema: {}, payload: schemaChange }, { kind: "ignored", reason: "schema_change" }],
    ["a logical message", { op: "m", source: {}, message: {} }, { kind: "ignored", reason: "message" }],
    ["BEGIN", transaction("BEGIN"), { kind: "ignored", reason: "transaction_metadata" }],
    ["END", transaction("END"), { kind: "end", transaction: "571:53195832" }],
  ])("%s", (_, message, expected) => {
    expect(readMessage(message, "", expect.unreachable)).toEqual(expected);
  });

  test("a CloudEvent holds the same change as the plain message", () => {
    const event = {
      id: "name:ledger;lsn:24023128;txId:571",
      source: "/debezium/postgresql/ledger",
      specversion: "1.0",
      type: "io.debezium.connector.postgresql.DataChangeEvent",
      datacontenttype: "application/json",
      iodebeziumop: "c",
      iodebeziumconnector: "postgresql",
      iodebeziumname: "ledger",
      iodebeziumtsms: "1767605400120",
      iodebeziumdb: "postgres",
      iodebeziumschema: "public",
      iodebeziumtable: "customers",
      iodebeziumtxid: "571",
      iodebeziumlsn: "24023128",
      data: { payload: { before: null, after: lucia } },
    };
    const plain = changeOf(postgresMessage("c", { after: lucia, fields: null }));
    expect(changeOf(event).change.event_id).toBe(plain.change.event_id);
    expect(faultsOf({ ...event, iodebeziumtable: 5 })).toEqual(["[3].iodebeziumtable: must be a text"]);
    expect(faultsOf({ ...event, data: { payload: { after: 5 } } })).toEqual([
      "[3].data.payload.after: must be an object of columns",
    ]);
  });
});

describe("the change in it", () => {
  test("an insert of MySQL", () => {
    const posted = changeOf(withKey({ id: 1004 }, mysqlMessage("c", { after: lucia })));
    expect(posted.transactionId).toBe("debezium:mysql:till:24bc7850-2c16-11e6-a073-0242ac110002:7");
    expect(posted.change).toMatchObject({
      source_db: "inventory",
      source_table: "customers",
      source_pk: { id: 1004 },
      operation: "insert",
      before: null,
      after: lucia,
      timestamp: "2026-01-05T09:30:00.120000Z",
      metadata: {
        ingest: { via: "debezium", connector: "mysql", server: "till", values: "by_schema", key: "message" },
      },
    });
  });

  test("an update of PostgreSQL whose old row was not logged claims no change of a column", () => {
    const { change } = changeOf(
      postgresMessage("u", { after: { ...lucia, first_name: "__debezium_unavailable_value" } }),
    );
    expect(change).toMatchObject({ operation: "update", before: {}, changed: [] });
    expect(change.after).toEqual({ id: 1004, email: lucia.email });
    expect(change.metadata["ingest"]).toMatchObject({ not_logged: ["first_name"] });
  });

  test("a delete without its row has the key of the message", () => {
    const { change } = changeOf(withKey({ id: 1004 }, postgresMessage("d")));
    expect(change).toMatchObject({ operation: "delete", source_pk: { id: 1004 }, before: { id: 1004 }, after: null });
  });

  test("a delete of PostgreSQL that logged the key alone does not say that the rest was NULL", () => {
    const before = { id: 1004, first_name: null, email: null };
    const { change } = changeOf(postgresMessage("d", { before }));
    expect(change.before).toEqual({ id: 1004 });
    expect(change.metadata["ingest"]).toMatchObject({ not_logged: ["first_name", "email"] });
    expect(changeOf(mysqlMessage("d", { before })).change.before).toEqual(before);
  });

  test("a truncate of SQL Server in a schema of its own", () => {
    const { change } = changeOf(sqlserverMessage("t", { source: { schema: "sales" } }));
    expect(change).toMatchObject({
      operation: "truncate",
      source_table: "sales.customers",
      entity_type: "table",
      entity_id: "testDB.sales.customers",
      metadata: { bulk_erase: true },
    });
  });

  test("a row of a snapshot is no change, and nobody's", () => {
    const posted = changeOf(mysqlMessage("r", { after: lucia }));
    expect(posted).toMatchObject({
      isRead: true,
      change: { operation: "snapshot", changed: [], actor: { grade: "unknown" } },
    });
  });

  test("without a schema values are as they were sent, and graded so", () => {
    const { change } = changeOf(mysqlMessage("c", { after: { ...lucia, price: "BNI=" }, fields: null }));
    expect(change.after).toMatchObject({ price: "BNI=" });
    expect(change.metadata["ingest"]).toMatchObject({ values: "as_sent", key: "assumed" });
  });

  test("digits are kept beyond what a double can carry", () => {
    const text = toBody(mysqlMessage("c", { after: { id: "BIG" } })).replace('"BIG"', "9007199254740993");
    const read = readMessage(parseExactJson(text), "", expect.unreachable);
    if (read?.kind !== "row") throw new Error("no row");
    const options = { mapping: noMapping, normalize: normalizeDefaults, keyColumns: new Map(), now };
    expect(toPostedChange(read, options, expect.unreachable)?.change.after).toEqual({ id: "9007199254740993" });
  });

  test("masked columns are masked, in the id and the key too", () => {
    const mapping: EntityMapping = () => ({ entity_type: "customer", id_columns: ["email"], mask_columns: ["email"] });
    const { change } = changeOf(
      mysqlMessage("u", { before: { ...lucia, email: "a" }, after: lucia }),
      "customers:email",
      mapping,
    );
    expect(JSON.stringify(change)).not.toContain("lucia@example.org");
    expect(change).toMatchObject({ entity_id: "[REDACTED]", source_pk: { email: "[REDACTED]" }, changed: ["email"] });
  });

  test.each([
    ["customers:email", ["email"], "setting"],
    ["inventory.customers:id,email", ["id", "email"], "setting"],
    ["customers:email;inventory.customers:id", ["id"], "setting"],
    ["others:email", ["id"], "assumed"],
  ])("key_columns %s", (setting, columns, grade) => {
    const { change } = changeOf(mysqlMessage("c", { after: lucia }), setting);
    expect(Object.keys(change.source_pk)).toEqual(columns);
    expect(change.metadata["ingest"]).toMatchObject({ key: grade });
  });

  test("its id tells it from its neighbours, and is the same in every post", () => {
    const update = (source: Record<string, JsonValue>) =>
      changeOf(postgresMessage("u", { before: lucia, after: lucia, source })).change.event_id;
    expect(update({})).toBe(update({ version: "3.2" }));
    expect(new Set([update({}), update({ lsn: 5 }), update({ txId: 5 }), update({ table: "others" })]).size).toBe(4);
    // A changed key is a delete and an insert at the same place.
    const moved = [changeOf(mysqlMessage("d", { before: lucia })), changeOf(mysqlMessage("c", { after: lucia }))];
    expect(new Set(moved.map(({ change }) => change.event_id)).size).toBe(2);
  });
});

describe("faults", () => {
  const good = mysqlMessage("c", { after: lucia }) as { schema: JsonValue; payload: Record<string, JsonValue> };
  const withPayload = (fields: Record<string, unknown>) => ({ ...good, payload: { ...good.payload, ...fields } });
  const withSource = (fields: Record<string, unknown>) =>
    withPayload({ source: { ...(good.payload["source"] as object), ...fields } });
  test.each<[unknown, string]>([
    ["text", "[3]: must be an object in Debezium's envelope, or null"],
    [{ id: 1004, first_name: "flat" }, "[3]: is not Debezium's envelope: it has neither `op` nor `source`"],
    [{ value: 5, key: null }, "[3].value: must be an object in Debezium's envelope, or null"],
    [{ schema: null, payload: [] }, "[3].payload: must be an object"],
    [withPayload({ op: "x" }), "[3].payload.op: must be c, u, d, r, t or m"],
    [withPayload({ source: null }), "[3].payload.source: must be an object"],
    [withPayload({ after: null }), "[3].payload.after: must be an object of columns when op is c"],
    [withPayload({ after: [1] }), "[3].payload.after: must be an object of columns"],
    [
      withPayload({ after: { id: 1, first_name: null, email: null }, transaction: 5 }),
      "[3].payload.transaction: must be an object",
    ],
    [withSource({ table: undefined }), "[3].payload.source.table: must be a text"],
    [withSource({ table: "a\u0000b" }), "[3].payload.source.table: must have no control characters"],
    [withSource({ db: "" }), "[3].payload.source.db: must not be empty"],
    [withSource({ name: "x".repeat(300) }), "[3].payload.source.name: must have at most 256 characters"],
    [withSource({ pos: "here" }), "[3].payload.source.pos: must be a whole number"],
  ])("%#: %s", (message, expected) => {
    expect(faultsOf(parse(message as JsonValue))[0]).toContain(expected);
  });
});
