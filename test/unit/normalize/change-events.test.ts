// Raw transactions to canonical change events: images, keys, entities, actors and masks.
import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonValue } from "../../../src/lib/canonical-json.ts";
import { type EntityMapping, noMapping, type TableMapping } from "../../../src/model/entity-mapping.ts";
import type { RawRow, RawTable } from "../../../src/model/raw-transaction.ts";
import { normalizeTransaction, redacted } from "../../../src/normalize/change-events.ts";
import { column, rawTransaction, rowChange, tableOf } from "../../support/raw-rows.ts";

const users = tableOf(["id", "name", "role"]);

function mapped(fields: Partial<TableMapping>): EntityMapping {
  return () => ({ entity_type: "user", id_columns: ["id"], mask_columns: [], ...fields });
}

function normalizeOne(
  table: RawTable,
  before: RawRow | null,
  after: RawRow | null,
  mapping: EntityMapping = noMapping,
) {
  return normalizeTransaction(rawTransaction(rowChange(table, before, after)), mapping)[0]!;
}

/** Images have no prototype; compared is what JSON shows. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("a row change", () => {
  it("that inserts has an after image, and every column of it changed", () => {
    const event = normalizeOne(users, null, { id: 1, name: "Ann", role: null });
    expect(plain(event)).toMatchObject({
      source_db: "shop",
      source_table: "users",
      source_pk: { id: 1 },
      operation: "insert",
      before: null,
      after: { id: 1, name: "Ann", role: null },
      changed: ["id", "name", "role"],
      timestamp: "2026-03-01T12:00:00.000000Z",
      transaction_id: "3e11fa47-71ca-11e1-9e33-c80aa9429562:7",
      seq: 0,
    });
  });

  it("that updates names the columns whose value differs, also in type and depth", () => {
    const table = tableOf(["id", "same", "null", "bytes", "set", "number"]);
    const before = { id: 1, same: "x", null: null, bytes: Buffer.from("a"), set: ["a"], number: 1 };
    const after = { id: 1, same: "x", null: "", bytes: Buffer.from("b"), set: ["a"], number: "1" };
    expect(normalizeOne(table, before, after).changed).toEqual(["null", "bytes", "number"]);
  });

  it("that deletes has a before image, and its key comes from there", () => {
    const event = normalizeOne(users, { id: 9, name: "Ann", role: "x" }, null);
    expect(plain(event)).toMatchObject({
      operation: "delete",
      after: null,
      source_pk: { id: 9 },
      changed: ["id", "name", "role"],
    });
  });

  it("keeps absent columns absent, apart from null, and does not call them changed", () => {
    const event = normalizeOne(users, { id: 1, name: null }, { name: "Ann", role: "x" });
    expect(plain([event.before, event.after])).toEqual([
      { id: 1, name: null },
      { name: "Ann", role: "x" },
    ]);
    expect(event.changed).toEqual(["name"]);
    expect(plain(event.source_pk)).toEqual({ id: 1 });
  });

  it("does not take an absent column called constructor or __proto__ for a present one", () => {
    const table = tableOf(["id", "constructor", "toString", "__proto__"]);
    expect(canonicalJson(normalizeOne(table, null, { id: 1 }).after as JsonValue)).toBe('{"id":1}');
  });

  it("keeps a column called __proto__, as a value, a key and an entity's id", () => {
    const table = tableOf(["__proto__", "b"], { primaryKey: ["__proto__"] });
    const row = JSON.parse('{"__proto__":"p","b":2}') as RawRow;
    const event = normalizeOne(table, null, row, mapped({ id_columns: ["__proto__"], actor_column: "__proto__" }));
    expect(canonicalJson(event.after as JsonValue)).toBe('{"__proto__":"p","b":2}');
    expect(canonicalJson(event.source_pk)).toBe('{"__proto__":"p"}');
    expect(event).toMatchObject({ entity_id: "p", changed: ["__proto__", "b"], actor: { id: "p" } });
  });

  it("of a table without a primary key has no key and no entity id", () => {
    const event = normalizeOne(tableOf(["a"], { primaryKey: [] }), null, { a: 1 });
    expect(plain(event)).toMatchObject({ source_pk: {}, entity_id: "" });
  });

  it("that moves the primary key keeps the old one", () => {
    const event = normalizeOne(users, { id: 1, name: "Ann" }, { id: 2, name: "Ann" });
    expect(plain(event)).toMatchObject({ source_pk: { id: 2 }, entity_id: "2", metadata: { previous_pk: { id: 1 } } });
    expect(normalizeOne(users, { id: 1, name: "Ann" }, { id: 1, name: "Bea" }).metadata).not.toHaveProperty(
      "previous_pk",
    );
  });

  it("normalizes each value by its column's type", () => {
    const table = { ...users, columns: [column("id"), column("height", "float"), column("born", "year")] };
    expect(plain(normalizeOne(table, null, { id: 1, height: 1.100000023841858, born: 0 }).after)).toEqual({
      id: 1,
      height: 1.1,
      born: 0,
    });
  });

  it("is numbered in its transaction, and each has an id of its own", () => {
    const same = rowChange(users, null, { id: 1 });
    const events = normalizeTransaction(rawTransaction(same, same, same), noMapping);
    expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(3);
    expect(normalizeTransaction(rawTransaction(same, same, same), noMapping)).toEqual(events);
  });

  it("of nothing is nothing", () => expect(normalizeTransaction(rawTransaction(), noMapping)).toEqual([]));
});

describe("the entity", () => {
  it("of an unmapped table is the table and its key, and that is said", () => {
    expect(normalizeOne(users, null, { id: 1 })).toMatchObject({
      entity_type: "users",
      entity_id: "1",
      metadata: { unmapped: true },
    });
  });

  it("of a mapped table is what the mapping says, asked by database and table", () => {
    const asked: string[][] = [];
    const mapping: EntityMapping = (database, table) => {
      asked.push([database, table]);
      return { entity_type: "person", id_columns: ["role", "id"], mask_columns: [] };
    };
    expect(normalizeOne(users, null, { id: 1, role: "boss" }, mapping)).toMatchObject({
      entity_type: "person",
      entity_id: "boss/1",
      metadata: {},
    });
    expect(asked).toEqual([["shop", "users"]]);
  });

  it("has an id also of values that are no text", () => {
    const id = (value: unknown) => normalizeOne(users, null, { id: value }, mapped({})).entity_id;
    expect([id(null), id(Buffer.from([1])), id("18446744073709551615"), id(false)]).toEqual([
      "null",
      '{"$hex":"01"}',
      "18446744073709551615",
      "false",
    ]);
  });
});

describe("the actor", () => {
  const actorOf = (value: unknown) =>
    normalizeOne(users, null, { id: 1, role: value }, mapped({ actor_column: "role" })).actor;
  const unknown = { id: null, kind: "unknown", grade: "unknown" };

  it("is who the column names", () => {
    expect(actorOf(7)).toEqual({ id: "7", kind: "app_user", grade: "column" });
    expect(actorOf("ann")).toMatchObject({ id: "ann" });
  });

  it("is graded lower when the change left the column as it was: it may name whoever wrote it before", () => {
    const change = (before: object | null, after: object | null) =>
      normalizeOne(users, before as never, after as never, mapped({ actor_column: "role" })).actor;
    expect(change({ id: 1, role: "ann", name: "x" }, { id: 1, role: "ann", name: "y" })).toMatchObject({
      id: "ann",
      grade: "unwritten_column",
    });
    expect(change({ id: 1, role: "ann" }, { id: 1, role: "bob" })).toMatchObject({ id: "bob", grade: "column" });
    expect(change({ id: 1, role: "ann" }, null)).toEqual(unknown);
  });

  it("is unknown when the column is null, not logged or no plain value", () => {
    expect([actorOf(null), actorOf(Buffer.from("x")), actorOf(["a"])]).toEqual([unknown, unknown, unknown]);
    expect(normalizeOne(users, null, { id: 1 }, mapped({ actor_column: "role" })).actor).toEqual(unknown);
    expect(normalizeOne(users, null, { id: 1, role: "ann" }, mapped({})).actor).toEqual(unknown);
  });
});

describe("the actor, from several sources", () => {
  const tags = { app: "shop", user: "42" };
  const account = "shop@10.0.0.5";
  interface Sources {
    tags?: Record<string, string>;
    account?: string;
    /** What the actor column holds before and after. */
    column?: [before: string | null, after: string | null];
  }
  const normalizeFrom = (
    { column: values = [null, null], account: known, tags: written }: Sources,
    actorTags = ["user"],
  ) => {
    const row = (role: string | null, name: string): RawRow => ({ id: 1, role, name });
    const [before, after] = [row(values[0], "old"), row(values[1], "new")];
    const change = { ...rowChange(users, before, after), ...(written === undefined ? {} : { tags: written }) };
    const transaction = { ...rawTransaction(change), ...(known === undefined ? {} : { account: known }) };
    const options = { valueBytesMax: 1_000, actorTags };
    return normalizeTransaction(transaction, mapped({ actor_column: "role" }), options)[0]!;
  };
  const tag = { id: "42", kind: "app_user", grade: "tag" };
  const byColumn = { id: "ann", kind: "app_user", grade: "column" };
  const dbAccount = { id: account, kind: "db_account", grade: "account" };
  const written: [string, string] = ["bob", "ann"];
  const unwritten: [string, string] = ["bob", "bob"];

  it.each<[string, Sources, object]>([
    ["a tag, before everything", { tags, column: written, account }, tag],
    ["the column that was written", { tags: { app: "shop" }, column: written, account }, byColumn],
    ["the account, before a column that was not written", { column: unwritten, account }, dbAccount],
    ["a column that was not written", { column: unwritten }, { id: "bob", grade: "unwritten_column" }],
    ["the account alone", { account }, dbAccount],
    ["an account, where the tag is empty", { tags: { user: "" }, account }, dbAccount],
    ["nobody", { tags: { app: "shop" } }, { id: null, kind: "unknown", grade: "unknown" }],
  ])("is %s", (_, sources, expected) => expect(normalizeFrom(sources).actor).toMatchObject(expected));

  it("is the first key of the settings that is there, whatever their order in the comment", () => {
    const two = { user: "42", user_id: "7" };
    expect(normalizeFrom({ tags: two }, ["user_id", "user"]).actor).toMatchObject({ id: "7" });
    expect(normalizeFrom({ tags: { user_id: "", user: "42" } }, ["user_id", "user"]).actor).toMatchObject({ id: "42" });
    expect(normalizeFrom({ tags: two }, []).actor).toMatchObject({ grade: "unknown" });
    expect(normalizeFrom({ tags: {} }, ["toString", "__proto__"]).actor).toMatchObject({ grade: "unknown" });
  });

  it("leaves what it rests on in the metadata, also when something else names the actor", () => {
    expect(normalizeFrom({ tags, column: written, account }).metadata).toEqual({ tags, account, connection_id: 8 });
    expect(normalizeFrom({ column: written }).metadata).toEqual({});
  });

  it("of a statement is its tag or its account; a comment that may quote a secret is not kept", () => {
    const of = (sql: string) =>
      normalizeTransaction(
        { ...rawTransaction({ kind: "statement", database: "shop", sql, tags }), account },
        noMapping,
        { valueBytesMax: 1_000, actorTags: ["user"] },
      )[0]!;
    expect(of("TRUNCATE sales /* app='shop',user='42' */")).toMatchObject({
      actor: tag,
      metadata: { tags, account, connection_id: 8 },
    });
    const secret = of("SET PASSWORD FOR ann = 'x' /* app='shop',user='42' */");
    expect(secret).toMatchObject({ actor: dbAccount, metadata: { account } });
    expect(secret.metadata).not.toHaveProperty("tags");
  });
});

