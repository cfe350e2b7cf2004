// pipeline: a backup -> the store in its place. Everything is checked on a copy beside the store before anything there is moved.
import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import { type BackupManifest, type BackupProgress, manifestName } from "../model/backup.ts";
import { readManifest } from "../store/backup-manifest.ts";
import { openRestorePlace } from "../store/place-restored.ts";
import { toFileError } from "../store/whole-file.ts";
import { type RunBackupTask, runBackupThread } from "./backup-thread.ts";

export interface RestoreOptions {
  /** The folder of one backup, or its manifest. */
  from: string;
  store: string;
  /** Put a store that is there aside. */
  force: boolean;
  /** Who does it. */
  by: string;
  clock: Clock;
  onProgress: BackupProgress;
  signal: AbortSignal;
  /** Without it, in a thread of its own. */
  runTask?: RunBackupTask;
}

export interface Restored {
  store: string;
  manifest: BackupManifest;
  /** Where the store that was there is now; null: there was none. */
  put_aside: string | null;
}

/** @throws usage.argument, store errors, verify.failed; the signal's reason */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { store, force, by, clock, onProgress, signal, runTask = runBackupThread } = options;
  try {
    const isManifest =
      basename(options.from) === manifestName && statSync(options.from, { throwIfNoEntry: false })?.isFile();
    const from = isManifest === true ? dirname(options.from) : options.from;
    const manifest = readManifest(from);
    using place = openRestorePlace(store, force);
    const restored_at = toTimestamp(clock.now());
    const restoration = { restored_at, by, replaced: place.replaces };
    await runTask({ kind: "prepare", from, manifest, folder: place.folder, restoration }, onProgress, signal);
    // From here on it takes no time, and is not stopped half way.
    return { store, manifest, put_aside: place.put(manifest.files, restored_at) ?? null };
  } catch (error) {
    throw toFileError(error, store);
  }
}
