// pipeline: a thread that has a store only to take posts, where no log is read. Takes settings; gives where posts go.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AppError, type ErrorJson } from "../model/app-error.ts";
import type { Config } from "../model/config.ts";
import type { IngestSink } from "../model/ingest.ts";
import { createPostClient, type PostAnswer, type PostOrder } from "./post-client.ts";
import type { ThreadListener, ThreadMessage } from "./thread-log.ts";

/** What the thread is started with: plain data. */
export interface PostTask {
  config: Config;
  version: string;
}

export type PostThreadOptions = PostTask & ThreadListener;

export type PostThreadMessage = { kind: "opened" } | { kind: "failed"; error: ErrorJson } | PostAnswer | ThreadMessage;
export type PostThreadOrder = "stop" | "reload" | "model_called" | PostOrder;

export interface PostThread extends IngestSink, AsyncDisposable {
  /** Reads the rule packs again. */
  reload(): void;
  /** Has questions to a model put into the chain. */
  chainModelCalls(): void;
  /** Rejects with what stopped it, resolves when it was asked to. */
  readonly ended: Promise<void>;
}

/** Comes back when the store is open. @throws store.in_use and its kin, rules.invalid */
export async function openPostThread({ onLogged, onMeasured, ...task }: PostThreadOptions): Promise<PostThread> {
  const worker = new Worker(new URL(`post-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData: task satisfies PostTask,
  });
  const order = (what: PostThreadOrder): void => worker.postMessage(what);
  const posts = createPostClient(order);
  const opened = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      opened.reject(error);
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    worker.on("message", (message: PostThreadMessage) => {
      if (message.kind === "opened") opened.resolve();
      else if (message.kind === "failed") fail(AppError.fromJSON(message.error));
      else if (message.kind === "logged") onLogged(message.line);
      else if (message.kind === "measured") onMeasured(message.samples);
      else posts.take(message);
    });
    worker.once("error", fail);
    worker.once("exit", () => {
      posts.close();
      resolve();
    });
  });
  // Whoever waits for neither of them has been told by the other.
  ended.catch(() => {});
  await opened.promise;
  return {
    ingest: (post) => posts.ingest(post),
    waitingBytes: () => posts.waitingBytes(),
    reload: () => order("reload"),
    chainModelCalls: () => order("model_called"),
    ended,
    [Symbol.asyncDispose]: async () => {
      order("stop");
      await ended.catch(() => {});
    },
  };
}
