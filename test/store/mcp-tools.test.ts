// The MCP server as assistants start it, asked by the SDK's own client: every tool, resource and prompt, and what is recorded of it.
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { openServiceStore } from "../../src/store/service-store.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { errorOf, type McpSession, openMcpSession, textOf } from "../support/mcp-client.ts";
import { runAuditctlProcess } from "../support/run-auditctl.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";

let folder: ReturnType<typeof openTempFolder>;
let store: string;
let session: McpSession;
let eventId: string;
beforeAll(async () => {
  folder = openTempFolder();
  store = folder.file("store.db");
  createTradeStore(store);
  await using answerer = createLocalAnswerer(openStoreReader(store));
  const [event] = (await answerer.ask("events", { limit: 1 })).items;
  eventId = event?.kind === "business_event" ? event.business_event_id : "";
  session = await openMcpSession(["--store", store]);
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** Each tool once, with what it is asked. */
function calls(): Record<string, JsonObject> {
  return {
    trail_coverage: {},
    daily_summary: { date: "2026-03-01" },
    list_anomalies: { from: "2026-03-01" },
    explain_anomaly: { id: eventId },
    trace_entity: { entity_type: "sale", entity_id: "S-7" },
    entity_state: { entity_type: "sale", entity_id: "S-7" },
    search_events: { text: "100% off" },
    list_events: { type: "sale.*", limit: 3 },
    search: { query: "100% off" },
    fetch: { id: eventId },
  };
}

it("lists its tools, each with schemas, a title, and that it only reads", async () => {
  const { tools } = await session.client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(calls()).sort());
  for (const { name, title, description, inputSchema, outputSchema, annotations } of tools) {
    expect([name, title, description]).not.toContain("");
    expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    expect(outputSchema).toMatchObject({ type: "object" });
    expect(annotations).toEqual({
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
  }
  const document = readFileSync(join(packageRoot, "docs", "mcp.md"), "utf8");
  for (const { name } of tools) expect(document).toContain(`| \`${name}\` |`);
});

describe("a call", () => {
  it.each(["search", "fetch"])("of %s answers in the form of connectors, and names its coverage", async (name) => {
    const result = await session.call(name, calls()[name]);
    expect(JSON.parse(textOf(result))).toEqual(result.structuredContent);
    expect(JSON.stringify(result)).toContain("2026-03-04T14:15:00.000000Z");
  });

  const marked = Object.keys(calls()).filter((name) => name !== "search" && name !== "fetch");
  it.each(marked)("of %s answers with data that is marked, and names its coverage", async (name) => {
    const result = await session.call(name, calls()[name]);
    expect(result).not.toHaveProperty("isError");
    const { coverage, cut } = result.structuredContent as { coverage: JsonObject; cut: null };
    expect(coverage).toMatchObject({ to_time: "2026-03-04T14:15:00.000000Z", gaps: 0, business_events: 30 });
    expect(cut).toBeNull();
    const [before = "", data = ""] = textOf(result).split("```json\n");
    expect(before).toContain("without gaps");
    expect(JSON.parse(data.replace(/\n```\nEnd of the data\.$/, ""))).toEqual(result.structuredContent);
  });

  it("goes on page by page to the end", async () => {
    const seen: unknown[] = [];
    let cursor: unknown = null;
    do {
      const { structuredContent } = await session.call("list_events", {
        limit: 7,
        ...(cursor === null ? {} : { cursor: cursor as string }),
      });
      const page = structuredContent?.["untrusted_data"] as { items: JsonObject[]; next_cursor: string | null };
      seen.push(...page.items.map(({ business_event_id }) => business_event_id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(30);
  });

  it.each<[string, JsonObject, string]>([
    ["trace_entity", { entity_type: "sale", entity_id: "none" }, "trace.not_found"],
    ["trace_entity", { entity_type: "sale" }, "usage.query"],
    ["list_events", { limit: 201 }, "usage.query"],
    ["list_events", { limti: 1 }, "usage.query"],
    ["daily_summary", { date: "2026-02-30" }, "usage.query"],
    ["explain_anomaly", { id: "no" }, "usage.query"],
    ["fetch", { id: "00000000-0000-5000-8000-000000000000" }, "trace.not_found"],
  ])("of %s with %j tells what is wrong", async (name, input, code) => {
    const error = errorOf(await session.call(name, input));
    expect(error).toMatchObject({ code });
    expect(error.hint).not.toBe("");
    expect(error.message + error.hint).not.toMatch(/\bat .*\.[jt]s:/);
  });

  it("of a tool that is none is the client's mistake", async () => {
    await expect(session.call("drop_table")).rejects.toMatchObject({ code: -32_602 });
    await expect(session.call("constructor")).rejects.toMatchObject({ code: -32_602 });
  });
});

it("gives the connectors of ChatGPT ids, titles and addresses, and the event behind each", async () => {
  const found = await session.call("search", { query: "Ñandú" });
  const { results } = found.structuredContent as { results: { id: string; title: string; url: string }[] };
  expect(found.content).toHaveLength(1);
  expect(results.length).toBeGreaterThan(0);
  for (const { id, title, url } of results) {
    expect(title).toMatch(/^2026-\S+ \S.*: /);
    expect(url).toBe(`audit://events/${id}`);
    const { structuredContent } = await session.call("fetch", { id });
    expect(structuredContent).toMatchObject({ id, title, url, metadata: { transaction_id: expect.any(String) } });
    expect(structuredContent?.["text"]).toContain("Ñandú con café");
  }
});

it("has timelines, events and coverage as resources", async () => {
  const { resources } = await session.client.listResources();
  const { resourceTemplates } = await session.client.listResourceTemplates();
  expect([...resources.map(({ uri }) => uri), ...resourceTemplates.map(({ uriTemplate }) => uriTemplate)]).toEqual([
    "audit://coverage",
    "audit://entities/{type}/{id}",
    "audit://events/{id}",
  ]);
  const read = async (uri: string): Promise<JsonObject> => {
    const [content] = (await session.client.readResource({ uri })).contents;
    return JSON.parse(content !== undefined && "text" in content ? content.text : "") as JsonObject;
  };
  expect(await read("audit://coverage")).toMatchObject({ untrusted_data: { entity_types: ["product", "sale"] } });
  expect(await read("audit://entities/product/B-1%2FP-1")).toMatchObject({ untrusted_data: { entity_id: "B-1/P-1" } });
  expect(await read("audit://entities/product/B-1/P-1")).toMatchObject({ untrusted_data: { entity_id: "B-1/P-1" } });
  expect(await read(`audit://events/${eventId}`)).toMatchObject({ id: eventId });
  await expect(read("audit://entities/sale/none")).rejects.toMatchObject({ code: -32_002 });
  await expect(read("file:///etc/passwd")).rejects.toMatchObject({ code: -32_002 });
  await expect(read("audit://entities/sale/%")).rejects.toMatchObject({ code: -32_602 });
});

it("has the common questions as prompts, and completes the types of entities", async () => {
  const { prompts } = await session.client.listPrompts();
  expect(prompts.map(({ title }) => title)).toEqual([
    "Who changed this stock?",
    "What happened yesterday?",
    "Anything odd this week?",
  ]);
  const write = async (name: string, given: Record<string, string> = {}): Promise<string> => {
    const [message] = (await session.client.getPrompt({ name, arguments: given })).messages;
    return message?.content.type === "text" ? message.content.text : "";
  };
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  expect(await write("what_happened")).toContain(yesterday);
  expect(await write("who_changed", { entity_type: "product", entity_id: "B-1/P-1" })).toContain("product B-1/P-1");
  expect(await write("anything_odd", { days: "30" })).toContain("list_anomalies");
  await expect(write("who_changed")).rejects.toMatchObject({ code: -32_602 });
  await expect(write("anything_odd", { days: "all" })).rejects.toMatchObject({ code: -32_602 });
  await expect(write("what_happened", { zone: "Mars/Base" })).rejects.toMatchObject({ code: -32_602 });
  const { completion } = await session.client.complete({
    ref: { type: "ref/prompt", name: "who_changed" },
    argument: { name: "entity_type", value: "p" },
  });
  expect(completion.values).toEqual(["product"]);
});

it("records every reading, also the ones that failed", async () => {
  const other = folder.file("recorded.db");
  createTradeStore(other);
  {
    await using mcp = await openMcpSession(["--store", other]);
    await mcp.call("trace_entity", { entity_type: "sale", entity_id: "S-7", limit: 5 });
    await mcp.call("trace_entity", { entity_type: "sale", entity_id: "none" });
    await mcp.call("list_events", { limit: "x".repeat(5_000) });
    await mcp.client.readResource({ uri: "audit://coverage" });
  }
  using service = openServiceStore(other);
  const user = userInfo().username;
  expect(service.listAccess({ limit: 10 })).toMatchObject([
    { question: "coverage", face: "mcp", reader: user, address: null, outcome: "ok", items: null },
    { question: "events", outcome: "usage.query", input: { limit: "x".repeat(200) }, items: null },
    { question: "trace", outcome: "trace.not_found", items: null },
    { question: "trace", outcome: "ok", items: 1, input: { entity_type: "sale", entity_id: "S-7", limit: 5 } },
  ]);
});

it("says nothing but protocol on standard output, and ends with its input", async () => {
  const { status, stdout, stderr } = await runAuditctlProcess(["mcp", "--store", store], {
    env: { AUDIT_LOG_LEVEL: "debug" },
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  const missing = await runAuditctlProcess(["mcp", "--store", folder.file("none.db")]);
  expect(missing).toMatchObject({ status: 6, stdout: "" });
  expect(missing.stderr).toContain("store.missing");
});