describe("a masked column", () => {
  const secret = "s3cret-value";
  const masked = (columns: string[], fields: Partial<TableMapping> = {}) =>
    mapped({ mask_columns: columns, ...fields });

  it("loses its value in both images, but it may be known that it changed", () => {
    const event = normalizeOne(users, { id: 1, name: secret }, { id: 1, name: `${secret}2` }, masked(["name"]));
    expect(plain(event)).toMatchObject({
      before: { id: 1, name: redacted },
      after: { id: 1, name: redacted },
      changed: ["name"],
    });
    expect(JSON.stringify(event)).not.toContain(secret);
  });

  it("stays null or absent where it was", () => {
    const event = normalizeOne(users, { id: 1, name: null }, { id: 1 }, masked(["name", "role"]));
    expect(plain([event.before, event.after])).toEqual([{ id: 1, name: null }, { id: 1 }]);
  });

  it("shows nothing of an empty text, a 0, or bytes either", () => {
    for (const value of ["", 0, false, Buffer.from(secret)]) {
      expect(plain(normalizeOne(users, null, { id: 1, name: value }, masked(["name"])).after)).toEqual({
        id: 1,
        name: redacted,
      });
    }
  });

  it("does not leave by the primary key, the old key, the entity's id, the event's id or the actor", () => {
    const mapping = masked(["id"], { id_columns: ["role", "id"], actor_column: "id" });
    const event = normalizeOne(users, { id: secret, role: "r" }, { id: `${secret}2`, role: "r" }, mapping);
    expect(JSON.stringify(event)).not.toContain(secret);
    expect(plain(event)).toMatchObject({
      source_pk: { id: redacted },
      entity_id: `r/${redacted}`,
      actor: { id: null },
      metadata: { previous_pk: { id: redacted } },
    });
    const other = normalizeOne(users, { id: "x", role: "r" }, { id: "y", role: "r" }, mapping);
    expect(other.event_id).toBe(event.event_id);
  });

  it("is masked in a table that has no such column, too: nothing happens", () => {
    expect(plain(normalizeOne(users, null, { id: 1 }, masked(["other"])).after)).toEqual({ id: 1 });
  });
});

