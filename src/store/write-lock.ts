// store: one writer per store. The lock is SQLite's own file lock on "<store>-lock", held by an open exclusive
// transaction: the operating system lets go of it when the process dies, however it dies, so no stale lock is possible.
import { openPrivate } from "./open-private.ts";

/** @throws SqliteError SQLITE_BUSY when another process holds it. */
export function acquireWriteLock(storePath: string): Disposable {
  const lock = openPrivate(`${storePath}-lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}
