// pipeline: copying and verifying a store in a thread of its own, so that Ctrl-C is heard meanwhile. Takes a task, gives what the
// thread made of it.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AppError, type ErrorJson } from "../model/app-error.ts";
import type { BackupManifest, BackupPhase, BackupProgress } from "../model/backup.ts";
import type { BackupContent } from "../store/backup.ts";
import type { Restoration } from "../store/restore.ts";

/** `copy`: a store into a new folder. `prepare`: a backup into files that are ready to be put in place. */
export type BackupTask =
  | { kind: "copy"; store: string; folder: string }
  | { kind: "prepare"; from: string; manifest: BackupManifest; folder: string; restoration: Restoration };

export type BackupMessage =
  | { kind: "progress"; phase: BackupPhase; done: number; total: number }
  | { kind: "done"; content: BackupContent | undefined }
  | { kind: "failed"; error: ErrorJson };

/** How a task is done. */
export type RunBackupTask = typeof runBackupThread;

/** Of the `copy`, what the manifest says of it. @throws AppError; the signal's reason, when the thread has ended */
export async function runBackupThread(
  task: BackupTask,
  onProgress: BackupProgress,
  signal: AbortSignal,
): Promise<BackupContent | undefined> {
  signal.throwIfAborted();
  const worker = new Worker(new URL(`backup-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: task satisfies BackupTask,
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      let outcome = (): void => reject(signal.reason ?? new Error("bug: the backup thread ended without a word"));
      worker.on("message", (message: BackupMessage) => {
        if (message.kind === "progress") onProgress(message.phase, message.done, message.total);
        else if (message.kind === "failed") outcome = () => reject(AppError.fromJSON(message.error));
        else outcome = () => resolve(message.content);
      });
      worker.once("error", (error) => (outcome = () => reject(error)));
      // Not before: what it has open must be closed.
      worker.once("exit", () => outcome());
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
