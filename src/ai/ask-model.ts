// ai: one question to a model with its tries. Each try is written down before it is made, so that no question goes unrecorded.
import { v7 as newId } from "uuid";
import { backoffMs } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import { toTimestamp } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { CallOutcome, ModelCall, ModelCallEnd } from "../model/model-call.ts";
import { type ChatMessage, type ModelClient, ModelFault, type ModelReply } from "./model-client.ts";
import type { ModelCounts } from "./model-counts.ts";
import { hashPrompt, replySchema } from "./prompt.ts";

/** Where questions are written down. */
export interface CallJournal {
  begin(call: ModelCall): void;
  end(id: string, end: ModelCallEnd): void;
}

export interface AskModelOptions {
  client: ModelClient;
  /** Of one try, from now on. */
  deadline: () => AbortSignal;
  journal: CallJournal;
  counts: ModelCounts;
  clock: Clock;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  log: Logger;
}

export type CallSubject = Omit<ModelCall, "model_call_id" | "prompt_hash" | "attempt" | "called_at">;

export interface Answer extends ModelReply {
  promptHash: string;
  /** Of all tries. */
  latencyMs: number;
  /** Writes down what became of the answer. */
  judge(outcome: CallOutcome): void;
}

const attemptsMax = 3;
const backoffBaseMs = 500;
const backoffMaxMs = 4_000;

export type AskModel = (about: CallSubject, messages: readonly ChatMessage[], signal: AbortSignal) => Promise<Answer>;

/** @throws ModelFault when no try was answered; the signal's reason when it fired */
export function createAskModel({ client, deadline, journal, counts, clock, wait, log }: AskModelOptions): AskModel {
  const end = (call: ModelCall, result: ModelCallEnd): void => {
    journal.end(call.model_call_id, result);
    counts.called(result);
    const { purpose, subject, model, attempt } = call;
    log.info({ purpose, subject, model, attempt, ...result }, "asked a model");
  };
  return async (about, messages, signal) => {
    const promptHash = hashPrompt(messages);
    const began = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      const call: ModelCall = {
        model_call_id: newId(),
        ...about,
        prompt_hash: promptHash,
        attempt,
        called_at: toTimestamp(clock.now()),
      };
      journal.begin(call);
      const asked = performance.now();
      const took = (): number => Math.round(performance.now() - asked);
      const timeout = deadline();
      try {
        const reply = await client.ask(messages, replySchema, AbortSignal.any([signal, timeout]));
        const latency_ms = took();
        const counted = { prompt_tokens: reply.promptTokens, completion_tokens: reply.completionTokens, latency_ms };
        const judge = (outcome: CallOutcome): void => end(call, { outcome, ...counted });
        return { ...reply, promptHash, latencyMs: Math.round(performance.now() - began), judge };
      } catch (error) {
        const fault = toFault(error, timeout);
        const unanswered = { prompt_tokens: null, completion_tokens: null, latency_ms: took() };
        end(call, { outcome: signal.aborted ? "stopped" : fault.failure, ...unanswered });
        signal.throwIfAborted();
        if (!fault.isCurable || attempt === attemptsMax) throw fault;
        await wait(backoffMs(attempt, backoffBaseMs, backoffMaxMs), signal);
      }
    }
  };
}

/** What a client library throws of its own is a server that did not keep to the protocol. */
function toFault(error: unknown, timeout: AbortSignal): ModelFault {
  if (error instanceof ModelFault) return error;
  return new ModelFault(timeout.aborted ? "timed_out" : "malformed", error);
}
