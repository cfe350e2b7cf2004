// ai: a model behind any endpoint that speaks OpenAI's protocol: chat completions as server-sent events.
import { createGuardedFetch } from "./guarded-fetch.ts";
import { type ModelAddress, type ModelClient, ModelFault, replyCharsMax, replyTokensMax } from "./model-client.ts";
import { toCount } from "./ollama-client.ts";

interface Chunk {
  choices?: { delta?: { content?: unknown }; finish_reason?: unknown }[];
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
  error?: unknown;
}

export function createOpenAiClient({ url, model, key }: ModelAddress): ModelClient {
  const base = url.replace(/\/+$/, "").replace(/\/v1$/, "");
  return {
    async ask(messages, schema, signal) {
      let text = "";
      let finish: unknown = null;
      let usage = null as Chunk["usage"];
      let isDone = false;
      const checkLine = (line: string): void => {
        // Other lines are comments, names of events, and the ends of events.
        const data = /^data:\s*(.*?)\r?$/.exec(line)?.[1];
        if (data === undefined || isDone) return;
        isDone = data === "[DONE]";
        if (isDone) return;
        const chunk = parseChunk(data);
        const [choice] = chunk.choices ?? [];
        const content = choice?.delta?.content ?? "";
        if (typeof content !== "string") throw new ModelFault("malformed");
        text += content;
        if (text.length > replyCharsMax) throw new ModelFault("too_large");
        finish = choice?.finish_reason ?? finish;
        usage = chunk.usage ?? usage;
      };
      const send = createGuardedFetch({ key, contentType: /^text\/event-stream\b/i, signal, checkLine });
      const response = await send(`${base}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream" },
        body: JSON.stringify({
          model,
          messages,
          stream: true,
          stream_options: { include_usage: true },
          temperature: 0,
          seed: 0,
          max_tokens: replyTokensMax,
          response_format: { type: "json_schema", json_schema: { name: "words", strict: true, schema } },
        }),
      });
      // Some endpoints keep the line open after the last event.
      for await (const _ of response.body ?? []) if (isDone) break;
      if (finish === "length") throw new ModelFault("too_large");
      if (!isDone && finish === null) throw new ModelFault("cut_off");
      return { text, promptTokens: toCount(usage?.prompt_tokens), completionTokens: toCount(usage?.completion_tokens) };
    },
  };
}

function parseChunk(data: string): Chunk {
  let chunk: Chunk | null;
  try {
    chunk = JSON.parse(data) as Chunk | null;
  } catch (error) {
    throw new ModelFault("malformed", error);
  }
  if (chunk === null || typeof chunk !== "object") throw new ModelFault("malformed");
  if (chunk.error !== undefined) throw new ModelFault("failed");
  if (chunk.choices !== undefined && !Array.isArray(chunk.choices)) throw new ModelFault("malformed");
  return chunk;
}
