// store: opens a store file. `openStore` for the one writer (creates and migrates), `openStoreReader` for everyone else.
import "../lib/disposable-stack.ts";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { AppError } from "../model/app-error.ts";
import { createLedgerWriter, type LedgerWriter } from "./ledger-writer.ts";
import { checkNotNewer, migrate, readSchemaVersion } from "./migrations.ts";
import { openStoreFile } from "./open-file.ts";
import { openPrivate } from "./open-private.ts";
import { checkNotRestoring } from "./restore-mark.ts";
import { withStoreErrors } from "./sqlite-error.ts";
import { createStoreReader, type StoreReader } from "./store-reader.ts";
import { acquireWriteLock } from "./write-lock.ts";

const logBytesMax = 64 * 1_048_576;
/** A reader in the middle of a long answer does not hold up a stop. */
const emptyLogMs = 500;

export type OpenLedgerWriter = LedgerWriter & Disposable;

/** @throws store.in_use, store.newer, store.damaged, store.write_failed; each leaves the file as it was. */
export function openStore(path: string): OpenLedgerWriter {
  return withStoreErrors(path, () => {
    makeFolder(path);
    using cleanup = new DisposableStack();
    cleanup.use(acquireWriteLock(path));
    checkNotRestoring(path);
    const db = cleanup.adopt(openPrivate(path), (open) => open.close());
    // Look before the first write: a foreign or newer file must not even be switched to WAL.
    checkNotNewer(readSchemaVersion(db, path), path);
    db.pragma("journal_mode = WAL");
    // The checkpoint commits with the events, so what a power cut takes back is read again from the source.
    db.pragma("synchronous = NORMAL");
    // A long reading (a backup) lets the write-ahead log grow; afterwards the disk gets the room back.
    db.pragma(`journal_size_limit = ${logBytesMax}`);
    db.pragma("foreign_keys = ON");
    migrate(db, path);
    cleanup.defer(() => emptyLog(db));
    const writer = createLedgerWriter(db, path);
    const owned = cleanup.move();
    return { ...writer, [Symbol.dispose]: () => owned.dispose() };
  });
}

/**
 * Moves what is in the write-ahead log into the file. SQLite does it for the last one who closes, but not where that is a reader;
 * and a stopped store is copied by somebody who takes the file alone.
 */
function emptyLog(db: Database.Database): void {
  try {
    db.pragma(`busy_timeout = ${emptyLogMs}`);
    db.pragma("wal_checkpoint(TRUNCATE)");
  } catch {
    // What cannot be moved now (a full disk) stays where it is, as after a kill.
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new AppError("store.write_failed", `cannot make the folder of ${path}: ${(error as Error).message}`, {
      hint: "Check the path and its permissions, or give another one with --store or AUDIT_STORE.",
      cause: error,
    });
  }
}

/** Over a read-only connection of its own. @throws store.missing, store.newer, store.damaged */
export function openStoreReader(path: string): StoreReader {
  const db = openStoreFile(path);
  try {
    return withStoreErrors(path, () => createStoreReader(db, path));
  } catch (error) {
    db.close();
    throw error;
  }
}
