// serve/mcp: an HTTP request of an assistant -> its answer (streamable HTTP, without sessions: each request stands alone, so that a
// restart or a second service changes nothing). Host, Origin, token, rate and size were checked before.
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { createMcpServer, type McpServerOptions } from "./mcp-server.ts";

export type McpHandlerOptions = Pick<McpServerOptions, "answerer" | "accessLog" | "log">;

/** Bytes of one request; questions are short. */
export const requestBytesMax = 256 * 1024;

export type McpHandler = (request: Request, caller: { reader: string; address: string | null }) => Promise<Response>;

export function createMcpHandler(options: McpHandlerOptions): McpHandler {
  return async (request, { reader, address }) => {
    // Without sessions there is nothing to listen to (GET) or to end (DELETE); the protocol's answer to both is 405.
    if (request.method !== "POST") return rpcError(405, -32_000, "only POST is answered here", { allow: "POST" });
    let parsedBody: unknown;
    try {
      parsedBody = JSON.parse(await request.text());
    } catch {
      return rpcError(400, -32_700, "the body is not JSON");
    }
    // One request of a hundred questions would count as one against the rate limit; the protocol has no batches any more.
    if (Array.isArray(parsedBody)) return rpcError(400, -32_600, "a request holds one message, not a list of them");
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = createMcpServer({ ...options, reader, address, serviceUrl: originOf(request) });
    await server.connect(transport);
    try {
      return await transport.handleRequest(request, { parsedBody });
    } finally {
      await server.close();
    }
  };
}

function rpcError(status: number, code: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status, headers });
}

/** As the asker sees this service. */
function originOf(request: Request): string {
  const { host, protocol } = new URL(request.url);
  return `${request.headers.get("x-forwarded-proto") === "https" ? "https:" : protocol}//${host}`;
}
