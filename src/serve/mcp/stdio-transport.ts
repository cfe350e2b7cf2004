// serve/mcp: two streams -> the transport of `auditctl mcp`: one JSON-RPC message a line. What is no message is answered with an
// error and the connection goes on; the SDK's own transport says nothing, or closes on a line that is too long.
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Readable, Writable } from "node:stream";

/** Bytes of one message; questions are short. */
export const messageBytesMax = 1024 * 1024;

export interface StdioTransport extends Transport {
  /** Resolves when the input has ended and every request that came is answered. */
  readonly ended: Promise<void>;
}

export function createStdioTransport(input: Readable, output: Writable): StdioTransport {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** Requests by id, until they are answered or taken back. */
  const unanswered = new Set<unknown>();
  let inputOver = false;

  const write = async (message: unknown): Promise<void> => {
    if (!output.write(`${JSON.stringify(message)}\n`)) {
      await new Promise((resolve) => output.once("drain", resolve));
    }
  };
  const endWhenAnswered = (): void => {
    if (inputOver && unanswered.size === 0) end();
  };
  const refuse = (code: number, message: string, id: unknown = null): void =>
    void write({ jsonrpc: "2.0", id, error: { code, message } });

  const takeLine = (line: string): void => {
    if (line.trim() === "") return;
    let content: unknown;
    try {
      content = JSON.parse(line);
    } catch {
      return refuse(-32_700, "this line is not JSON");
    }
    const message = JSONRPCMessageSchema.safeParse(content);
    if (!message.success) return refuse(-32_600, "this is not a JSON-RPC message", idOf(content));
    if ("method" in message.data && "id" in message.data) unanswered.add(message.data.id);
    if ("method" in message.data && message.data.method === "notifications/cancelled")
      unanswered.delete(message.data.params?.["requestId"]);
    transport.onmessage?.(message.data);
  };
  const takeChunk = (chunk: Buffer): void => {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, at));
      const isTooLong = waitingBytes > messageBytesMax;
      const line = isTooLong ? "" : Buffer.concat(waiting).toString();
      waiting = [];
      waitingBytes = 0;
      if (isTooLong) refuse(-32_600, `a message may have ${messageBytesMax} bytes at most`);
      else takeLine(line);
      from = at + 1;
    }
    keep(chunk.subarray(from));
  };
  /** Of a line that is too long, only its length. */
  const keep = (part: Buffer): void => {
    waitingBytes += part.length;
    if (waitingBytes <= messageBytesMax) waiting.push(part);
    else waiting = [];
  };

  const transport: StdioTransport = {
    ended,
    async start() {
      input.on("data", takeChunk);
      input.once("end", () => {
        inputOver = true;
        endWhenAnswered();
      });
      input.once("error", () => end());
    },
    async send(message: JSONRPCMessage) {
      await write(message);
      if ("result" in message || "error" in message) unanswered.delete(message.id);
      endWhenAnswered();
    },
    async close() {
      input.off("data", takeChunk);
      end();
      transport.onclose?.();
    },
  };
  return transport;
}

/** So that whoever waits for an answer to that id gets one. */
function idOf(content: unknown): unknown {
  const id = typeof content === "object" && content !== null && "id" in content ? content.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
