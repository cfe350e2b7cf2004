// store: a database for writing. One that is new is its owner's alone, and so is what SQLite puts beside it: a trail holds
// what the database's own grants kept from most.
import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";

/** A file that is there keeps its mode, which may have been widened on purpose. */
export function openPrivate(path: string, options: Database.Options = {}): Database.Database {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // It is there, or cannot be made: SQLite says which.
  }
  return new Database(path, options);
}
