// Writes schema/store/snapshot.sql: the schema of a freshly migrated store, so that a review shows what a migration does.
// With --check it writes nothing, and exits 1 when the file is not up to date.
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { packageRoot } from "../src/lib/package-root.ts";
import { openStore } from "../src/store/open-store.ts";

export const snapshotPath: string = join(packageRoot, "schema", "store", "snapshot.sql");

/** The schema as SQLite keeps it, sorted by kind and name. */
export function dumpStoreSchema(): string {
  const folder = mkdtempSync(join(tmpdir(), "audit-overlay-"));
  using cleanup = new DisposableStack();
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "store.db");
  openStore(path)[Symbol.dispose]();
  const db = cleanup.adopt(new Database(path, { readonly: true }), (open) => open.close());
  const version = String(db.pragma("user_version", { simple: true }));
  const statements = db
    .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
    .pluck()
    .all();
  return [
    "-- The schema of a freshly migrated store. Generated: node scripts/store-snapshot.ts",
    `PRAGMA user_version = ${version};`,
    ...statements.map((sql) => `\n${sql};`),
    "",
  ].join("\n");
}

function runAsProgram(args: readonly string[]): number {
  const schema = dumpStoreSchema();
  if (!args.includes("--check")) {
    writeFileSync(snapshotPath, schema);
    return 0;
  }
  if (readSnapshot() === schema) return 0;
  process.stderr.write(
    "schema/store/snapshot.sql is not the schema of a new store. Run: node scripts/store-snapshot.ts\n",
  );
  return 1;
}

export function readSnapshot(): string {
  try {
    return readFileSync(snapshotPath, "utf8");
  } catch {
    return "";
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) {
  process.exitCode = runAsProgram(process.argv.slice(2));
}
