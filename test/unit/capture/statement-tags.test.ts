// The tags in the comment at the end of a statement: only in a comment that is one, whatever stands in the texts before it.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStatementTags } from "../../../src/capture/statement-tags.ts";

const insert = "INSERT INTO t (a) VALUES ('x')";
const tagsOf = (sql: string): Record<string, string> | null => {
  const tags = readStatementTags(sql);
  return tags === null ? null : { ...tags };
};

/** As the libraries that follow sqlcommenter's specification write it. */
function comment(tags: Record<string, string>): string {
  const encode = (text: string): string => encodeURIComponent(text).replaceAll("'", String.raw`\'`);
  const pairs = Object.entries(tags).map(([key, value]) => `${encodeURIComponent(key)}='${encode(value)}'`);
  return `/*${pairs.sort().join(",")}*/`;
}

/** A text as clients write it into SQL. */
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
const doubled = (text: string): string => `'${text.replaceAll("'", "''")}'`;

describe("tags", () => {
  it.each<[string, Record<string, string>]>([
    [`${insert} /*user_id='42'*/`, { user_id: "42" }],
    [`${insert}\n/* user_id='42', route='%2Fsales%2F1' */ ;\n`, { user_id: "42", route: "/sales/1" }],
    [`${insert} /*name='O\\'Brien %26 Sons'*/`, { name: "O'Brien & Sons" }],
    [`${insert} /*a='', b='%E2%82%AC'*/`, { a: "", b: "€" }],
    [`${insert} /* user=42 */`, { user: "42" }],
    [`${insert} /* user_id:42, app:shop */`, { user_id: "42", app: "shop" }],
    [`/* first='1' */ ${insert} /* second='2' */`, { second: "2" }],
    [`${insert} -- not the end /* a='1' */\n /* b='2' */`, { b: "2" }],
    ["/*!50000 INSERT INTO t VALUES ('x') */ /* a='1' */", { a: "1" }],
    // As a server with NO_BACKSLASH_ESCAPES takes it; in the usual reading the text would not end.
    [String.raw`INSERT INTO t VALUES ('C:\') /* a='1' */`, { a: "1" }],
    [`DROP TABLE t /* user_id='7' */`, { user_id: "7" }],
  ])("of %j are %j", (sql, tags) => expect(tagsOf(sql)).toEqual(tags));

  it.each([
    ["a text", "INSERT INTO t VALUES ('/* user=1 */')"],
    ["a text in double quotes", `INSERT INTO t VALUES ("/* user='1' */")`],
    ["a text after which a version comment ends", `/*!50000 REPLACE INTO t SET a="/* a='x",b='y' */`],
    ["a name", "SELECT 1 AS `/* user=1 */`"],
    ["an earlier comment", "SELECT 1 /* page /* user='1' */"],
    ["an earlier comment that holds a quote", "SELECT 1 /* it's /* user='1' */"],
    ["a comment to the end of the line", "SELECT 1 -- page /* user='1' */"],
    ["a comment to the end of the line, in the other form", "SELECT 1 # /* user='1' */"],
    ["a comment in the middle", "SELECT /* user='1' */ 1"],
    ["a comment that is not closed", "SELECT 1 /* user='1'"],
    ["a version comment", "SELECT 1 /*!50000 user='1' */"],
    ["a hint", "SELECT 1 /*+ user='1' */"],
    ["prose", "SELECT 1 /* user='1' is the admin */"],
    ["prose without quotes", "SELECT 1 /* for user 42 */"],
    ["nothing", "SELECT 1 /**/"],
    ["half a comment", "SELECT 1 /*/"],
    ["no statement", ""],
    ["a value that is not closed", "SELECT 1 /* user='1 */"],
    ["a value that is not URL-encoded", "SELECT 1 /* user='100%' */"],
    ["a key that is named twice", "SELECT 1 /* user='1',user='2' */"],
    ["a line break in a value", "SELECT 1 /* user='1\n2' */"],
  ])("are not read from %s", (_, sql) => expect(readStatementTags(sql)).toBeNull());

  it("survive every value, after every text", () => {
    const key = fc
      .string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" })
      .filter((text) => /^[\w.-]+$/.test(text));
    const tags = fc.dictionary(key, fc.string({ maxLength: 60, unit: "binary" }).filter(isWellFormed), {
      minKeys: 1,
      maxKeys: 5,
    });
    const hostile = fc.constantFrom(
      "'",
      '"',
      "`",
      "\\",
      "/*",
      "*/",
      "--",
      "-- ",
      "#",
      "\n",
      "/*!",
      " user='9' ",
      "a",
      ";",
    );
    const text = fc.array(hostile, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(tags, text, text, (written, first, second) => {
        const sql = `INSERT INTO t VALUES (${quoted(first)}, ${quoted(second)}) ${comment(written)}`;
        expect(tagsOf(sql)).toEqual({ ...written });
      }),
    );
  });

  it("are never those that a text holds, however the server reads a backslash", () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      "\\",
      "/*",
      "*/",
      "-- ",
      "#",
      "user='9'",
      "user=9",
      ",",
      " ",
      "/* user='9' */",
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, text, fc.constantFrom(quoted, doubled), (first, second, quote) => {
        const bare = `INSERT INTO t VALUES (${quote(first)}, ${quote(second)})`;
        expect(tagsOf(bare)).toBeNull();
        expect([null, { id: "1" }]).toContainEqual(tagsOf(`${bare} /* id='1' */`));
      }),
      { numRuns: 2_000 },
    );
  });

  it("are few and small", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, "v"]));
    expect(Object.keys(tagsOf(`${insert} ${comment(many)}`) ?? {})).toHaveLength(32);
    expect(tagsOf(`${insert} ${comment({ user: "x".repeat(257), route: "r" })}`)).toEqual({ route: "r" });
    expect(tagsOf(`${insert} ${comment({ ["k".repeat(65)]: "1", route: "r" })}`)).toEqual({ route: "r" });
    expect(tagsOf(`${insert} ${comment({ user: "1", route: "x".repeat(4_096) })}`)).toBeNull();
  });

  it("keep a key that names a prototype", () =>
    expect(Object.keys(readStatementTags(`${insert} /*__proto__='1'*/`) ?? {})).toEqual(["__proto__"]));

  it("take linear time in a statement of megabytes made to be slow", () => {
    const tagged = (middle: string): string => `INSERT INTO t VALUES ('${middle}') /* user='1' */`;
    const started = performance.now();
    for (const piece of ["''", String.raw`\'`, "/*", "x", "-- ", "# "])
      expect(tagsOf(tagged(piece.repeat(500_000)))).toEqual({ user: "1" });
    expect(tagsOf(`SELECT 1 ${"/**/ ".repeat(300_000)} /* user='1' */`)).toEqual({ user: "1" });
    expect(tagsOf(`SELECT 1 /* user='1' */${" ;".repeat(500_000)}`)).toEqual({ user: "1" });
    expect(readStatementTags(`SELECT 1 ${"/*".repeat(500_000)} */`)).toBeNull();
    expect(readStatementTags(`SELECT 1${" ".repeat(1_000_000)}x*/`)).toBeNull();
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}
