// Who may ask, from where, how often; and that each reading is in the access log under its reader's name.
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../../src/store/open-store.ts";
import { openServiceStore } from "../../../src/store/service-store.ts";
import { createLedgerFile, now } from "../../support/ledger.ts";
import { runAuditctlProcess, startAuditctl } from "../../support/run-auditctl.ts";
import { bearer, errorOf, makeToken, openTestService, type TestService } from "../../support/service.ts";
import { openTempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const folder = openTempFolder();
const path = folder.file("store.db");
let open: TestService;
let closed: TestService;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  createLedgerFile(path, 5);
  tokens["reader"] = makeToken(path, "reader");
  tokens["admin"] = makeToken(path, "admin", ["admin"]);
  tokens["expired"] = makeToken(path, "expired", ["read"], "2026-01-02T00:00:00.000000Z");
  tokens["revoked"] = makeToken(path, "revoked");
  using service = openServiceStore(path);
  service.revokeToken("revoked", "2026-01-03T00:00:00.000000Z");
  open = await openTestService(path, { listen_names: ["audit.example"] });
  closed = await openTestService(path, { require_token: true });
});

afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** fetch sets Host itself; a page that lies about it does not use fetch. */
async function getWithHost(url: string, headers: Record<string, string>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request(`${url}/v1/status`, { headers }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  })
    .on("error", reject)
    .end();
  return await promise;
}

describe("on this machine", () => {
  it("no token is needed, unless it is asked for", async () => {
    expect((await open.get("/v1/status")).status).toBe(200);
    const refused = await closed.get("/v1/status");
    expect(refused.headers.get("www-authenticate")).toContain("Bearer");
    expect(await errorOf(refused)).toMatchObject({ status: 401, code: "access.unauthenticated" });
    expect((await closed.get("/v1/status", bearer(tokens["reader"] ?? ""))).status).toBe(200);
  });
  it.each(["/", "/docs", "/openapi.json", "/metrics", "/healthz/", "/readyz/x", "/nowhere", "/v1/feed/stream"])(
    "%s needs a token too where one is asked for",
    async (target) => expect((await closed.get(target)).status).toBe(401),
  );
  it.each(["expired", "revoked"])("a token that is %s is refused, also where none is needed", async (name) => {
    expect(await errorOf(await open.get("/v1/status", bearer(tokens[name] ?? "")))).toMatchObject({ status: 401 });
  });
  it.each(["ao_unknown", "", "ao_ü", "x".repeat(5_000)])("so is %s", async (token) => {
    expect((await open.get("/v1/status", { authorization: encodeURI(`Bearer ${token}`) })).status).toBe(401);
  });
  it("basic authentication is not a token", async () => {
    expect((await open.get("/v1/status", { authorization: "Basic YTpi" })).status).toBe(401);
  });
  it("what a proxy brings needs a token", async () => {
    expect((await open.get("/v1/status", { "x-forwarded-for": "203.0.113.9" })).status).toBe(401);
  });
  it.each([
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost:9", 200],
    ["127.9.9.9", 200],
    ["[::1]:80", 200],
    ["AUDIT.example:443", 200],
    ["10.0.0.1", 403],
    ["a b", 400],
  ])("Host %s: %d", async (host, status) => expect(await getWithHost(open.url, { host })).toBe(status));
  it.each([
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://127.0.0.1:1" }, 403],
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, 403],
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 200],
    [{ "sec-fetch-site": "same-origin" }, 200],
  ])("a page's request %j: %d", async (headers, status) => {
    const host = new URL(open.url).host;
    expect(await getWithHost(open.url, { host, ...(headers as unknown as Record<string, string>) })).toBe(status);
  });
  it("the service's own page may ask", async () => {
    expect(await getWithHost(open.url, { host: new URL(open.url).host, origin: open.url })).toBe(200);
  });
});

describe("health checks without a token", () => {
  it("are told whether the service is well, and nothing else", async () => {
    const asked = await closed.get("/healthz");
    expect([asked.status, await asked.json()]).toEqual([200, { ok: true }]);
    expect(await (await closed.get("/readyz?probe=1")).json()).toEqual({ ready: true });
    const asReader = await closed.get("/readyz", bearer(tokens["reader"] ?? ""));
    expect(Object.keys((await asReader.json()) as object)).toEqual(["ready", "capture", "seconds_since_verified"]);
    expect((await open.get("/healthz", { "x-forwarded-for": "203.0.113.9" })).status).toBe(200);
  });

  it("learn no reason when it is not", async () => {
    using own = openTempFolder();
    const store = own.file("store.db");
    createLedgerFile(store, 1);
    {
      using writer = openStore(store);
      writer.putState({ state: "GAP", since: now, reason: "purged uuid:1-9", hint: "see db-7" }, now);
    }
    const token = makeToken(store, "monitor");
    await using service = await openTestService(store, { require_token: true });
    const refused = await service.get("/readyz");
    const text = await refused.text();
    expect([refused.status, text]).toEqual([503, expect.not.stringMatching(/GAP|purged|uuid|db-7|store\.db/)]);
    expect(JSON.parse(text)).toMatchObject({ error: { code: "service.not_ready" } });
    expect(await (await service.get("/readyz", bearer(token))).text()).toContain("purged uuid:1-9");
  });

  it("cannot send a bad token, come from a page of another site, or ask without end", async () => {
    expect((await closed.get("/healthz", bearer("ao_unknown"))).status).toBe(401);
    expect((await closed.get("/healthz", { origin: "http://evil.example" })).status).toBe(403);
    await using limited = await openTestService(path, { rate_limit: 1, require_token: true });
    const statuses = await Promise.all(Array.from({ length: 12 }, async () => (await limited.get("/readyz")).status));
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
    expect((await limited.get("/v1/status", bearer(tokens["reader"] ?? ""))).status).toBe(200);
  });
});

