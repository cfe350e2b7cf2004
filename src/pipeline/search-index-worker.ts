// pipeline: the inside of the search index thread. Indexes batch by batch, then looks for more every so often, until it is told to stop.
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../lib/assert.ts";
import { AppError } from "../model/app-error.ts";
import { openSearchIndexer } from "../store/search-indexer.ts";
import type { SearchIndexMessage, SearchIndexTask } from "./search-index-thread.ts";

assert(parentPort !== null, "the search index worker runs in a thread");
const port = parentPort;
const tell = (message: SearchIndexMessage): void => port.postMessage(message);
const stop = new AbortController();
port.on("message", () => stop.abort());
// On Linux this is of the thread alone; elsewhere it would be of the whole process.
if (process.platform === "linux") setPriority(10);

try {
  const { store, intervalMs } = workerData as SearchIndexTask;
  using indexer = openSearchIndexer(store);
  let isTold = false;
  while (!stop.signal.aborted) {
    const step = indexer.step();
    if (step === "unwritable" && !isTold) tell({ kind: "unwritable" });
    isTold ||= step === "unwritable";
    const isBehind = typeof step !== "string" && step.done < step.of;
    // Also without a wait an order to stop must get through.
    await sleep(isBehind ? 0 : intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
  }
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  tell({ kind: "failed", error: error.toJSON().error });
} finally {
  // A port that is listened to keeps the thread alive.
  port.close();
}
