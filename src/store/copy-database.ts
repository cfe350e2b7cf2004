// store: one SQLite file -> a copy of it as of one moment, page for page, while others write it.
import { chmodSync } from "node:fs";
import Database from "better-sqlite3";
import "../lib/disposable-stack.ts";

/** 4 MiB between two looks at the progress. */
const stepPages = 1_024;

/**
 * The read transaction is what makes it end: without one the copy begins anew at every commit of another process. Nobody waits
 * for it; until it ends, SQLite cannot take commits out of the write-ahead log, so that file grows by what is written meanwhile.
 * The copy is one file without a write-ahead log: it can be read where nothing can be written.
 */
export async function copyDatabase(from: string, to: string, onProgress: (bytes: number) => void): Promise<void> {
  using cleanup = new DisposableStack();
  const source = cleanup.adopt(new Database(from, { readonly: true, fileMustExist: true }), (db) => db.close());
  source.exec("BEGIN");
  source.prepare("SELECT count(*) FROM sqlite_schema").get();
  const pageBytes = source.pragma("page_size", { simple: true }) as number;
  await source.backup(to, {
    progress({ totalPages, remainingPages }) {
      onProgress((totalPages - remainingPages) * pageBytes);
      return stepPages;
    },
  });
  chmodSync(to, 0o600);
  withoutLog(to);
}

/** What is in its write-ahead log goes into the file, and the log goes. */
export function withoutLog(path: string): void {
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(path), (open) => open.close());
  db.pragma("journal_mode = DELETE");
}

/** What SQLite's own check finds; undefined when all is well. */
export function findFault(path: string): string | undefined {
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(path, { readonly: true }), (open) => open.close());
  const first = db.pragma("integrity_check(1)", { simple: true }) as string;
  return first === "ok" ? undefined : first;
}