it("a scope opens its own doors only", async () => {
  const asReader = await open.get("/v1/verify", bearer(tokens["reader"] ?? ""));
  expect(await errorOf(asReader)).toMatchObject({ status: 403, code: "access.forbidden" });
  expect((await open.get("/v1/verify", bearer(tokens["admin"] ?? ""))).status).toBe(200);
  expect((await open.get("/v1/status", bearer(tokens["admin"] ?? ""))).status).toBe(403);
});

it("too many requests are told when to go on; other readers and routes are not held up", async () => {
  await using limited = await openTestService(path, { rate_limit: 1 });
  const ask = async (token: string): Promise<number> =>
    (await limited.get("/v1/status", bearer(tokens[token] ?? ""))).status;
  const other = makeToken(path, "other");
  const statuses = await Promise.all(Array.from({ length: 12 }, () => ask("reader")));
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  const refused = await limited.get("/v1/status", bearer(tokens["reader"] ?? ""));
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await errorOf(refused)).toMatchObject({ code: "access.rate_limited" });
  expect((await limited.get("/v1/status", bearer(other))).status).toBe(200);
  expect((await limited.get("/v1/coverage", bearer(tokens["reader"] ?? ""))).status).toBe(200);
});

describe("from elsewhere", () => {
  it("the service refuses to start without a token", async () => {
    using own = openTempFolder();
    const store = own.file("store.db");
    createLedgerFile(store, 1);
    const serve = ["serve", "--store", store, "--listen", "0.0.0.0:0", "--json"];
    const refused = await runAuditctlProcess(serve);
    expect(refused.status).toBe(2);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "usage.config" } });
    makeToken(store, "old", ["read"], "2026-01-02T00:00:00.000000Z");
    expect((await runAuditctlProcess(serve)).status).toBe(2);
  });

  it("a request to the machine's own address needs a token, and is in the log of reads", async () => {
    using own = openTempFolder();
    const store = own.file("store.db");
    createLedgerFile(store, 1);
    const token = makeToken(store, "auditor");
    await using running = startAuditctl(["serve", "--store", store, "--listen", "0.0.0.0:0", "--json"]);
    const port = await waitFor(
      "the service to listen",
      () => /"http:\/\/0\.0\.0\.0:(\d+)"/.exec(running.stdout())?.[1],
    );
    const address = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4")?.address;
    const url = `http://${address ?? "127.0.0.1"}:${port}/v1/entities/sale/S-1/timeline`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: bearer(token) })).status).toBe(200);
    running.child.kill("SIGTERM");
    expect((await running.ended).status).toBe(0);
    using service = openServiceStore(store);
    expect(service.verifyAccess()).toMatchObject({ ok: true, accesses: 2 });
    expect(service.listAccess({ limit: 9 })).toMatchObject([
      {
        face: "http",
        reader: "auditor",
        address: address ?? "127.0.0.1",
        question: "trace",
        input: { entity_type: "sale", entity_id: "S-1" },
        outcome: "ok",
        items: 1,
      },
      { reader: "unknown", question: "refused", outcome: "access.unauthenticated" },
    ]);
  });
});

it("a reading that finds nothing, is wrong or too wide for its token is recorded with what came of it", async () => {
  using own = openTempFolder();
  const store = own.file("store.db");
  createLedgerFile(store, 2);
  {
    await using service = await openTestService(store);
    await service.get("/v1/entities/sale/none/timeline");
    await service.get("/v1/events?limit=2");
    await service.get(`/v1/events?x=${"y".repeat(4_000)}`);
    await service.get("/v1/verify");
  }
  using service = openServiceStore(store);
  const accesses = service.listAccess({ limit: 9 }).toReversed();
  expect(accesses).toMatchObject([
    { reader: "local", question: "trace", outcome: "trace.not_found", items: null },
    { question: "events", outcome: "ok", items: 2 },
    { question: "events", outcome: "usage.query" },
    { question: "verify", outcome: "ok" },
  ]);
  expect(accesses[2]?.input["x"]).toHaveLength(1_000);
});
