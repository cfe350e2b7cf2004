// store: a backup -> files that are ready to be put in a store's place: the bytes that were backed up, verified, at this program's
// schema, and with the restore itself in the chain.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../model/app-error.ts";
import type { BackupManifest, BackupProgress, RestoredDetail } from "../model/backup.ts";
import { checkRoom, damaged, verifyCopy } from "./backup.ts";
import { findFault, withoutLog } from "./copy-database.ts";
import { openStore } from "./open-store.ts";
import { hashFile, syncPath } from "./whole-file.ts";

/** What the chain keeps of a restore. */
export interface Restoration {
  restored_at: string;
  /** `local` and the operating system's user. */
  by: string;
  /** A store that was there was put aside. */
  replaced: boolean;
}

export interface RestoreTask {
  from: string;
  manifest: BackupManifest;
  /** There already, and empty. */
  folder: string;
  restoration: Restoration;
}

/** @throws store.damaged where a sum does not hold, verify.failed, store.write_failed */
export function prepareRestore({ from, manifest, folder, restoration }: RestoreTask, onProgress: BackupProgress): void {
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  checkRoom(folder, total);
  let done = 0;
  for (const { name, sha256, bytes } of manifest.files) {
    if (!existsSync(join(from, name))) throw changed(join(from, name));
    const before = done;
    const found = hashFile(
      join(from, name),
      (read) => onProgress("copying", Math.min(total, before + read), total),
      join(folder, name),
    );
    done += bytes;
    if (found !== sha256) throw changed(join(from, name));
  }
  const ledger = join(folder, "ledger.db");
  verifyCopy(ledger, onProgress, manifest.head);
  for (const { name } of manifest.files.filter((file) => file.name !== "ledger.db")) {
    const fault = findFault(join(folder, name));
    if (fault !== undefined) throw damaged(join(from, name), fault);
  }
  noteRestore(ledger, manifest, restoration);
  for (const { name } of manifest.files) syncPath(join(folder, name));
}

function noteRestore(ledger: string, manifest: BackupManifest, { restored_at, by, replaced }: Restoration): void {
  const { taken_at, head, version } = manifest;
  {
    using store = openStore(ledger);
    store.note("config", { restored: { taken_at, head, version, by, replaced } } satisfies RestoredDetail, restored_at);
    // What it was doing when the copy was taken says nothing now.
    store.putState({ state: "STOPPED", since: restored_at, reason: "restored from a backup", hint: null }, null);
  }
  withoutLog(ledger);
  rmSync(`${ledger}-lock`, { force: true });
}

function changed(path: string): AppError {
  return new AppError(
    "store.damaged",
    `${path} is gone, or not what was backed up: its SHA-256 is not that of the manifest`,
    {
      hint: "It was changed or damaged since. Restore another backup; keep this one as evidence. Nothing was done to the store.",
    },
  );
}
