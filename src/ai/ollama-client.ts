// ai: a model behind Ollama's protocol. The library makes the requests and reads the stream; our fetch keeps the door.
import { createGuardedFetch } from "./guarded-fetch.ts";
import { type ModelAddress, type ModelClient, ModelFault, replyCharsMax, replyTokensMax } from "./model-client.ts";

/** Facts and words together; Ollama's own default would cut the facts off without a word. */
const contextTokens = 16_384;

export function createOllamaClient({ url, model, key }: ModelAddress): ModelClient {
  return {
    async ask(messages, schema, signal) {
      // Loaded here, not above: most commands never ask a model.
      const { Ollama } = await import("ollama");
      const fetch = createGuardedFetch({ key, contentType: /^application\/(?:x-ndjson|json)\b/i, signal, checkLine });
      const client = new Ollama({ host: url, fetch });
      const stream = await client.chat({
        model,
        messages: [...messages],
        stream: true,
        format: schema,
        options: { temperature: 0, seed: 0, num_ctx: contextTokens, num_predict: replyTokensMax },
      });
      let text = "";
      try {
        for await (const { message, done, done_reason, prompt_eval_count, eval_count } of stream) {
          if (typeof message?.content !== "string") throw new ModelFault("malformed");
          text += message.content;
          if (text.length > replyCharsMax) throw new ModelFault("too_large");
          if (!done) continue;
          if (done_reason === "length") throw new ModelFault("too_large");
          return { text, promptTokens: toCount(prompt_eval_count), completionTokens: toCount(eval_count) };
        }
      } catch (error) {
        if (error instanceof ModelFault || signal.aborted) throw error;
        // The library's own complaint of a stream that ends without its last line.
        throw new ModelFault("cut_off", error);
      }
      throw new ModelFault("cut_off");
    },
  };
}

/** The library would print a line that is no JSON, and pass a server's error text on. */
function checkLine(line: string): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new ModelFault("malformed", error);
  }
  if (value === null || typeof value !== "object") throw new ModelFault("malformed");
  if ("error" in value) throw new ModelFault("failed");
}

export function toCount(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
