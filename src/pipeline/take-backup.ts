// pipeline: a store -> a backup in a folder. It has its name only when all of it is there, verified and on the disk.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import { packageVersion } from "../lib/package-root.ts";
import { AppError } from "../model/app-error.ts";
import type { BackupManifest, BackupProgress } from "../model/backup.ts";
import { backupFolderName, listBackups, writeManifest } from "../store/backup-manifest.ts";
import { syncPath, toFileError } from "../store/whole-file.ts";
import { type RunBackupTask, runBackupThread } from "./backup-thread.ts";

export interface BackupOptions {
  store: string;
  /** Folder of backups; made where it is missing. */
  to: string;
  /** Backups of this trail that stay, this one among them; undefined: all. */
  keep: number | undefined;
  clock: Clock;
  onProgress: BackupProgress;
  signal: AbortSignal;
  /** Without it, in a thread of its own. */
  runTask?: RunBackupTask;
}

export interface TakenBackup {
  folder: string;
  manifest: BackupManifest;
  /** Older backups that are gone. */
  removed: string[];
}

/** One that was killed cannot clean up; by then it is surely dead. */
const leftoverMs = 24 * 3_600_000;

/** @throws usage.argument, store errors, verify.failed; the signal's reason */
export async function takeBackup(options: BackupOptions): Promise<TakenBackup> {
  const { store, to, keep, clock, onProgress, signal, runTask = runBackupThread } = options;
  const taken_at = toTimestamp(clock.now());
  prepareFolder(to, clock.now());
  const folder = join(to, backupFolderName(taken_at));
  refuseToReplace(folder);
  const part = join(to, `.audit-overlay-${process.pid}-${clock.now()}.part`);
  try {
    const content = await runTask({ kind: "copy", store, folder: part }, onProgress, signal);
    if (content === undefined) throw new Error("bug: a copy without content");
    const { format, format_version, ...rest } = content;
    const manifest = { format, format_version, version: packageVersion, taken_at, ...rest };
    writeManifest(part, manifest);
    // Somebody may have made one meanwhile. Onto a folder with something in it nothing can be renamed.
    refuseToReplace(folder);
    renameSync(part, folder);
    syncPath(to);
    return { folder, manifest, removed: keep === undefined ? [] : removeOlder(folder, manifest.trail, keep) };
  } catch (error) {
    throw toFileError(error, to);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function prepareFolder(to: string, now: number): void {
  try {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(to)) {
      const path = join(to, name);
      if (/^\.audit-overlay-\d+-\d+\.part$/.test(name) && now - statSync(path).mtimeMs > leftoverMs)
        rmSync(path, { recursive: true });
    }
  } catch (error) {
    throw new AppError("store.write_failed", `cannot use ${to}: ${(error as Error).message}`, {
      hint: "--to is a folder, made where it is missing; each backup is a folder in it. Check its permissions.",
      cause: error,
    });
  }
}

function refuseToReplace(folder: string): void {
  if (!existsSync(folder)) return;
  throw new AppError("usage.argument", `${folder} is there already`, {
    hint: "A backup never replaces another one; wait a second.",
  });
}

/** Only what this command made, only of the same trail, and never the one just made: a clock that was put back makes it the oldest. */
function removeOlder(made: string, trail: string | null, keep: number): string[] {
  const to = dirname(made);
  const others = listBackups(to, trail).filter((name) => name !== basename(made));
  const older = others.slice(0, Math.max(0, others.length - (keep - 1))).map((name) => join(to, name));
  for (const path of older) rmSync(path, { recursive: true });
  return older;
}
