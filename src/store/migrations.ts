// store: brings a database file to the newest schema. Takes the numbered SQL files of schema/store, forward only.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type Database from "better-sqlite3";
import { packageRoot } from "../lib/package-root.ts";
import { AppError } from "../model/app-error.ts";

/** "AUOV": marks the file as ours in SQLite's header. */
export const applicationId = 0x41554f56;
const migrationFolder = join(packageRoot, "schema", "store");

interface Migration {
  version: number;
  sql: string;
}

export function listMigrations(): Migration[] {
  return readdirSync(migrationFolder)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), sql: readFileSync(join(migrationFolder, name), "utf8") }));
}

/** Schema version of the file: 0 when empty. @throws store.damaged when the file is some other SQLite database. */
export function readSchemaVersion(db: Database.Database, path: string): number {
  // In one read transaction: between two questions another process may have made the schema.
  const { version, owner, tables } = db.transaction(() => ({
    version: db.pragma("user_version", { simple: true }) as number,
    owner: db.pragma("application_id", { simple: true }) as number,
    tables: db.prepare<[], { n: number }>("SELECT count(*) AS n FROM sqlite_schema").get()?.n ?? 0,
  }))();
  if (owner !== applicationId && (tables > 0 || version > 0)) {
    throw new AppError("store.damaged", `${path} is a SQLite file, but not a store of audit-overlay`, {
      hint: "Give another path with --store or AUDIT_STORE.",
    });
  }
  return version;
}

/** @throws store.newer when the file is ahead of this program. */
export function checkNotNewer(version: number, path: string): void {
  const newest = listMigrations().at(-1)?.version ?? 0;
  if (version <= newest) return;
  throw new AppError("store.newer", `${path} has schema ${version}, this program knows up to ${newest}`, {
    hint: "Install the version of audit-overlay that wrote it, or a newer one. The file was left as it is.",
  });
}

export function migrate(db: Database.Database, path: string): void {
  const version = readSchemaVersion(db, path);
  checkNotNewer(version, path);
  for (const migration of listMigrations()) {
    if (migration.version <= version) continue;
    db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${migration.version}`);
    })();
  }
}
