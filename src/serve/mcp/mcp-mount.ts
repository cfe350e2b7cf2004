// serve/mcp: the MCP server as an app of the service, under /mcp.
import { Hono } from "hono";
import type { Mount, ServiceEnv } from "../http/service-request.ts";
import { createMcpHandler, type McpHandlerOptions, requestBytesMax } from "./mcp-handler.ts";

export function createMcpMount(options: McpHandlerOptions): Mount {
  const handle = createMcpHandler(options);
  const app = new Hono<ServiceEnv>();
  app.all("/", async (context) => {
    const { name, address } = context.get("reader");
    return await handle(context.req.raw, { reader: name, address });
  });
  return { path: "/mcp", scope: "read", bodyBytesMax: requestBytesMax, app };
}
