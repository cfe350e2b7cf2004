// The lock file, where npm 10 installs from it on a machine without a compiler.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Locked {
  gypfile?: boolean;
  hasInstallScript?: boolean;
}

test("SQLite is not compiled by npm 10, which sees its sources and not its binaries", () => {
  const path = join(import.meta.dirname, "..", "..", "..", "package-lock.json");
  const lock = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, Locked> };
  const { gypfile, hasInstallScript } = lock.packages["node_modules/better-sqlite3"]!;
  // npm leaves the line out when it writes the lock anew: put `"gypfile": false` in the place of `"hasInstallScript": true`.
  expect({ gypfile, hasInstallScript }).toEqual({ gypfile: false, hasInstallScript: undefined });
});
