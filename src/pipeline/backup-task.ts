// pipeline: the heavy part of a backup or a restore: copies, sums, the whole chain. Takes a task; its errors have names.
import type { BackupProgress } from "../model/backup.ts";
import { type BackupContent, copyStore } from "../store/backup.ts";
import { prepareRestore } from "../store/restore.ts";
import { toStoreError } from "../store/sqlite-error.ts";
import { toFileError } from "../store/whole-file.ts";
import type { BackupTask } from "./backup-thread.ts";

/** Of a copy, what the manifest says of it. @throws AppError */
export async function runBackupTask(task: BackupTask, onProgress: BackupProgress): Promise<BackupContent | undefined> {
  try {
    if (task.kind === "copy") return await copyStore(task.store, task.folder, onProgress);
    prepareRestore(task, onProgress);
    return undefined;
  } catch (error) {
    throw toFileError(toStoreError(error, task.kind === "copy" ? task.store : task.from), task.folder);
  }
}
