// store: brings a database file to the newest schema. Takes the numbered SQL files of its schema's folder, forward only.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type Database from "better-sqlite3";
import { packageRoot } from "../lib/package-root.ts";
import { AppError } from "../model/app-error.ts";

export interface Schema {
  folder: string;
  /** Marks the file as ours in SQLite's header. */
  applicationId: number;
  what: string;
}

export const storeSchema: Schema = {
  folder: join(packageRoot, "schema", "store"),
  // "AUOV"
  applicationId: 0x41554f56,
  what: "store",
};

/** The file beside the store, for what several processes write. */
export const serviceSchema: Schema = {
  folder: join(packageRoot, "schema", "service"),
  // "AUOS"
  applicationId: 0x41554f53,
  what: "service file",
};

/** The file beside the store, for anomalies, words and alerts. */
export const findingsSchema: Schema = {
  folder: join(packageRoot, "schema", "findings"),
  // "AUOF"
  applicationId: 0x41554f46,
  what: "findings file",
};

interface Migration {
  version: number;
  sql: string;
}

function listMigrations({ folder }: Schema): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), sql: readFileSync(join(folder, name), "utf8") }));
}

/** Schema version of the file: 0 when empty. @throws store.damaged when the file is some other SQLite database. */
export function readSchemaVersion(db: Database.Database, path: string, schema: Schema = storeSchema): number {
  // In one transaction: the writer may be creating the schema at this moment.
  const { version, owner, tables } = db.transaction(() => ({
    version: db.pragma("user_version", { simple: true }) as number,
    owner: db.pragma("application_id", { simple: true }) as number,
    tables: db.prepare<[], { n: number }>("SELECT count(*) AS n FROM sqlite_schema").get()?.n ?? 0,
  }))();
  if (owner !== schema.applicationId && (tables > 0 || version > 0)) {
    throw new AppError("store.damaged", `${path} is a SQLite file, but not a ${schema.what} of audit-overlay`, {
      hint: "Give another path with --store or AUDIT_STORE.",
    });
  }
  return version;
}

/** What this program migrates to. */
export function newestSchema(schema: Schema): number {
  return listMigrations(schema).at(-1)?.version ?? 0;
}

/** @throws store.newer when the file is ahead of this program. */
export function checkNotNewer(version: number, path: string, schema: Schema = storeSchema): void {
  const newest = newestSchema(schema);
  if (version <= newest) return;
  throw new AppError("store.newer", `${path} has schema ${version}, this program knows up to ${newest}`, {
    hint: "Install the version of audit-overlay that wrote it, or a newer one. The file was left as it is.",
  });
}

export function migrate(db: Database.Database, path: string, schema: Schema = storeSchema): void {
  const version = readSchemaVersion(db, path, schema);
  checkNotNewer(version, path, schema);
  for (const migration of listMigrations(schema)) {
    if (migration.version <= version) continue;
    db.transaction(() => {
      // Another process may have been here since: the service file has several writers.
      if (migration.version <= readSchemaVersion(db, path, schema)) return;
      db.exec(migration.sql);
      db.pragma(`application_id = ${schema.applicationId}`);
      db.pragma(`user_version = ${migration.version}`);
    }).immediate();
  }
}
