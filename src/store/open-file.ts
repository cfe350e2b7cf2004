// store: a store file for reading, once it is known to be one.
import { statSync } from "node:fs";
import Database from "better-sqlite3";
import { AppError } from "../model/app-error.ts";
import { compileWhenUsed } from "./compile-when-used.ts";
import { checkNotNewer, readSchemaVersion } from "./migrations.ts";
import { withStoreErrors } from "./sqlite-error.ts";

/** Compiled, never run: a schema without one of these is damaged, and is called so before anything is asked. */
const everyTable = [
  "source",
  "ledger_entry",
  "change_event",
  "business_event",
  "business_event_superseded",
  "business_event_change",
  "business_event_earlier",
  "prepared_transaction",
  "prepared_change",
  "posted_change",
  "checkpoint",
  "capture_state",
  "current_business_event",
]
  .map((table) => `SELECT 1 FROM ${table}`)
  .join(" UNION ALL ");

/** A read-only connection of its own; the writer is neither blocked nor waited for. @throws store.missing, store.newer, store.damaged */
export function openStoreFile(path: string): Database.Database {
  return withStoreErrors(path, () => {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
      throw new AppError("store.missing", `there is no store at ${path}`, {
        hint: "Give its path with --store or AUDIT_STORE; `auditctl run` creates one, `auditctl demo` makes one to try.",
      });
    }
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const version = readSchemaVersion(db, path);
      checkNotNewer(version, path);
      if (version === 0) {
        throw new AppError("store.missing", `${path} is empty`, { hint: "`auditctl run` fills it." });
      }
      db.prepare(everyTable);
      return compileWhenUsed(db);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}
