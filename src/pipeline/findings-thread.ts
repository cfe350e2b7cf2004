// pipeline: the slow lane of `run` in a thread of its own: detection, words, alerts. Resolves when it is told to stop.
// A thread, so that nothing that is made of the trail ever holds up the log, or an answer.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AppError, type ErrorJson } from "../model/app-error.ts";
import type { Config } from "../model/config.ts";
import type { ThreadListener, ThreadMessage } from "./thread-log.ts";

/** What the thread is started with: plain data. */
export interface FindingsTask {
  config: Config;
  version: string;
}

/** `model_called`: a question to a model waits for its entry in the chain. */
export type FindingsMessage = { kind: "model_called" } | { kind: "failed"; error: ErrorJson } | ThreadMessage;

export interface FindingsThreadOptions extends FindingsTask, ThreadListener {
  onModelCalled: () => void;
  signal: AbortSignal;
}

/** A lane that does not end by then is cut off: each goes on where its file says. */
const stopMs = 5_000;

/** @throws AppError when it cannot go on; the trail itself does not depend on it */
export async function runFindingsThread({
  onModelCalled,
  onMeasured,
  onLogged,
  signal,
  ...task
}: FindingsThreadOptions): Promise<void> {
  if (signal.aborted) return;
  const worker = new Worker(new URL(`findings-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: task satisfies FindingsTask,
  });
  let cut: NodeJS.Timeout | undefined;
  const stop = (): void => {
    worker.postMessage("stop");
    cut = setTimeout(() => void worker.terminate(), stopMs);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (message: FindingsMessage) => {
        if (message.kind === "failed") reject(AppError.fromJSON(message.error));
        else if (message.kind === "measured") onMeasured(message.samples);
        else if (message.kind === "logged") onLogged(message.line);
        else onModelCalled();
      });
      worker.once("error", reject);
      worker.once("exit", () => resolve());
    });
  } finally {
    clearTimeout(cut);
    signal.removeEventListener("abort", stop);
  }
}
