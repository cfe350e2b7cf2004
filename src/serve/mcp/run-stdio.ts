// serve/mcp: answers an assistant on this process's own input and output until the input ends.
import type { Readable, Writable } from "node:stream";
import { createMcpServer, type McpServerOptions } from "./mcp-server.ts";
import { createStdioTransport } from "./stdio-transport.ts";

export async function runMcpStdio(
  options: McpServerOptions,
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): Promise<void> {
  const server = createMcpServer(options);
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK's server is no event target
  server.onerror = (error) => options.log?.error({ error: error.message }, "MCP");
  const transport = createStdioTransport(input, output);
  await server.connect(transport);
  await transport.ended;
  await server.close();
}
