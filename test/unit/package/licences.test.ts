// The licences of what an installation brings with it: each is one that was agreed to, and the lock file tells them as npm does.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { librariesOf, licencesDocument, notAgreed, readLibraries } from "../../../scripts/package/licences.ts";

const root = join(import.meta.dirname, "..", "..", "..");

test("every library has a licence that was agreed to", () => {
  expect(readLibraries().length).toBeGreaterThan(100);
  expect(notAgreed(readLibraries())).toEqual([]);
});

test("what is installed says the same of itself as the lock file", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; license?: string }>;
  };
  const others = Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true)
    .map(([path, { license }]) => ({ path, said: licenceIn(path), license }))
    .filter(({ said, license }) => said !== license);
  expect(others).toEqual([]);
});

test("libraries for development do not count, and one that is there twice counts once", () => {
  const libraries = librariesOf({
    "": {},
    "node_modules/a": { version: "1.0.0", license: "MIT" },
    "node_modules/b": { version: "1.0.0", license: "GPL-3.0-only", dev: true },
    "node_modules/c/node_modules/a": { version: "1.0.0", license: "MIT" },
    "node_modules/c": { version: "2.0.0", license: "AGPL-3.0-only" },
    "node_modules/@d/e": { version: "3.0.0" },
  });
  expect(libraries.map(({ name }) => name)).toEqual(["@d/e", "a", "c"]);
  expect(notAgreed(libraries).map(({ name, licence }) => `${name}: ${licence}`)).toEqual([
    "@d/e: none is named",
    "c: AGPL-3.0-only",
  ]);
  expect(licencesDocument(libraries)).toContain("| `c` | 2.0.0 | AGPL-3.0-only |");
});

function licenceIn(path: string): unknown {
  return (JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) as { license?: unknown }).license;
}
