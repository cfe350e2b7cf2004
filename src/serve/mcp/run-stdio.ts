// serve/mcp: answers an assistant on this process's own input and output until the input ends, or it is told to stop.
import type { Readable, Writable } from "node:stream";
import { createMcpServer, type McpServerOptions } from "./mcp-server.ts";
import { createStdioTransport } from "./stdio-transport.ts";

export async function runMcpStdio(
  options: McpServerOptions,
  signal: AbortSignal,
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): Promise<void> {
  const server = createMcpServer(options);
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server is no event target
  server.onerror = (error) => options.log?.error({ error: error.message }, "a message of the assistant cannot be read");
  const transport = createStdioTransport(input, output);
  await server.connect(transport);
  signal.addEventListener("abort", () => void transport.close(), { once: true });
  await transport.ended;
  await server.close();
}