it("carries the clock of a session that cannot be true", () => {
  const sessionClock = "2001-09-09T01:46:40.000000Z";
  const events = [
    rowChange(users, null, { id: 1 }),
    { kind: "statement", database: "shop", sql: "TRUNCATE a" },
  ] as const;
  for (const { timestamp, metadata } of normalizeTransaction(
    { ...rawTransaction(...events), sessionClock },
    noMapping,
  )) {
    expect(timestamp).toBe("2026-03-01T12:00:00.000000Z");
    expect(metadata).toMatchObject({ session_clock: sessionClock });
  }
});

describe("a statement", () => {
  const normalizeSql = (sql: string, database = "shop") =>
    normalizeTransaction(rawTransaction({ kind: "statement", database, sql }), noMapping)[0]!;

  it("about a table is a change of that table, without rows", () => {
    expect(normalizeSql("TRUNCATE sales")).toMatchObject({
      source_db: "shop",
      source_table: "sales",
      source_pk: {},
      operation: "truncate",
      before: null,
      after: null,
      changed: [],
      entity_type: "table",
      entity_id: "shop.sales",
      actor: { id: null },
      metadata: { statement: "TRUNCATE sales" },
    });
  });

  it("about no single table is a change of the database", () => {
    expect(normalizeSql("DROP DATABASE shop")).toMatchObject({
      operation: "ddl",
      source_table: "",
      entity_type: "database",
      entity_id: "shop",
    });
  });

  it("with a credential says that it was taken out", () => {
    const { metadata } = normalizeSql("CREATE USER u IDENTIFIED BY 'pw'", "");
    expect(metadata).toEqual({ statement: "CREATE USER u IDENTIFIED BY '[REDACTED]'", credentials_redacted: true });
    expect(normalizeSql("DROP USER u").metadata).toEqual({ statement: "DROP USER u" });
  });

  describe("that changed rows which the log does not hold", () => {
    const secret = "s3cret";
    const masksUsers: EntityMapping = (database, table) =>
      database === "shop" && ["users", "odd name", "plain"].includes(table)
        ? {
            entity_type: "x",
            id_columns: ["id"],
            actor_column: undefined,
            mask_columns: table === "plain" ? [] : ["password"],
          }
        : undefined;
    const normalizeDml = (sql: string, database = "shop") =>
      normalizeTransaction(rawTransaction({ kind: "statement", database, sql, changesRows: true }), masksUsers)[0]!;

    it("is kept as it was written", () => {
      expect(normalizeDml(`UPDATE plain SET note = '${secret}'`)).toMatchObject({
        operation: "statement",
        source_db: "shop",
        source_table: "",
        before: null,
        after: null,
        changed: [],
        metadata: { statement: `UPDATE plain SET note = '${secret}'` },
      });
    });

    it.each([
      ["shop", `update users SET password = '${secret}'`],
      ["shop", `/* ${secret} */ update\`users\`SET password='${secret}'`],
      ["shop", `update "users" SET password = '${secret}'`],
      ["shop", `UPDATE USERS SET password = '${secret}'`],
      ["shop", `UPDATE plain p, \`odd name\` o SET o.password = '${secret}'`],
      ["shop", `UPDATE plain SET a = 'it\\'s "', b = (SELECT '${secret}' FROM users WHERE x = "y")`],
      ["blog", `UPDATE shop.users SET password = '${secret}'`],
      ["blog", `UPDATE \`shop\` . \`users\` SET password = '${secret}'`],
    ])("keeps nothing but its first word when it names a table with masked columns (in %s: %s)", (database, sql) => {
      const { operation, metadata } = normalizeDml(sql, database);
      expect(operation).toBe("statement");
      expect(metadata).toEqual({ statement: `UPDATE ${redacted}` });
    });

    it("is kept when a table of that name is in another database", () => {
      expect(normalizeDml("UPDATE users SET a = 1", "blog").metadata).toEqual({ statement: "UPDATE users SET a = 1" });
    });
  });
});
