// pipeline: posts to the thread that has the store, and its answers. Takes a way to tell the thread; gives where posts go.
import { AppError, type ErrorJson } from "../model/app-error.ts";
import type { IngestPost, IngestReport, IngestSink } from "../model/ingest.ts";

export interface PostOrder {
  kind: "post";
  id: number;
  post: IngestPost;
}

export type PostAnswer =
  | { kind: "posted"; id: number; report: IngestReport }
  | { kind: "refused"; id: number; error: ErrorJson };

export interface PostClient extends IngestSink {
  take(answer: PostAnswer): void;
  /** The thread has ended: nothing is answered any more. */
  close(): void;
}

interface Pending {
  resolve: (report: IngestReport) => void;
  reject: (error: AppError) => void;
  bytes: number;
}

/** Posts under way at once; a large transaction that is being stored may hold them up. */
const pendingMax = 64;
const answerMs = 30_000;

/** What cannot be taken now may be sent again: nothing is stored twice. */
export function unavailable(message: string): AppError {
  return new AppError("service.busy", message, { hint: "Send the same post again in a few seconds." });
}

export function createPostClient(tell: (order: PostOrder) => void): PostClient {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let isClosed = false;
  return {
    async ingest(post) {
      if (isClosed) throw unavailable("the store has been closed");
      if (pending.size >= pendingMax) throw unavailable(`${pendingMax} posts are waiting to be stored`);
      lastId += 1;
      const id = lastId;
      let timer: NodeJS.Timeout | undefined;
      try {
        return await new Promise<IngestReport>((resolve, reject) => {
          pending.set(id, { resolve, reject, bytes: Buffer.byteLength(post.body) });
          timer = setTimeout(() => reject(unavailable("the store is busy with a large transaction")), answerMs);
          tell({ kind: "post", id, post });
        });
      } finally {
        clearTimeout(timer);
        pending.delete(id);
      }
    },
    waitingBytes: () => [...pending.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    take(answer) {
      const waiting = pending.get(answer.id);
      if (answer.kind === "posted") waiting?.resolve(answer.report);
      else waiting?.reject(AppError.fromJSON(answer.error));
    },
    close() {
      isClosed = true;
      for (const { reject } of pending.values()) reject(unavailable("the store has been closed"));
    },
  };
}
