// A real HTTP server that speaks Ollama's protocol, or OpenAI's, as well or as badly as a test tells it to.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Reply = (response: ServerResponse, request: IncomingMessage) => void;

export interface ModelServer extends AsyncDisposable {
  url: string;
  /** Bodies of the requests, parsed, in order. */
  requests: { path: string; headers: IncomingMessage["headers"]; body: ModelRequest; text: string }[];
  /** Of a try that is given up once the server has stalled, however long a busy machine takes until then. */
  deadline: () => AbortSignal;
}

export interface ModelRequest {
  model: string;
  messages: { role: string; content: string }[];
  [key: string]: unknown;
}

const stalled = "stalled";

/** One reply for each request, in order; the last one for all that follow. */
export async function openModelServer(replies: readonly Reply[]): Promise<ModelServer> {
  const requests: ModelServer["requests"] = [];
  let patience = new AbortController();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (part: Buffer) => chunks.push(part));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const body = JSON.parse(text === "" ? "{}" : text) as ModelRequest;
      requests.push({ path: request.url ?? "", headers: request.headers, body, text });
      response.on("error", () => {});
      response.on(stalled, () => patience.abort());
      (replies[requests.length - 1] ?? replies.at(-1)!)(response, request);
    });
    request.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    deadline: () => (patience = new AbortController()).signal,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export const ndjson = "application/x-ndjson";

/** Lines as they are given, with a status and type. */
export function raw(body: string | Buffer, { status = 200, type = ndjson, headers = {} } = {}): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": type, ...headers });
    response.end(body);
  };
}

export function line(content: unknown, more: object = {}): string {
  return `${JSON.stringify({ model: "m", message: { role: "assistant", content }, done: false, ...more })}\n`;
}

export const lastLine = line("", { done: true, done_reason: "stop", prompt_eval_count: 321, eval_count: 45 });

/** An answer as Ollama streams it, a few characters at a time. */
export function streamed(text: string): string {
  return (text.match(/[\s\S]{1,7}/g) ?? []).map((part) => line(part)).join("") + lastLine;
}

/** The model says just this. */
export function saying(text: string): Reply {
  return raw(streamed(text));
}

/** The model gives these paragraphs, in the form that was asked for. */
export function telling(...paragraphs: string[]): Reply {
  return saying(JSON.stringify({ paragraphs }));
}

export function chunk(content: string, more: object = {}): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more })}\n\n`;
}

/** The same as OpenAI's protocol has it. */
export function tellingAsOpenAi(...paragraphs: string[]): Reply {
  const parts = JSON.stringify({ paragraphs }).match(/[\s\S]{1,7}/g) ?? [];
  const end = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`;
  const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 321, completion_tokens: 45 } })}\n\n`;
  return raw(parts.map((part) => chunk(part)).join("") + end + usage + "data: [DONE]\n\n", {
    type: "text/event-stream",
  });
}

/** Writes a part and then nothing: the connection stays open. */
export function stalling(part = ""): Reply {
  return (response) => {
    if (part === "") {
      response.emit(stalled);
      return;
    }
    response.writeHead(200, { "content-type": ndjson });
    response.write(part, () => response.emit(stalled));
  };
}

/** Writes a part, then cuts the connection. */
export function cutting(part = "", type = ndjson): Reply {
  return (response) => {
    if (part === "") {
      response.destroy();
      return;
    }
    response.writeHead(200, { "content-type": type });
    response.write(part, () => response.destroy());
  };
}

/** Writes on and on. */
export function endless(part: string): Reply {
  return (response) => {
    response.writeHead(200, { "content-type": ndjson });
    const write = (): void => {
      if (response.destroyed) return;
      if (response.write(part)) setImmediate(write);
      else response.once("drain", write);
    };
    write();
  };
}
