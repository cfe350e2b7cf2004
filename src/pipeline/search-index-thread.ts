// pipeline: the search index of a service, kept up to date in a thread of its own, so that it holds up neither the log nor an
// answer. Resolves when it is told to stop; without it searches stay right, and get slower.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AppError, type ErrorJson } from "../model/app-error.ts";

/** What the thread is started with: plain data. */
export interface SearchIndexTask {
  store: string;
  /** How often it looks for what is new. */
  intervalMs: number;
}

export type SearchIndexMessage = { kind: "unwritable" } | { kind: "failed"; error: ErrorJson };

export interface SearchIndexThreadOptions {
  store: string;
  intervalMs?: number;
  /** Told once: the folder cannot be written, or a file of that name is not ours. */
  onUnwritable: () => void;
  signal: AbortSignal;
}

const usualIntervalMs = 1_000;

/** @throws AppError of the store itself: start it again later, a store that is not there yet may come */
export async function runSearchIndexThread({
  store,
  intervalMs = usualIntervalMs,
  onUnwritable,
  signal,
}: SearchIndexThreadOptions): Promise<void> {
  if (signal.aborted) return;
  const worker = new Worker(new URL(`search-index-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: { store, intervalMs } satisfies SearchIndexTask,
  });
  const stop = (): void => worker.postMessage("stop");
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (message: SearchIndexMessage) => {
        if (message.kind === "failed") reject(AppError.fromJSON(message.error));
        else onUnwritable();
      });
      worker.once("error", reject);
      worker.once("exit", () => resolve());
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
