// Tables made to mislead a decoder: images that leave columns out, tables altered since, values too large, types of old
// servers, compressed logs. Each comes out exact, or is refused by the name of its table, column and cure.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import { AppError } from "../../src/model/app-error.ts";
import { readChanges } from "../support/captured-rows.ts";
import { flavors, openSource, type Source } from "../support/source.ts";

async function changesOf(source: Source, statements: readonly string[], valueBytesMax?: number) {
  const from = await source.position();
  await source.run(...statements);
  const changes = await readChanges(source, from, valueBytesMax);
  return changes.filter(({ operation }) => operation !== "ddl");
}

describe.each(flavors)("a decoder of %s is not misled by", (flavor) => {
  // Its own: settings of the whole server are changed here.
  let server: LocalServer;
  beforeAll(async () => {
    server = await openLocalServer(flavor);
  });
  afterAll(async () => {
    await server?.stop();
  });

  it("images that leave columns out: absent is not NULL", async () => {
    await using source = await openSource(flavor, server, "hostile");
    const changes = await changesOf(source, [
      "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), b BLOB, c INT)",
      "INSERT INTO t VALUES (1, NULL, 'blob', 3)",
      "SET SESSION binlog_row_image = 'MINIMAL'",
      "UPDATE t SET a = 'x'",
      "UPDATE t SET a = NULL",
      "DELETE FROM t",
      "SET SESSION binlog_row_image = 'NOBLOB'",
      "INSERT INTO t (id, c) VALUES (2, 4)",
      "UPDATE t SET c = 5",
    ]);
    expect(changes.map(({ before, after, changed }) => [before, after, changed])).toEqual([
      [null, { id: 1, a: null, b: { $hex: "626c6f62" }, c: 3 }, ["id", "a", "b", "c"]],
      [{ id: 1 }, { a: "x" }, []],
      [{ id: 1 }, { a: null }, []],
      [{ id: 1 }, null, ["id"]],
      [null, expect.not.objectContaining({ b: expect.anything() as unknown }), expect.anything()],
      [{ id: 2, a: null, c: 4 }, { id: 2, a: null, c: 5 }, ["c"]],
    ]);
  });

  it("a table that was altered, dropped and made anew after its rows were written", async () => {
    await using source = await openSource(flavor, server, "hostile");
    const changes = await changesOf(source, [
      "CREATE TABLE t (a INT, b VARCHAR(9), e ENUM('x','y'))",
      "INSERT INTO t VALUES (1, 'one', 'x')",
      "ALTER TABLE t RENAME COLUMN a TO c, RENAME COLUMN b TO a, MODIFY e ENUM('y','x')",
      "INSERT INTO t VALUES (2, 'two', 'x')",
      "DROP TABLE t",
      "CREATE TABLE t (b BLOB, a BIGINT)",
      "INSERT INTO t VALUES ('b', 3)",
    ]);
    expect(changes.map(({ after }) => after)).toEqual([
      { a: 1, b: "one", e: "x" },
      { c: 2, a: "two", e: "x" },
      { b: { $hex: "62" }, a: 3 },
    ]);
  });

  it("generated and hidden columns, and indexes on expressions", async () => {
    await using source = await openSource(flavor, server, "hostile");
    const hidden =
      flavor === "mysql"
        ? ["j JSON, INDEX multi ((CAST(j AS UNSIGNED ARRAY)))", "INDEX f ((a + 1))", "k INT INVISIBLE DEFAULT 7"]
        : ["j TEXT", "k INT INVISIBLE DEFAULT 7"];
    const changes = await changesOf(source, [
      `CREATE TABLE t (a INT PRIMARY KEY, v INT GENERATED ALWAYS AS (a * 2) VIRTUAL, s INT GENERATED ALWAYS AS (a * 3) STORED, ${hidden.join(", ")})`,
      "INSERT INTO t (a, j) VALUES (5, '[1, 2]')",
    ]);
    expect(changes.map(({ after }) => after)).toEqual([{ a: 5, v: 10, s: 15, j: "[1, 2]", k: 7 }]);
  });

  it("values larger than the setting, and keeps their length, hash and beginning", async () => {
    await using source = await openSource(flavor, server, "hostile");
    const statements = [
      "CREATE TABLE t (a LONGTEXT, b LONGBLOB, c INT)",
      "INSERT INTO t VALUES (REPEAT('Ж', 5000), REPEAT(0xff, 100000), 1), ('Ж', 0xff, 2)",
    ];
    const [large, small] = await changesOf(source, statements, 4096);
    expect(large?.after).toMatchObject({
      a: { $text: "Ж".repeat(1024), $length: 10_000 },
      b: { $hex: "ff".repeat(1024), $length: 100_000 },
      c: 1,
    });
    expect(small?.after).toEqual({ a: "Ж", b: { $hex: "ff" }, c: 2 });
  });

  it("a hundred columns with other character sets between them", async () => {
    await using source = await openSource(flavor, server, "hostile");
    const charsets = ["cp1251", "utf8mb4", "sjis", "ucs2", "latin1"];
    const types = [
      "VARCHAR(9) CHARACTER SET #",
      "ENUM('a','b') CHARACTER SET #",
      "POINT",
      "TEXT CHARACTER SET #",
      "INT UNSIGNED",
      "SET('a','b') CHARACTER SET #",
      "VARBINARY(9)",
    ];
    const columns = Array.from(
      { length: 100 },
      (_, index) => `c${index} ${types[index % types.length]?.replace("#", charsets[index % charsets.length] ?? "")}`,
    );
    const values = columns.map((column) =>
      column.includes("POINT") ? "ST_GeomFromText('POINT(1 2)')" : column.includes("INT") ? "4294967295" : "'a'",
    );
    const [change] = await changesOf(source, [
      `CREATE TABLE t (${columns.join(", ")})`,
      `INSERT INTO t VALUES (${values.join(", ")})`,
    ]);
    const point = { $hex: "0101000000000000000000f03f0000000000000040", $type: "point", $srid: 0 };
    const expected = columns.map((column, index) => [
      `c${index}`,
      column.includes("POINT")
        ? point
        : column.includes("INT")
          ? 4_294_967_295
          : column.includes("VARBINARY")
            ? { $hex: "61" }
            : "a",
    ]);
    expect(change?.after).toEqual(Object.fromEntries(expected));
  });

  it.runIf(flavor === "mysql")("VECTOR columns, first, last, alone and NULL", async () => {
    await using source = await openSource(flavor, server, "hostile");
    const changes = await changesOf(source, [
      "CREATE TABLE one (v VECTOR(2))",
      "INSERT INTO one VALUES (STRING_TO_VECTOR('[1.5,-2]')), (NULL)",
      "CREATE TABLE more (v VECTOR(2), t VARCHAR(9) CHARACTER SET latin1, w VECTOR(4))",
      "INSERT INTO more VALUES (STRING_TO_VECTOR('[0.1,3]'), 'é', NULL), (NULL, 'ü', STRING_TO_VECTOR('[1,2,3,4]'))",
    ]);
    expect(changes.map(({ after }) => after)).toEqual([
      { v: [1.5, -2] },
      { v: null },
      { v: [0.1, 3], t: "é", w: null },
      { v: null, t: "ü", w: [1, 2, 3, 4] },
    ]);
  });

  it.runIf(flavor === "mariadb").each(["DATETIME", "DATETIME(3)", "TIME(6)", "TIMESTAMP(2) NULL"])(
    "%s as MySQL 5.5 wrote it: refused by name, with the cure",
    async (type) => {
      await using source = await openSource(flavor, server, "hostile");
      await source.run("SET GLOBAL mysql56_temporal_format = OFF");
      try {
        const error = await changesOf(source, [
          `CREATE TABLE old (id INT, at ${type})`,
          "INSERT INTO old VALUES (1, NULL)",
        ]).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({
          code: "capture.undecodable",
          message: expect.stringMatching(/column at of hostile_\w+\.old has type \d+/) as string,
          hint: expect.stringContaining("ALTER TABLE old FORCE") as string,
        });
      } finally {
        await source.run("SET GLOBAL mysql56_temporal_format = ON");
      }
    },
  );

  it.runIf(flavor === "mariadb")("compressed rows events", async () => {
    await using source = await openSource(flavor, server, "hostile");
    await source.run("SET GLOBAL log_bin_compress = ON");
    try {
      const changes = await changesOf(source, [
        "CREATE TABLE t (id INT PRIMARY KEY, a TEXT)",
        "INSERT INTO t VALUES (1, REPEAT('a', 1000)), (2, REPEAT('b', 1000))",
        "UPDATE t SET a = REPEAT('c', 1000)",
        "DELETE FROM t",
      ]);
      const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(1000));
      expect(changes.map(({ before, after }) => [before?.["a"], after?.["a"]])).toEqual([
        [undefined, a],
        [undefined, b],
        [a, c],
        [b, c],
        [c, undefined],
        [c, undefined],
      ]);
    } finally {
      await source.run("SET GLOBAL log_bin_compress = OFF");
    }
  });
});
