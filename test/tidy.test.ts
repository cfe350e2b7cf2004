// Style is a unit test: the import law, sizes, where SQL lives, names, documents. Each rule is also shown a file it must refuse.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  checkDocuments,
  checkImports,
  checkNames,
  checkSizes,
  checkSql,
  checkWords,
  readSources,
} from "./tidy/rules.ts";

const root = join(import.meta.dirname, "..");
const code = readSources(root, ["src", "generator", "scripts"]);
const tests = readSources(root, ["test"]);
const documents = [
  ...readSources(root, ["docs"], ".md"),
  // Not by a walk through everything: servers of other tests come and go in .cache.
  { path: "README.md", text: readFileSync(join(root, "README.md"), "utf8") },
];

describe("the project", () => {
  test("keeps the import law", () => expect(checkImports([...code, ...tests])).toEqual([]));
  test("keeps its files small", () => expect([...checkSizes(code), ...checkSizes(tests)]).toEqual([]));
  test("keeps SQL in store/", () => expect(checkSql(code)).toEqual([]));
  test("names its files after what is inside", () => expect(checkNames([...code, ...tests])).toEqual([]));
  test("has no dead link and no orphan document", () =>
    expect(checkDocuments(documents, (path) => existsSync(join(root, path)))).toEqual([]));
  test("holds no path of one machine and no registry's name", () =>
    expect(checkWords([...code, ...tests, ...documents])).toEqual([]));
});

describe("the rules refuse", () => {
  const file = (path: string, text: string) => [{ path, text: `// what it is\n${text}\n` }];
  test.each([
    ["a pure stage that reads files", "src/infer/a.ts", 'import { readFileSync } from "node:fs";'],
    ["a second importer of the binlog client", "src/capture/b.ts", 'import ZongJi from "@vlasky/zongji";'],
    ["mysql2 in store/", "src/store/b.ts", 'import { createConnection } from "mysql2/promise";'],
    ["SQLite in serve/", "src/serve/cli/b.ts", 'import Database from "better-sqlite3";'],
    ["a stage that imports its neighbour", "src/normalize/b.ts", 'import { x } from "../store/open-store.ts";'],
    ["lib/ that imports model/", "src/lib/b.ts", 'import type { X } from "../model/x.ts";'],
    ["src/ that imports scripts/", "src/serve/cli/b.ts", 'const demo = await import("../../../scripts/demo.ts");'],
    ["a generator that imports the store", "generator/b.ts", 'import { x } from "../src/store/open-store.ts";'],
  ])("%s", (_what, path, text) => expect(checkImports(file(path, text))).toHaveLength(1));
  test("a file of more than 400 lines", () =>
    expect(checkSizes(file("src/lib/a.ts", "\n".repeat(400)))).toContain("src/lib/a.ts: 402 lines, at most 400"));
  test.each(["`SELECT a\n FROM b WHERE c`", '"INSERT OR IGNORE INTO a VALUES (1)"', 'db.pragma("x")'])(
    "SQL outside store/: %s",
    (text) => expect(checkSql(file("src/serve/cli/a.ts", `const q = ${text};`))).toHaveLength(1),
  );
  test("a drawer called utils", () => expect(checkNames(file("src/lib/utils.ts", ""))).toHaveLength(1));
  test("a link that leads nowhere, and an orphan", () =>
    expect(checkDocuments([{ path: "docs/a.md", text: "[b](b.md)" }], () => false)).toEqual([
      "docs/a.md: the link to b.md leads nowhere",
      "docs/a.md: no other document leads here",
    ]));
});
