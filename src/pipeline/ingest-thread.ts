// pipeline: ingest in a thread of its own. Takes settings, resolves after a graceful stop; rejects with what stopped it.
// A thread, so that a slow query of this process never holds up the log, and the log never a query.
import { extname } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { AppError, type ErrorJson } from "../model/app-error.ts";
import type { CaptureState } from "../model/capture-state.ts";
import type { Config, SourceConnection } from "../model/config.ts";
import type { IngestSink } from "../model/ingest.ts";
import type { Checkpoint } from "../model/raw-transaction.ts";
import { createPostClient, type PostAnswer, type PostOrder } from "./post-client.ts";
import type { ThreadListener, ThreadMessage } from "./thread-log.ts";

/** What the thread is started with: plain data. */
export interface IngestTask {
  config: Config;
  connection: SourceConnection;
  version: string;
  /** Record a gap and read on from the oldest change the server still has. */
  acceptGap: boolean;
}

/** What the thread tells, in this order: `opened`, states, and `failed` where it fails. */
export type IngestMessage =
  | { kind: "opened"; checkpoint: Checkpoint | undefined }
  | { kind: "state"; state: CaptureState }
  | { kind: "failed"; error: ErrorJson }
  | PostAnswer
  | ThreadMessage;

/** What the thread is told. */
export type IngestOrder = "stop" | "reload" | "model_called" | PostOrder;

export interface IngestThreadOptions extends IngestTask, ThreadListener {
  /** The store is open, and goes on from here. */
  onOpened: (checkpoint: Checkpoint | undefined) => void;
  onState: (state: CaptureState) => void;
  /** Given, once, a way to have the rule packs read again. */
  onReloadable: (reload: () => void) => void;
  /** Given, once, a way to have questions to a model put into the chain. */
  onChainable?: (chainModelCalls: () => void) => void;
  /** Given, once, a way to post changes from elsewhere into the same trail; they are stored between transactions. */
  onIngestable?: (sink: IngestSink) => void;
  signal: AbortSignal;
}

/**
 * What is read becomes garbage at once, some 10 KB a row. Left to itself V8 lets both its heaps grow before it collects, and
 * a transaction of a million rows takes 430 MB; so it takes about 200 and no longer (`npm run test:faults -- --only 31`).
 */
const youngGenerationMb = 16;
setFlagsFromString("--heap-growing-percent=30");

/** @throws AppError when a person is needed; the state in the store says the same. */
export async function runIngestThread({
  onOpened,
  onState,
  onReloadable,
  onChainable,
  onIngestable,
  onLogged,
  onMeasured,
  signal,
  ...task
}: IngestThreadOptions): Promise<void> {
  const worker = new Worker(new URL(`ingest-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: task satisfies IngestTask,
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
  });
  const order = (what: IngestOrder): void => worker.postMessage(what);
  const stop = (): void => order("stop");
  onReloadable(() => order("reload"));
  onChainable?.(() => order("model_called"));
  const posts = createPostClient(order);
  onIngestable?.(posts);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (message: IngestMessage) => {
        if (message.kind === "opened") onOpened(message.checkpoint);
        else if (message.kind === "state") onState(message.state);
        else if (message.kind === "logged") onLogged(message.line);
        else if (message.kind === "measured") onMeasured(message.samples);
        else if (message.kind === "posted" || message.kind === "refused") posts.take(message);
        else reject(AppError.fromJSON(message.error));
      });
      worker.once("error", reject);
      worker.once("exit", () => resolve());
    });
  } finally {
    signal.removeEventListener("abort", stop);
    posts.close();
  }
}
