// The reviewed schema is the one a new store gets.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dumpStoreSchema, readSnapshot } from "../../scripts/store-snapshot.ts";
import { packageRoot } from "../../src/lib/package-root.ts";

it("schema/store/snapshot.sql is the schema of a new store; if not, run: node scripts/store-snapshot.ts", () => {
  expect(readSnapshot()).toBe(dumpStoreSchema());
});

it("node scripts/store-snapshot.ts --check says the same", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(packageRoot, "scripts", "store-snapshot.ts"), "--check"],
    { encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
