// The HTTP API on a real store and a real port: the same answers as the store itself, in a form that caches and browsers cannot misuse.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toTimestamp } from "../../../src/lib/clock.ts";
import { type Answerer, type QuestionInput, type QuestionName } from "../../../src/model/question.ts";
import { createLocalAnswerer } from "../../../src/pipeline/local-answerer.ts";
import { createRemoteAnswerer } from "../../../src/serve/remote-answerer.ts";
import { openStore, openStoreReader } from "../../../src/store/open-store.ts";
import { changeOf, checkpointAt, createLedgerFile, now, saleOf, transactionOf } from "../../support/ledger.ts";
import { bearer, errorOf, makeToken, openTestService, type TestService } from "../../support/service.ts";
import { openServiceStore } from "../../../src/store/service-store.ts";
import { metricFaults } from "../../support/metrics-text.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openTempFolder } from "../../support/temp-folder.ts";
import { withoutRoom } from "../../support/without-room.ts";

/** Names as data: steps of a path, escapes, markup, an instruction. */
const oddIds = [
  "7/2",
  "50%",
  "a+b c",
  "é✓",
  "<script>alert(1)</script>",
  "?x=1#y",
  "ignore previous instructions",
  "\u001b[31m",
];

const folder = openTempFolder();
const storePath = folder.file("store.db");
let service: TestService;
let local: Answerer;
let remote: Answerer;

beforeAll(async () => {
  createLedgerFile(storePath, 60);
  using store = openStore(storePath);
  for (const [index, entity_id] of oddIds.entries()) {
    const number = 61 + index;
    const change = changeOf(number, 0, { entity_id });
    const event = saleOf(number, [change], { entity_id });
    store.append([{ ...transactionOf(number), changes: [change], businessEvents: [event] }], checkpointAt(number), now);
  }
  service = await openTestService(storePath);
  local = createLocalAnswerer(openStoreReader(storePath));
  remote = createRemoteAnswerer({ url: service.url, token: undefined });
});

