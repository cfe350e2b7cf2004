// pipeline: questions that take long, in a thread of their own, one at a time: `verify` of a large trail takes minutes, and
// other readers must not wait for it. Takes the store's path; the thread is started for the first question.
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { AppError, type ErrorJson } from "../model/app-error.ts";
import { type Answer, type QuestionInput, type QuestionName, parseQuestion } from "../model/question.ts";

export interface AskedQuestion {
  id: number;
  name: QuestionName;
  input: QuestionInput<QuestionName>;
}

export interface QuestionReply {
  id: number;
  answer?: unknown;
  error?: ErrorJson;
}

export interface QuestionThread extends AsyncDisposable {
  /** A question that is in hand already is not asked again: both get the same answer. @throws service.busy */
  ask<Name extends QuestionName>(name: Name, input: QuestionInput<Name>): Promise<Answer<Name>>;
}

interface Waiting {
  key: string;
  answer: Promise<unknown>;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

const waitingMax = 100;

export function createQuestionThread(storePath: string): QuestionThread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let asked = 0;

  const start = (): Worker => {
    const started = new Worker(new URL(`question-worker${extname(import.meta.filename)}`, import.meta.url), {
      workerData: storePath,
    });
    started.on("message", ({ id, answer, error }: QuestionReply) => {
      const { resolve, reject } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (error === undefined) resolve?.(answer);
      else reject?.(AppError.fromJSON(error));
    });
    const end = (reason: unknown): void => {
      if (worker !== started) return;
      worker = undefined;
      for (const { reject } of waiting.values()) reject(reason);
      waiting.clear();
    };
    started.once("error", end);
    started.once("exit", () => end(stopped()));
    return started;
  };
  return {
    async ask(name, input) {
      parseQuestion(name, input);
      const key = `${name} ${JSON.stringify(input)}`;
      const same = [...waiting.values()].find((one) => one.key === key);
      if (same !== undefined) return (await same.answer) as Answer<typeof name>;
      if (waiting.size >= waitingMax) {
        throw new AppError("service.busy", `${waiting.size} long questions wait already`, { hint: "Try again soon." });
      }
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      asked += 1;
      waiting.set(asked, { key, answer: promise, resolve, reject });
      worker ??= start();
      worker.postMessage({ id: asked, name, input } satisfies AskedQuestion);
      return (await promise) as Answer<typeof name>;
    },
    async [Symbol.asyncDispose]() {
      await worker?.terminate();
    },
  };
}

function stopped(): AppError {
  return new AppError("service.busy", "the service stops", { hint: "Ask again when it runs." });
}
