// pipeline: the inside of a question thread. Answers what it is asked, one after the other, from a reader of its own.
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../lib/assert.ts";
import { AppError } from "../model/app-error.ts";
import { openStoreReader } from "../store/open-store.ts";
import { createLocalAnswerer } from "./local-answerer.ts";
import type { AskedQuestion, QuestionReply } from "./question-thread.ts";

assert(parentPort !== null, "the question worker runs in a thread");
const port = parentPort;
const answerer = createLocalAnswerer(openStoreReader(workerData as string));

port.on("message", ({ id, name, input }: AskedQuestion) => {
  answerer.ask(name, input).then(
    (answer) => port.postMessage({ id, answer } satisfies QuestionReply),
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      port.postMessage({ id, error: error.toJSON().error } satisfies QuestionReply);
    },
  );
});
