// MCP over HTTP: the SDK's own client, the official conformance suite, and requests that are none of the protocol's.
import { execFile } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/lib/package-root.ts";
import { openServiceStore } from "../../src/store/service-store.ts";
import { openMcpHttpSession, openMcpSession, textOf } from "../support/mcp-client.ts";
import { type ServeProcess, startServe } from "../support/serve-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";

let folder: ReturnType<typeof openTempFolder>;
let store: string;
let service: ServeProcess;
beforeAll(async () => {
  folder = openTempFolder();
  store = folder.file("store.db");
  createTradeStore(store);
  service = await startServe(store);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Not fetch, which sets Host and Origin itself. */
async function ask({
  method = "POST",
  headers = {},
  body,
}: Asked): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return await new Promise((resolve, reject) => {
    const sent = request(
      `${service.url}/mcp`,
      {
        method,
        // A connection of its own: a refused body ends it.
        agent: false,
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            headers: response.headers,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

it("gives the same answers as over standard input, from the store or from the service", async () => {
  await using http = await openMcpHttpSession(`${service.url}/mcp`);
  await using stdio = await openMcpSession(["--store", store]);
  await using remote = await openMcpSession(["--url", service.url]);
  expect(await http.client.listTools()).toEqual(await stdio.client.listTools());
  for (const [name, input] of [
    ["trail_coverage", {}],
    ["trace_entity", { entity_type: "product", entity_id: "B-1/P-1" }],
    ["list_events", { type: "sale.returned" }],
    ["trace_entity", { entity_type: "sale", entity_id: "none" }],
  ] as const) {
    const answer = await stdio.call(name, input);
    expect(await http.call(name, input)).toEqual(answer);
    // What has come over HTTP may have its keys in another order, which the text shows.
    const { structuredContent, isError } = await remote.call(name, input);
    expect({ structuredContent, isError }).toEqual({
      structuredContent: answer.structuredContent,
      isError: answer.isError,
    });
  }
});

it("names each event's address at the service, and records who asked from where", async () => {
  await using http = await openMcpHttpSession(`${service.url}/mcp`);
  const { structuredContent } = await http.call("list_events", { limit: 1 });
  const { items } = structuredContent!["untrusted_data"] as { items: { business_event_id: string }[] };
  const fetched = await http.call("fetch", { id: items[0]!.business_event_id });
  const { url } = fetched.structuredContent as { url: string };
  expect(url).toBe(`${service.url}/v1/events/${items[0]!.business_event_id}`);
  expect((await fetch(url)).status).toBe(200);
});

describe("a request", () => {
  it.each<[string, Asked, number]>([
    ["of another origin", { headers: { origin: "https://evil.example" }, body: JSON.stringify(ping) }, 403],
    ["under another host", { headers: { host: "evil.example" }, body: JSON.stringify(ping) }, 403],
    ["with a token that is none", { headers: { authorization: "Bearer ao_x" }, body: JSON.stringify(ping) }, 401],
    ["for a stream", { method: "GET", headers: { accept: "text/event-stream" } }, 405],
    ["to end a session", { method: "DELETE" }, 405],
    ["to put", { method: "PUT", body: "{}" }, 405],
    ["of another media type", { headers: { "content-type": "text/plain" }, body: JSON.stringify(ping) }, 415],
    ["that accepts no JSON", { headers: { accept: "text/html" }, body: JSON.stringify(ping) }, 406],
    [
      "of a protocol version that is none",
      { headers: { "mcp-protocol-version": "1999-01-01" }, body: JSON.stringify(ping) },
      400,
    ],
    ["that is a list", { body: JSON.stringify([ping, ping]) }, 400],
    ["that is no JSON", { body: "{" }, 400],
    ["that is no JSON-RPC", { body: "{}" }, 400],
    ["without a body", {}, 400],
    ["that is too large", { body: `{"x":"${"y".repeat(300_000)}"}` }, 413],
    ["that is fine", { headers: { "mcp-protocol-version": "2025-06-18" }, body: JSON.stringify(ping) }, 200],
    ["of the service's own page", { headers: { origin: "http://SELF" }, body: JSON.stringify(ping) }, 200],
    ["in pieces", { headers: { "transfer-encoding": "chunked" }, body: JSON.stringify(ping) }, 200],
    ["in pieces that are too many", { headers: { "transfer-encoding": "chunked" }, body: " ".repeat(300_000) }, 413],
    ["that only notifies", { body: JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) }, 202],
  ])("%s is answered as it should be", async (_what, asked, status) => {
    const headers = { ...asked.headers };
    if (headers["origin"] === "http://SELF") headers["origin"] = service.url;
    const answer = await ask({ ...asked, headers });
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    expect(answer.text).not.toMatch(/ at .*\.[jt]s:\d|node:internal/);
    expect("error" in (JSON.parse(answer.text || "{}") as object)).toBe(status >= 400);
    expect(answer.headers["allow"]).toBe(status === 405 ? "POST" : undefined);
  });
});

it("asks for a token where one is needed, and its scope", async () => {
  const make = async (name: string, scope: "read" | "export"): Promise<string> => {
    using tokens = openServiceStore(store);
    return tokens.createToken({ name, scopes: [scope], expires_at: null }, "2026-01-01T00:00:00.000000Z");
  };
  const reader = await make("assistant", "read");
  const exporter = await make("exporter", "export");
  await using guarded = await startServe(store, ["--require-token"]);
  await expect(openMcpHttpSession(`${guarded.url}/mcp`)).rejects.toThrow("access.unauthenticated");
  await expect(openMcpHttpSession(`${guarded.url}/mcp`, exporter)).rejects.toThrow("access.forbidden");
  {
    await using session = await openMcpHttpSession(`${guarded.url}/mcp`, reader);
    expect(textOf(await session.call("trace_entity", { entity_type: "sale", entity_id: "S-7" }))).toContain("S-7");
  }
  guarded.running.child.kill("SIGTERM");
  await guarded.running.ended;
  using log = openServiceStore(store);
  const [newest] = log.listAccess({ limit: 1, reader: "assistant" });
  expect(newest).toMatchObject({ face: "mcp", question: "trace", address: "127.0.0.1", outcome: "ok" });
});

it("passes every scenario of the official conformance suite that applies to it", { timeout: 120_000 }, async () => {
  const suite = fileURLToPath(import.meta.resolve("@modelcontextprotocol/conformance/dist/index.js"));
  const baseline = join(packageRoot, "test", "support", "mcp-conformance.yml");
  const { stdout } = await promisify(execFile)(process.execPath, [
    suite,
    "server",
    `--url=${service.url}/mcp`,
    "--suite=all",
    `--expected-failures=${baseline}`,
    `--output-dir=${folder.file("conformance")}`,
  ]);
  for (const name of [
    "server-initialize",
    "ping",
    "completion-complete",
    "tools-list",
    "resources-list",
    "prompts-list",
  ])
    expect(stdout).toContain(`✓ ${name}: 1 passed, 0 failed`);
  expect(stdout).toContain("✓ dns-rebinding-protection: 2 passed, 0 failed");
});
