// ai: facts -> words. Asks a model to word them, and believes it only where every number, name, date and id is in the facts; else,
// and where there is no model, gives the words of rules. It never fails for a model's sake.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Sample } from "../model/sample.ts";
import type { Wording, WordingTask } from "../model/wording.ts";
import { type Answer, type CallJournal, createAskModel } from "./ask-model.ts";
import { checkGrounding, type FaultKind, type GroundingFault } from "./check-grounding.ts";
import { type GatedFacts, gateFacts } from "./masking-gate.ts";
import { type ChatMessage, type ModelAddress, ModelFault } from "./model-client.ts";
import { createModelCounts } from "./model-counts.ts";
import { createOllamaClient } from "./ollama-client.ts";
import { createOpenAiClient } from "./openai-client.ts";
import { buildPrompt, buildRetry, hashPrompt, promptVersion } from "./prompt.ts";
import { readReply } from "./read-reply.ts";
import { cacheKey, createWordCache } from "./word-cache.ts";

export interface Wordsmith {
  /** @throws the signal's reason when it fires, and what the journal throws */
  write(task: WordingTask, signal: AbortSignal): Promise<Wording>;
}

export interface WordsmithOptions {
  /** null: nobody is asked. */
  model: (ModelAddress & { provider: "ollama" | "openai" }) | null;
  /** Of one try, from now on. */
  deadline: () => AbortSignal;
  /** Columns that rule packs mask. */
  maskedFields: () => ReadonlySet<string>;
  journal: CallJournal;
  clock: Clock;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  log: Logger;
  /** After each text. */
  onCounted: (samples: readonly Sample[]) => void;
}

/** So long a model that gave no answer is left alone. */
const restMs = 60_000;
/** Once more when an answer is not believed. */
const answersMax = 2;

type Asked = Pick<
  Wording,
  "model" | "prompt_version" | "prompt_hash" | "prompt_tokens" | "completion_tokens" | "latency_ms"
>;
const notAsked: Asked = {
  model: null,
  prompt_version: null,
  prompt_hash: null,
  prompt_tokens: null,
  completion_tokens: null,
  latency_ms: null,
};

export function createWordsmith(options: WordsmithOptions): Wordsmith {
  const { model, clock, log } = options;
  const counts = createModelCounts();
  const finish = (wording: Wording): Wording => {
    counts.worded(wording.worded_by);
    options.onCounted(counts.samples());
    return wording;
  };
  const byRules = ({ plain }: WordingTask, fallback: string | null, asked: Asked = notAsked): Wording => ({
    words: plain,
    worded_by: "rules",
    fallback,
    ...asked,
  });
  if (model === null) return { write: (task) => Promise.resolve(finish(byRules(task, null))) };

  const client = model.provider === "ollama" ? createOllamaClient(model) : createOpenAiClient(model);
  const ask = createAskModel({ ...options, client, counts });
  const cache = createWordCache(clock);
  let failedAt = -Infinity;
  /** Not longer where the clock is put back meanwhile. */
  const isResting = (now: number): boolean => now >= failedAt && now < failedAt + restMs;

  const wordAnew = async (
    task: WordingTask,
    gated: GatedFacts,
    prompt: ChatMessage[],
    signal: AbortSignal,
  ): Promise<Worded> => {
    const { purpose, subject, lang } = task;
    const prompted = { model: model.model, prompt_version: promptVersion };
    const about = { purpose, subject, lang, provider: model.provider, ...prompted };
    let asked: Asked = { ...notAsked, ...prompted };
    let messages = prompt;
    let faults: GroundingFault[] = [];
    for (let answers = 0; answers < answersMax; answers += 1) {
      const answer = await ask(about, messages, signal).catch((error: unknown) => asModelFault(error));
      if (answer instanceof ModelFault) {
        if (answer.failure !== "too_large") failedAt = clock.now();
        const wording = byRules(task, answer.message, {
          ...asked,
          prompt_hash: asked.prompt_hash ?? hashPrompt(messages),
        });
        return { wording, isKept: false };
      }
      asked = addAnswer(asked, answer);
      const reply = readReply(answer.text);
      faults = "words" in reply ? checkGrounding(reply.words, { ...gated, lang }) : [reply.fault];
      if ("words" in reply && faults.length === 0) {
        answer.judge("used");
        return { wording: { words: reply.words, worded_by: "model", fallback: null, ...asked }, isKept: true };
      }
      answer.judge("words" in reply ? "not_grounded" : "wrong_form");
      messages = buildRetry(prompt, faults);
    }
    return { wording: byRules(task, `the model's text ${describeFaults(faults)}`, asked), isKept: true };
  };

  /** One question at a time: a model of one machine answers no faster when it is asked twice at once. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  const write = async (task: WordingTask, signal: AbortSignal): Promise<Wording> => {
    const { purpose, subject, lang } = task;
    const told = { purpose, subject, lang };
    const gated = gateFacts(task, { maskedFields: options.maskedFields() });
    const prompt = buildPrompt(task, gated);
    if (prompt === undefined) return byRules(task, "there are more facts than a prompt can hold");
    const key = cacheKey({ ...task, ...gated }, [model.provider, model.url, model.model, promptVersion]);
    const known = cache.get(key);
    counts.lookedUp(known !== undefined);
    log.info({ ...told, cache: known === undefined ? "miss" : "hit" }, "words are looked up");
    if (known !== undefined) return known.worded_by === "model" ? known : { ...known, words: task.plain };
    if (isResting(clock.now())) return byRules(task, "the model gave no answer a moment ago, and is left alone");
    const { wording, isKept } = await wordAnew(task, gated, prompt, signal);
    if (isKept) cache.set(key, wording);
    if (wording.fallback !== null)
      log.warn({ ...told, fallback: wording.fallback }, "words of rules instead of a model's");
    return wording;
  };
  return { write: (task, signal) => inTurn(async () => finish(await write(task, signal))) };
}

interface Worded {
  wording: Wording;
  /** The same question would come to the same. */
  isKept: boolean;
}

function asModelFault(error: unknown): ModelFault {
  if (error instanceof ModelFault) return error;
  throw error;
}

function addAnswer(asked: Asked, { promptHash, promptTokens, completionTokens, latencyMs }: Answer): Asked {
  const add = (sum: number | null, count: number | null): number | null =>
    sum === null && count === null ? null : (sum ?? 0) + (count ?? 0);
  return {
    ...asked,
    prompt_hash: promptHash,
    prompt_tokens: add(asked.prompt_tokens, promptTokens),
    completion_tokens: add(asked.completion_tokens, completionTokens),
    latency_ms: (asked.latency_ms ?? 0) + latencyMs,
  };
}

const described: Record<FaultKind, string> = {
  number: "a number",
  name: "a name",
  date: "a date",
  time: "a time",
  id: "an id",
  word: "a word",
  symbol: "a sign",
  markup: "markup",
  shape: "not the form that was asked for",
};

/** Never what it held: that would put it before a reader after all. */
function describeFaults(faults: readonly GroundingFault[]): string {
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  if (kinds.includes("shape")) return `had ${described.shape}`;
  return `held ${kinds.map((kind) => described[kind]).join(", ")} that is not in the facts`;
}
