// pipeline: the inside of a thread that takes posts. Takes orders, has each one stored between transactions, and answers it.
// What waits for the rest of its transaction is stored when the feed has been quiet.
import { AppError } from "../model/app-error.ts";
import { type PostAnswer, type PostOrder, unavailable } from "./post-client.ts";
import type { PostHandler } from "./post-handler.ts";

export interface PostDesk {
  take(order: PostOrder): void;
  /** From now on posts are stored; until then, and after `close`, they are refused. @param hasWaiting from an earlier run */
  open(handler: PostHandler, hasWaiting: boolean, betweenTransactions: (work: () => void) => void): void;
  close(): void;
}

/** Debezium sends the rest of a transaction within milliseconds, and tries again after a second what was refused. */
const quietMs = 2_000;

export function createPostDesk(tell: (answer: PostAnswer) => void): PostDesk {
  let store: ((work: (handler: PostHandler) => void) => void) | null = null;
  let quiet: NodeJS.Timeout | undefined;
  const refuse = (id: number, error: unknown): void => {
    // Nothing was stored, and what is wrong is in one post: reading the log must not end for it.
    const known = error instanceof AppError ? error : toBug(error);
    tell({ kind: "refused", id, error: known.toJSON().error });
  };
  const publishSoon = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      store?.((handler) => {
        try {
          handler.publishWaiting();
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          // It waits on: the disk may have room by then.
          publishSoon();
        }
      });
    }, quietMs);
  };
  return {
    take({ id, post }) {
      if (store === null) {
        refuse(id, unavailable("the store is not ready to take posts"));
        return;
      }
      store((handler) => {
        try {
          const report = handler.accept(post);
          if (report.waiting > 0) publishSoon();
          tell({ kind: "posted", id, report });
        } catch (error) {
          refuse(id, error);
        }
      });
    },
    open(handler, hasWaiting, betweenTransactions) {
      store = (work) =>
        betweenTransactions(() => {
          // While it waited for its turn the store may have been closed.
          if (store !== null) work(handler);
        });
      if (hasWaiting) publishSoon();
    },
    close() {
      store = null;
      clearTimeout(quiet);
    },
  };
}

function toBug(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError("bug", `a post cannot be stored: ${message}`, { hint: "Please report it.", cause: error });
}
