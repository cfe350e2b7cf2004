// The SDK's own client, connected to `auditctl mcp` as assistants start it: `await using session = await openMcpSession(["--store", path]);`
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { JsonObject } from "../../src/lib/canonical-json.ts";

export const program = join(import.meta.dirname, "..", "..", "src", "main.ts");

export interface McpSession extends AsyncDisposable {
  readonly client: Client;
  /** Checked by the client against the tool's output schema. */
  call(name: string, input?: JsonObject): Promise<CallToolResult>;
}

/** Over standard input and output. */
export async function openMcpSession(args: readonly string[], env: Record<string, string> = {}): Promise<McpSession> {
  return await connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, "mcp", ...args],
      env: { ...getDefaultEnvironment(), ...env },
      stderr: "inherit",
    }),
  );
}

/** Over HTTP, `url` with its /mcp. */
export async function openMcpHttpSession(url: string, token?: string): Promise<McpSession> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return await connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
}

async function connect(transport: Transport): Promise<McpSession> {
  const client = new Client({ name: "audit-overlay-test", version: "1" });
  await client.connect(transport);
  // The client checks results only of tools that it has listed.
  await client.listTools();
  return {
    client,
    call: async (name, input = {}) => (await client.callTool({ name, arguments: input })) as CallToolResult,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The text parts of a result, together. */
export function textOf(result: CallToolResult): string {
  return result.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
}

/** What a tool says of an error. */
export function errorOf(result: CallToolResult): { code: string; message: string; hint: string } {
  if (result.isError !== true) throw new Error(`no error: ${textOf(result)}`);
  return (JSON.parse(textOf(result)) as { error: { code: string; message: string; hint: string } }).error;
}
