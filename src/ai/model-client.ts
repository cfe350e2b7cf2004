// ai: one question to a model, whoever speaks for it. Gives text and counts, or throws a ModelFault that says what went wrong in
// a word of ours: nothing that a server says is passed on.
import type { JsonObject } from "../lib/canonical-json.ts";

export interface ChatMessage {
  role: "system" | "user";
  content: string;
}

export interface ModelReply {
  text: string;
  /** As the server counted; null where it did not say. */
  promptTokens: number | null;
  completionTokens: number | null;
}

export interface ModelClient {
  /** Also ends with the signal. No tools are offered. @throws ModelFault */
  ask(messages: readonly ChatMessage[], schema: JsonObject, signal: AbortSignal): Promise<ModelReply>;
}

export interface ModelAddress {
  url: string;
  model: string;
  /** "" where none is needed. */
  key: string;
}

/** How a question ended that was not answered. */
export const failures = {
  unreachable: "no model could be reached",
  timed_out: "the model did not answer in time",
  refused: "the model's server refused",
  failed: "the model's server failed",
  redirected: "the model's server pointed elsewhere, where nothing is sent",
  cut_off: "the model's answer was cut off",
  too_large: "the model's answer was too large",
  malformed: "the model's server did not speak its protocol",
} as const;
export type Failure = keyof typeof failures;

/** What another try may cure. */
const curable: ReadonlySet<Failure> = new Set<Failure>(["timed_out", "failed", "cut_off", "malformed"]);

export class ModelFault extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failures[failure], { cause });
    this.name = "ModelFault";
    this.failure = failure;
  }

  get isCurable(): boolean {
    return curable.has(this.failure);
  }
}

/** Of the words themselves; a longer text would not be used. */
export const replyCharsMax = 12_000;
/** Tokens that are asked for; some 6,000 characters. */
export const replyTokensMax = 1_500;
