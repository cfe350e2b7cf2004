// What may be in the published package, shown files that may not be; and what is in it already without a build.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkContents, checkFile, type PackedFile } from "../../../scripts/package/contents.ts";
import { readSources } from "../../tidy/rules.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const file = (path: string, text = ""): PackedFile => ({ path, bytes: text.length, text });
const manifest = {
  bin: { auditctl: "dist/src/main.js" },
  dependencies: { zod: "4.6.7", "@hono/node-server": "2.1.8" },
};
const least = [
  file("package.json"),
  file("README.md", "[a](docs/changelog.md) [b](https://example.com/) [c](#d)"),
  file("LICENSE"),
  file("docs/changelog.md"),
  file("docs/licences.md", "[a test](../test/tidy.test.ts)"),
  file("dist/src/main.js", '#!/usr/bin/env node\nimport { z } from "zod";\nconst { x } = await import("./x.js");\n'),
  file("dist/src/x.js", 'import {\n  a,\n  b,\n} from "@hono/node-server/vercel";\nexport const label = "zod";\n'),
];
const withMore = (...more: PackedFile[]): string[] => checkContents([...least, ...more], manifest);
const without = (path: string): string[] =>
  checkContents(
    least.filter((one) => one.path !== path),
    manifest,
  );

test("a package that has what it needs and nothing else", () => expect(withMore()).toEqual([]));

describe("a file that must not be there", () => {
  test.each([
    ["dist/test/a.js", "a test"],
    ["dist/src/a.test.js", "a test"],
    ["dist/src/a.js.map", "a source map"],
    ["dist/src/a.d.ts", "source"],
    ["docs/.env", "a hidden file"],
    ["dist/coverage/a.html", "a coverage report"],
    ["docs/demo.db", "data"],
    ["schema/a.pem", "a key"],
    ["src/main.js", "not dist/"],
    ["audit-overlay.yaml", "not dist/"],
  ])("%s: %s", (path, what) => expect(checkFile(file(path)).join("\n")).toContain(what));
});

describe("a text that must not be there", () => {
  test.each([
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAA", "a private key"],
    [`npm_${"a1".repeat(18)}`, "a token"],
    [["", "home", "somebody", "audit"].join("/"), "a path of one machine"],
    ["file:///opt/build/x.ts", "a path of one machine"],
    ["//# sourceMappingURL=a.js.map", "a link to a source map"],
  ])("%s", (text, what) => expect(checkFile(file("dist/src/a.js", text))).toEqual([expect.stringContaining(what)]));
  test("more than a megabyte", () =>
    expect(checkFile({ path: "schema/a.json", bytes: 1_000_001, text: "" })).toHaveLength(1));
});

describe("a file that is missing", () => {
  test.each([["LICENSE"], ["docs/changelog.md"], ["dist/src/main.js"], ["dist/src/x.js"]])("%s", (path) =>
    expect(without(path).join("\n")).toContain(`${path}: missing`),
  );
  test("the file of a thread", () => {
    const text = "new Worker(new URL(`ingest-worker${extname(import.meta.filename)}`, import.meta.url))";
    expect(withMore(file("dist/src/a.js", text))).toEqual([
      expect.stringContaining("dist/src/ingest-worker.js: missing"),
    ]);
  });
  test("a document that a hint names", () =>
    expect(withMore(file("dist/src/a.js", 'hint: "docs/a.md tells how."'))).toEqual([
      expect.stringContaining("docs/a.md"),
    ]));
  test("a library that is only for development", () =>
    expect(withMore(file("dist/src/a.js", 'import { test } from "vitest";'))).toEqual([
      expect.stringContaining("vitest"),
    ]));
});

test("schema/ and docs/, as they are, may be published", () => {
  const files = readSources(root, ["schema", "docs"], "").map(({ path, text }) => ({
    path,
    bytes: statSync(join(root, path)).size,
    text,
  }));
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap(checkFile)).toEqual([]);
});

test("package.json publishes dist/, docs/, schema/ and no more", () => {
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  expect(files).toEqual(["dist", "docs", "schema", "README.md", "LICENSE"]);
});
