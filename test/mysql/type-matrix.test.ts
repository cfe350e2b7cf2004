// Every type and every character set of both servers, at the edges: what capture and normalize make of it is the server's own
// text, or hexadecimal with the type's name. Nothing else; above all nothing that was guessed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import type { ChangeEvent } from "../../src/model/change-event.ts";
import { readChanges } from "../support/captured-rows.ts";
import { byteSequences, codePoints, fillRaw } from "../support/charset-values.ts";
import { type Count, judge, showCount } from "../support/judge-value.ts";
import { flavors, openSource } from "../support/source.ts";
import { typeCases } from "../support/type-cases.ts";

/** Columns before and after the one under test: a value read one byte too far or too short shows in them. */
const neighbours = ["'before'", "'after'", "-7"] as const;

interface ServerValue {
  id: number;
  text: string | null;
  hex: string | null;
}

const inserts = (changes: readonly ChangeEvent[], table: string) =>
  changes.filter((each) => each.source_table === table && each.operation === "insert");

describe.each(flavors)("the types of %s", (flavor) => {
  // Its own: what is written here is more than the other tests' captures should have to read.
  let server: LocalServer;
  beforeAll(async () => {
    server = await openLocalServer(flavor);
  });
  afterAll(async () => {
    await server?.stop();
  });
  const counts = new Map<string, Count>();
  const count = (kind: string): Count => {
    const known = counts.get(kind) ?? { kinds: 0, values: 0, equal: 0, hex: 0 };
    counts.set(kind, known);
    return known;
  };
  afterAll(() => {
    for (const [kind, each] of counts) process.stderr.write(`${flavor} ${kind}: ${showCount(each)}\n`);
  });

  it("come as the server shows them, or by name", { timeout: 120_000 }, async () => {
    await using source = await openSource(flavor, server, "types");
    await source.run("SET SESSION sql_mode = ''", "SET SESSION time_zone = '+00:00'");
    const from = await source.position();
    const cases = typeCases.filter(({ servers = flavors }) => servers.includes(flavor));
    for (const [index, { type, values }] of cases.entries()) {
      await source.run(
        `CREATE TABLE t${index} (id INT PRIMARY KEY, b VARCHAR(9) CHARACTER SET cp1251, v ${type}, a CHAR(9), n TINYINT)`,
      );
      for (const [id, value] of [...values, "NULL"].entries()) {
        await source.run(
          `INSERT INTO t${index} VALUES (${id}, ${neighbours[0]}, ${value}, ${neighbours[1]}, ${neighbours[2]})`,
        );
      }
    }
    const changes = await readChanges(source, from, 16_777_216);
    const wrong: string[] = [];
    for (const [index, { type, values, text = "CAST(v AS CHAR)", hex = "HEX(v)", hexBecause }] of cases.entries()) {
      const shown = (await source.rows(
        `SELECT id, CAST(${text} AS CHAR) text, ${hex} hex FROM t${index} ORDER BY id`,
      )) as ServerValue[];
      const ours = inserts(changes, `t${index}`);
      expect({ type, rows: ours.length }).toEqual({ type, rows: values.length + 1 });
      const tally = count("types");
      tally.kinds += 1;
      for (const [row, theirs] of shown.entries()) {
        const { v, ...rest } = ours[row]?.after ?? {};
        expect({ type, ...rest }).toEqual({ type, id: row, b: "before", a: "after", n: -7 });
        tally.values += 1;
        const verdict = judge(v, theirs);
        if (verdict === "equal") tally.equal += 1;
        if (verdict === "hex" || (verdict === "wrong" && hexBecause !== undefined && isHex(v))) tally.hex += 1;
        else if (verdict !== "equal")
          wrong.push(
            `${type} ${values[row]}: ours ${JSON.stringify(v)?.slice(0, 200)}, server ${theirs.text?.slice(0, 200)} ${theirs.hex?.slice(0, 60)}`,
          );
      }
    }
    expect(wrong).toEqual([]);
  });

  it("have their text in every character set, character by character", { timeout: 240_000 }, async () => {
    await using source = await openSource(flavor, server, "charsets");
    await source.run("SET SESSION sql_mode = ''");
    const from = await source.position();
    const charsets = (await source.rows("SHOW CHARACTER SET")).filter((row) => row["Charset"] !== "binary");
    await fillRaw(source, "bytes_raw", byteSequences());
    await fillRaw(source, "code_raw", codePoints());
    for (const { Charset: name, Maxlen: width } of charsets) {
      // IGNORE: what is no character of the set does not become a row, or becomes a question mark.
      const raw =
        unicode.has(name as string) || name === "gb18030"
          ? "CONVERT(CONVERT(bytes USING utf32) USING CHARSET) FROM code_raw"
          : `CONVERT(bytes USING CHARSET) FROM bytes_raw${width === 1 ? " WHERE id <= 256" : ""}`;
      await source.run(
        `CREATE TABLE ${name} (id INT PRIMARY KEY, v VARCHAR(9) CHARACTER SET ${name})`,
        `INSERT IGNORE INTO ${name} SELECT id, ${raw.replaceAll("CHARSET", name as string)}`,
      );
    }
    const ours = groupByTable(await readChanges(source, from));
    const wrong: string[] = [];
    for (const { Charset: name } of charsets) {
      const shown = (await source.rows(
        `SELECT id, CONVERT(v USING utf8mb4) text, HEX(v) hex FROM ${name} ORDER BY id`,
      )) as ServerValue[];
      wrong.push(...compare(name as string, shown, ours.get(name as string) ?? [], count("character sets")));
    }
    expect(wrong.slice(0, 50)).toEqual([]);
  });

  it("have their text in every collation", { timeout: 240_000 }, async () => {
    await using source = await openSource(flavor, server, "collations");
    await source.run("SET SESSION sql_mode = ''");
    const from = await source.position();
    const name = flavor === "mysql" ? "COLLATION_NAME" : "FULL_COLLATION_NAME";
    const collations = await source.rows(
      `SELECT ${name} name, CHARACTER_SET_NAME charset FROM information_schema.${flavor === "mysql" ? "COLLATIONS" : "COLLATION_CHARACTER_SET_APPLICABILITY"} WHERE CHARACTER_SET_NAME <> 'binary'`,
    );
    const groups = Array.from({ length: Math.ceil(collations.length / 50) }, (_, index) =>
      collations.slice(index * 50, index * 50 + 50),
    );
    for (const [index, group] of groups.entries()) {
      const columns = group.map(
        (each, column) => `c${column} VARCHAR(20) CHARACTER SET ${each["charset"]} COLLATE ${each["name"]}`,
      );
      await source.run(
        `CREATE TABLE t${index} (${columns.join(", ")})`,
        `INSERT INTO t${index} VALUES (${group.map(() => "'aé€Привет漢字~'").join(", ")})`,
      );
    }
    const ours = groupByTable(await readChanges(source, from));
    const wrong: string[] = [];
    for (const [index, group] of groups.entries()) {
      const [shown] = await source.rows(`SELECT * FROM t${index}`);
      const tally = count("collations");
      for (const [column, each] of group.entries()) {
        const value = ours.get(`t${index}`)?.[0]?.after?.[`c${column}`];
        tally.kinds += 1;
        tally.values += 1;
        if (value === shown?.[`c${column}`]) tally.equal += 1;
        else wrong.push(`${each["name"]}: ours ${JSON.stringify(value)}, server ${shown?.[`c${column}`]}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

const unicode = new Set(["utf8mb3", "utf8mb4", "ucs2", "utf16", "utf16le", "utf32"]);

function groupByTable(changes: readonly ChangeEvent[]): Map<string, ChangeEvent[]> {
  return Map.groupBy(
    changes.filter(({ operation }) => operation === "insert"),
    ({ source_table: table }) => table,
  );
}

function compare(what: string, shown: readonly ServerValue[], ours: readonly ChangeEvent[], tally: Count): string[] {
  tally.kinds += 1;
  const byId = new Map(ours.map(({ after }) => [after?.["id"], after?.["v"]]));
  return shown.flatMap((server) => {
    const value = byId.get(server.id);
    const verdict = judge(value, server);
    tally.values += 1;
    if (verdict === "equal") tally.equal += 1;
    if (verdict === "hex") tally.hex += 1;
    // What the server can show is shown.
    if (verdict === "hex" && server.text?.includes("?") === false)
      return [`${what} ${server.hex}: ours is hex, server ${JSON.stringify(server.text)}`];
    return verdict === "wrong"
      ? [`${what} ${server.hex}: ours ${JSON.stringify(value)}, server ${JSON.stringify(server.text)}`]
      : [];
  });
}

function isHex(value: unknown): boolean {
  return typeof value === "object" && value !== null && "$hex" in value;
}