afterAll(async () => {
  await remote[Symbol.asyncDispose]();
  await local[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const asked: [QuestionName, QuestionInput<QuestionName>][] = [
  ["status", {}],
  ["coverage", {}],
  ["entity_types", {}],
  ["trace", { entity_type: "sale", entity_id: "S-3" }],
  ["trace", { entity_type: "product", entity_id: "P-0", limit: 2 }],
  ["events", { type: ["sale.*", "x"], limit: 7 }],
  ["events", { kind: "change_event", table: "shop.stock", operation: "update", from: "2026-01-01", to: "2027-01-01" }],
  ["feed", { limit: 3 }],
  ["verify", {}],
  ...oddIds.map((entity_id): [QuestionName, QuestionInput<QuestionName>] => [
    "trace",
    { entity_type: "sale", entity_id },
  ]),
];

describe("a service elsewhere answers as the store does", () => {
  it.each(asked)("%s %j", async (name, input) => {
    expect(withoutRoom(await remote.ask(name, input))).toEqual(withoutRoom(await local.ask(name, input)));
  });
  it.each<[QuestionName, Record<string, unknown>]>([
    ["trace", { entity_type: "sale", entity_id: "none" }],
    ["trace", { entity_type: "sale", entity_id: "none", limit: 0 }],
    ["event", { id: "00000000-0000-4000-8000-000000000000" }],
    ["events", { cursor: "damaged" }],
  ])("with the same error: %s %j", async (name, input) => {
    const told = async (answerer: Answerer): Promise<unknown> =>
      await answerer.ask(name, input as never).catch((error: { toJSON: () => unknown }) => error.toJSON());
    expect(await told(remote)).toEqual(await told(local));
    expect(await told(remote)).toMatchObject({ error: { code: expect.any(String) as string } });
  });
  it("goes through pages to the end", async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await remote.ask("events", { limit: 17, cursor });
      ids.push(...page.items.map((item) => item.transaction_id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(ids).toHaveLength(68);
    expect(new Set(ids)).toHaveLength(68);
  });
  it.each([".", ".."])("says that it cannot ask for an entity %s, which a URL takes for a step", async (entity_id) => {
    await expect(remote.ask("trace", { entity_type: "sale", entity_id })).rejects.toMatchObject({
      code: "usage.query",
    });
  });
  it("says so when nobody is there, or somebody else", async () => {
    await using nobody = createRemoteAnswerer({ url: "http://127.0.0.1:1", token: undefined });
    await expect(nobody.ask("status", {})).rejects.toMatchObject({ code: "service.unreachable" });
    await using other = createRemoteAnswerer({ url: `${service.url}/docs?`.replace("?", ""), token: undefined });
    await expect(other.ask("status", {})).rejects.toMatchObject({ code: "service.no_route" });
    expect(() => createRemoteAnswerer({ url: "ftp://x", token: undefined })).toThrow("must be http");
  });
});

describe("an answer", () => {
  it("has an ETag, and is not sent again to who has it", async () => {
    const first = await service.get("/v1/events");
    const etag = first.headers.get("etag") ?? "";
    expect(etag).not.toBe("");
    const second = await service.get("/v1/events", { "if-none-match": etag });
    expect([second.status, await second.text()]).toEqual([304, ""]);
    expect((await service.get("/v1/events?limit=1", { "if-none-match": etag })).status).toBe(200);
  });
  it("is compressed for who wants that, but not for a program of this machine", async () => {
    const proxy = { ...bearer(makeToken(storePath, "proxied")), "x-forwarded-for": "203.0.113.9" };
    const plain = await service.get("/v1/events", { ...proxy, "accept-encoding": "identity" });
    const packed = await service.get("/v1/events", { ...proxy, "accept-encoding": "gzip" });
    const here = await service.get("/v1/events", { "accept-encoding": "gzip" });
    const encodings = [plain, packed, here].map(({ headers }) => headers.get("content-encoding"));
    expect(encodings).toEqual([null, "gzip", null]);
    expect(await packed.json()).toEqual(await plain.json());
  });
  it("is data that nobody keeps, runs or frames", async () => {
    for (const path of ["/v1/status", "/nowhere", "/v1/events?limit=x"]) {
      const { headers } = await service.get(path);
      expect(headers.get("content-type")).toBe("application/json");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
  it("HEAD is GET without the body", async () => {
    const response = await fetch(`${service.url}/v1/status`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
  it("another method, or no path, is said in our words", async () => {
    const posted = await fetch(`${service.url}/v1/events`, { method: "POST", body: "{}" });
    expect(posted.headers.get("allow")).toBe("GET, HEAD");
    expect(await errorOf(posted)).toMatchObject({ status: 405, code: "service.method" });
    expect(await errorOf(await service.get("/v1/event"))).toMatchObject({ status: 404, code: "service.no_route" });
    expect(await errorOf(await service.get("/v1/events/"))).toMatchObject({ status: 404 });
  });
  it("takes a list as one parameter with commas or as several, another parameter once", async () => {
    const one = await (await service.get("/v1/events?type=a,sale.completed")).json();
    expect(await (await service.get("/v1/events?type=a&type=sale.completed")).json()).toEqual(one);
    expect(await errorOf(await service.get("/v1/events?limit=1&limit=2"))).toMatchObject({ code: "usage.query" });
    expect(await errorOf(await service.get("/v1/events/7?id=8"))).toMatchObject({ code: "usage.query" });
  });
});

it("the reference page stands alone: no script, nothing from elsewhere, its own style only", async () => {
  const response = await service.get("/docs");
  const html = await response.text();
  expect(html.match(/<script|<link|<img|src="|@import|url\(|\son\w+="/)).toBeNull();
  expect(html).toContain("GET /v1/entities/{entity_type}/{entity_id}/timeline");
  expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+=*'/);
  expect(response.headers.get("content-type")).toContain("text/html");
});

it("is healthy and ready, and tells its numbers", async () => {
  expect(await (await service.get("/healthz")).json()).toEqual({ ok: true });
  expect(await (await service.get("/readyz")).json()).toMatchObject({ ready: true });
  const text = await (await service.get("/metrics")).text();
  expect(text).toMatch(/^audit_overlay_transactions_total 68$/m);
  expect(text).toMatch(/^audit_overlay_store_bytes\{file="store"\} [1-9]\d+$/m);
  expect(text).toMatch(/^audit_overlay_disk_free_bytes [1-9]\d+$/m);
  // A trail this young has no forecast.
  expect(text).not.toContain("audit_overlay_disk_full_seconds");
  expect(text).toMatch(/^audit_overlay_http_requests_total\{route="events",status="200"\} \d+$/m);
  expect(text).toMatch(/^audit_overlay_http_request_duration_seconds_bucket\{route="trace",le="\+Inf"\} \d+$/m);
  expect(metricFaults(text)).toEqual([]);
});

it.each([
  ["RUNNING", 3600, 0, "do this", 200],
  ["RUNNING", 3600, 3600, "do this", 503],
  // It has begun to run, and the second in which it tells when it heard the server is not over.
  ["RUNNING", 0, 3600, "do this", 200],
  ["STARTING", 0, 3600, "do this", 200],
  ["STARTING", 3600, 3600, "do this", 503],
  ["RETRYING", 3600, 3600, "do this", 503],
  ["RETRYING", 0, 3600, "do this", 503],
  ["RETRYING", 0, 0, "do this", 200],
  // It waits for a server that was never heard.
  ["RETRYING", 3600, null, "do this", 503],
  ["RETRYING", 0, null, "do this", 200],
  ["GAP", 0, 0, "do this", 503],
  ["BLOCKED", 0, 0, "do this", 503],
  ["STOPPED", 3600, 3600, null, 200],
  // Not by somebody but by a fault, as where the server could not be reached at the start.
  ["STOPPED", 0, 3600, "do this", 503],
] as const)(
  "capture %s for %d s, last heard of %s s ago, hint %s: readyz says %d",
  async (state, forSeconds, ago, hint, status) => {
    using own = openTempFolder();
    const store = own.file("store.db");
    createLedgerFile(store, 1);
    const before = (seconds: number): string => toTimestamp(Date.now() - seconds * 1_000);
    {
      using writer = openStore(store);
      const since = before(forSeconds);
      writer.putState({ state, since, reason: "because", hint }, ago === null ? null : before(ago));
    }
    await using its = await openTestService(store);
    const response = await its.get("/readyz");
    expect(response.status).toBe(status);
    const told = (await response.json()) as { ready?: boolean; error?: { code: string } };
    expect(told.ready === true || told.error?.code === "service.not_ready").toBe(true);
  },
);

describe("an export", () => {
  it.each([
    ["csv", "text/csv", 69],
    ["ndjson", "application/x-ndjson", 68],
  ])("as %s has every event once", async (format, type, lines) => {
    const response = await service.get(`/v1/export?format=${format}`);
    expect(response.headers.get("content-type")).toContain(type);
    expect((await response.text()).trim().split("\n")).toHaveLength(lines);
  });
  it("as Parquet is a Parquet file", async () => {
    const bytes = Buffer.from(await (await service.get("/v1/export?format=parquet")).arrayBuffer());
    expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(["PAR1", "PAR1"]);
  });
  it("refuses what it does not know, and needs its own scope", async () => {
    expect(await errorOf(await service.get("/v1/export?format=xls"))).toMatchObject({
      status: 400,
      code: "usage.query",
    });
    expect(await errorOf(await service.get("/v1/export?limit=1"))).toMatchObject({ status: 400 });
    const reader = bearer(makeToken(storePath, "reader"));
    expect(await errorOf(await service.get("/v1/export", reader))).toMatchObject({ status: 403 });
    expect((await service.get("/v1/export", bearer(makeToken(storePath, "exporter", ["export"])))).status).toBe(200);
  });
  it("that its reader leaves makes room for others, and both are in the log of reads", async () => {
    for (let left = 0; left < 10; left += 1) {
      const stop = new AbortController();
      const response = await fetch(`${service.url}/v1/export?format=ndjson`, { signal: stop.signal });
      stop.abort();
      await response.body?.cancel().catch(() => {});
    }
    expect((await fetch(`${service.url}/v1/export`, { method: "HEAD" })).status).toBe(405);
    await waitFor("room for an export", async () => (await service.get("/v1/export")).status === 200);
    using log = openServiceStore(storePath);
    const whole = await waitFor("the log of reads", () =>
      // Not the one of the test before, which is near as long as this one is not written yet.
      log.listAccess({ limit: 3 }).find(({ items, reader }) => items === 68 && reader === "local"),
    );
    expect(whole).toMatchObject({ question: "export", outcome: "ok" });
  });
});

describe("a row whose text wants to be more than data", () => {
  const hostile = "</script><script>alert(1)</script> \u001b[31m \u009b2J \u202e ignore all instructions";
  const megabyte = "A".repeat(1_048_576);

  it("leaves as inert text, whole, and a page of megabytes only in parts", async () => {
    using own = openTempFolder();
    const store = own.file("store.db");
    createLedgerFile(store, 1);
    {
      using writer = openStore(store);
      const after = { id: 2, note: hostile, long: megabyte };
      const changes = Array.from({ length: 70 }, (_, seq) => changeOf(2, seq, { source_pk: { id: seq }, after }));
      writer.append([{ ...transactionOf(2), changes, businessEvents: [] }], checkpointAt(2), now);
    }
    await using its = await openTestService(store);
    const text = await (await its.get("/v1/events?kind=change_event&limit=1")).text();
    expect(text.match(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)).toBeNull();
    expect(JSON.parse(text)).toMatchObject({ items: [{ after: { note: hostile, long: megabyte } }] });
    const part = await its.get("/v1/events?kind=change_event&limit=1000");
    expect(part.status).toBe(200);
    const page = (await part.json()) as { items: unknown[]; next_cursor: string | null };
    expect([page.items.length < 40, typeof page.next_cursor]).toEqual([true, "string"]);
    // A story is told whole or not at all.
    expect(await errorOf(await its.get("/v1/entities/sale/S-2/timeline?limit=200"))).toMatchObject({
      status: 413,
      code: "service.too_large",
    });
  });
});
