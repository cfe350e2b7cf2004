// store: the manifest of a backup, and the backups in a folder. What is read was perhaps changed by others: it is checked.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../model/app-error.ts";
import {
  type BackupManifest,
  backupFiles,
  backupFormatVersion,
  backupManifestSchema,
  manifestName,
} from "../model/backup.ts";
import { schemaOf } from "./backup.ts";
import { newestSchema } from "./migrations.ts";
import { syncPath } from "./whole-file.ts";

const folderName = /^audit-overlay-\d{4}-\d\d-\d\dT\d{6}Z$/;

/** `audit-overlay-2026-11-21T120000Z`: sorts by time, and every file system takes it. */
export function backupFolderName(takenAt: string): string {
  return `audit-overlay-${compactTime(takenAt)}`;
}

export function compactTime(timestamp: string): string {
  return `${timestamp.slice(0, 19).replaceAll(":", "")}Z`;
}

export function writeManifest(folder: string, manifest: BackupManifest): void {
  const path = join(folder, manifestName);
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  syncPath(path);
  syncPath(folder);
}

/** @throws store.missing, store.damaged, store.newer */
export function readManifest(folder: string): BackupManifest {
  const path = join(folder, manifestName);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw noBackup(folder);
  const manifest = parseManifest(readFileSync(path, "utf8"));
  if (typeof manifest === "string") {
    throw new AppError("store.damaged", `${path} is not the manifest of a backup: ${manifest}`, {
      hint: "Take another backup, or restore this one's `ledger.db` by hand: docs/backup.md says how.",
    });
  }
  const newer = manifest.files.find(({ name, schema }) => schema > newestSchema(schemaOf[whatOf(name)]));
  if (newer !== undefined || manifest.format_version > backupFormatVersion) {
    throw new AppError(
      "store.newer",
      `${folder} was made by audit-overlay ${manifest.version}, which is newer than this program`,
      {
        hint: "Install that version, or a newer one, and restore with it. Nothing was done.",
      },
    );
  }
  return manifest;
}

const whatOf = (wanted: BackupManifest["files"][number]["name"]) =>
  backupFiles.find(({ name }) => name === wanted)!.what;

/** What is wrong, in words, where it is none. */
function parseManifest(text: string): BackupManifest | string {
  try {
    const parsed = backupManifestSchema.safeParse(JSON.parse(text));
    if (!parsed.success)
      return parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
    const hasLedger = parsed.data.files.some(({ name }) => name === "ledger.db");
    return hasLedger ? parsed.data : "it names no ledger.db";
  } catch (error) {
    return (error as Error).message;
  }
}

function noBackup(folder: string): AppError {
  const inside = listBackups(folder).at(-1);
  return new AppError("store.missing", `${folder} is not a backup: it has no ${manifestName}`, {
    hint:
      inside === undefined
        ? "Give the folder that `auditctl backup` made."
        : `The newest backup in it is ${join(folder, inside)}.`,
  });
}

/** Names of the backups in a folder, the oldest first; of one trail, where it is given. */
export function listBackups(folder: string, trail?: string | null): string[] {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
  return names
    .filter((name) => folderName.test(name))
    .filter((name) => {
      const path = join(folder, name, manifestName);
      if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
      const manifest = parseManifest(readFileSync(path, "utf8"));
      return typeof manifest !== "string" && (trail === undefined || manifest.trail === trail);
    })
    .sort();
}
