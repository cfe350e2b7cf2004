// store: puts prepared files in a store's place. What was there is renamed, never deleted. While files are being moved a mark beside
// the store keeps `run` from beginning a new trail there: killed in the middle, the same restore is simply run again.
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import "../lib/disposable-stack.ts";
import { AppError } from "../model/app-error.ts";
import { type BackupManifest, backupFiles } from "../model/backup.ts";
import { compactTime } from "./backup-manifest.ts";
import { lockDetection } from "./detection-lock.ts";
import { restoreMark } from "./restore-mark.ts";
import { toStoreError } from "./sqlite-error.ts";
import { syncPath } from "./whole-file.ts";
import { acquireWriteLock } from "./write-lock.ts";

export interface RestorePlace extends Disposable {
  /** An empty folder beside the store. */
  folder: string;
  /** Is there something that would be put aside? */
  replaces: boolean;
  /** Gives the path that the old store has from now on; undefined where there was none. */
  put(files: BackupManifest["files"], at: string): string | undefined;
}

const logSuffixes = ["", "-wal", "-shm"];

/** Nobody else may have the store open until this is disposed of. @throws store.in_use; usage.argument without `force` */
export function openRestorePlace(store: string, force: boolean): RestorePlace {
  using cleanup = new DisposableStack();
  mkdirSync(dirname(store), { recursive: true });
  const replaces = filesOf(store).length > 0;
  if (replaces && !force && !existsSync(restoreMark(store))) {
    throw new AppError("usage.argument", `there is a store at ${store}`, {
      hint: "Give another path with --store; --force puts the one that is there aside, under another name.",
    });
  }
  try {
    cleanup.use(acquireWriteLock(store));
    cleanup.use(lockDetection(store));
    for (const { suffix } of backupFiles) checkUnused(`${store}${suffix}`);
  } catch (error) {
    const readable = toStoreError(error, store);
    if (!(readable instanceof AppError) || readable.code !== "store.in_use") throw readable;
    throw new AppError("store.in_use", `another process has ${store} open`, {
      hint: "Stop `auditctl run`, `serve` and `mcp` on it first. Nothing was done.",
      cause: error,
    });
  }
  const folder = `${store}-restoring.d`;
  // Of one that was killed: the lock says that it is dead.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const owner = ownerOf(store);
  const owned = cleanup.move();
  return {
    folder,
    replaces,
    put: (files, at) => putInPlace({ store, folder, files, at, owner }),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

function filesOf(store: string): string[] {
  return backupFiles
    .flatMap(({ suffix }) => logSuffixes.map((log) => `${suffix}${log}`))
    .filter((suffix) => existsSync(`${store}${suffix}`));
}

/** SQLite gives a file to one connection alone only when nobody else has it open, be it for reading. */
function checkUnused(path: string): void {
  if (!existsSync(path)) return;
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(path, { timeout: 0 }), (open) => open.close());
  try {
    db.pragma("locking_mode = EXCLUSIVE");
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
  } catch (error) {
    // Damaged, or no database at all: it is put aside as it is.
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) throw error;
  }
}

interface Placing {
  store: string;
  folder: string;
  files: BackupManifest["files"];
  at: string;
  owner: Owner | undefined;
}

function putInPlace({ store, folder, files, at, owner }: Placing): string | undefined {
  const mark = restoreMark(store);
  const aside = freeName(`${store}.before-${compactTime(at)}`);
  // What may be refused comes before anything is moved.
  if (owner !== undefined) for (const { name } of files) chownSync(join(folder, name), owner.uid, owner.gid);
  writeFileSync(mark, `A restore of ${at} is putting files in place here. If it was killed, run it again.\n`, {
    mode: 0o600,
  });
  syncPath(dirname(store));
  const old = filesOf(store);
  for (const suffix of old) renameSync(`${store}${suffix}`, `${aside}${suffix}`);
  // The ledger last: with it the store is there.
  for (const { name, suffix } of backupFiles) {
    if (!files.some((file) => file.name === name)) continue;
    renameSync(join(folder, name), `${store}${suffix}`);
  }
  for (const lock of [`${store}-lock`, `${store}-findings-lock`])
    if (owner !== undefined && existsSync(lock)) chownSync(lock, owner.uid, owner.gid);
  syncPath(dirname(store));
  rmSync(mark);
  syncPath(dirname(store));
  return old.length === 0 ? undefined : aside;
}

interface Owner {
  uid: number;
  gid: number;
}

/** Restored by the superuser, the files belong to whom the old ones, or their folder, belonged: `run` must be able to write them. */
function ownerOf(store: string): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(existsSync(store) ? store : dirname(store));
  return { uid, gid };
}

function freeName(wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(name) && filesOf(name).length === 0) return name;
  }
}
