// pipeline: the inside of the thread that copies and verifies a store.
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../lib/assert.ts";
import { AppError } from "../model/app-error.ts";
import type { BackupProgress } from "../model/backup.ts";
import { runBackupTask } from "./backup-task.ts";
import type { BackupMessage, BackupTask } from "./backup-thread.ts";

assert(parentPort !== null, "the backup worker runs in a thread");
const port = parentPort;
const tell = (message: BackupMessage): void => port.postMessage(message);
const onProgress: BackupProgress = (phase, done, total) => tell({ kind: "progress", phase, done, total });

try {
  tell({ kind: "done", content: await runBackupTask(workerData as BackupTask, onProgress) });
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ kind: "failed", error: error.toJSON().error });
}
