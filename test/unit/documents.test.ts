// The documents say what the code says: generated ones are up to date, and README and docs name only commands and settings that exist.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { staleDocuments } from "../../scripts/generate-docs.ts";
import { loadAllCommands } from "../../src/serve/cli/command-families.ts";
import { configSchema } from "../../src/model/config.ts";
import { readSources } from "../tidy/rules.ts";

const root = join(import.meta.dirname, "..", "..");
const documents = [
  ...readSources(root, ["docs"], ".md"),
  { path: "README.md", text: readFileSync(join(root, "README.md"), "utf8") },
];

test("generated documents are up to date (`npm run generate` writes them)", () => expect(staleDocuments()).toEqual([]));

test("every command that the documents call exists", async () => {
  const commands = await loadAllCommands();
  const known = new Set(commands.flatMap(({ paths = [] }) => paths.map((path) => path[0] ?? "")));
  const called = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^|`|\$ |… |exec )auditctl (?:-- )?([a-z]+)/gm)].map((match) => ({
      path,
      command: match[1] ?? "",
    })),
  );
  expect(called.length).toBeGreaterThan(5);
  expect(called.filter(({ command }) => !known.has(command))).toEqual([]);
});

test("every setting that the documents name exists", () => {
  const known = new Set(Object.keys(configSchema.shape).map((key) => `AUDIT_${key.toUpperCase()}`));
  const named = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\bAUDIT_[A-Z_]+\b/g)].map((match) => ({ path, name: match[0] })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ name }) => !known.has(name) && !/^AUDIT_(CONFIG|TEST_)/.test(name))).toEqual([]);
});
