// Seeded bad requests against `auditctl serve` as a process of its own: each one gets a 4xx in our shape, and the process
// stays what it was.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../generator/random.ts";
import { errorCodes } from "../../../src/model/app-error.ts";
import type { ServiceEnv } from "../../../src/serve/http/service-request.ts";
import { type BadRequest, badRequest } from "../../support/bad-requests.ts";
import { createLedgerFile } from "../../support/ledger.ts";
import { startAuditctl } from "../../support/run-auditctl.ts";
import { bearer, errorOf, makeToken, openTestService } from "../../support/service.ts";
import { openTempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

interface Reply {
  status: number;
  type: string | undefined;
  text: string;
}

async function send(agent: Agent, url: string, { method, path, headers, body }: BadRequest): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const { hostname, port } = new URL(url);
  const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString()));
    response.on("end", () =>
      resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"], text }),
    );
  });
  sent.on("error", reject);
  sent.end(body);
  return await promise;
}

/** undefined where the reply is as it must be. */
function faultOf({ status, type, text }: Reply): string | undefined {
  if (status < 400 || status > 499) return `status ${status}`;
  if (type !== "application/json") return `type ${type}`;
  if (/\n\s+at |node:internal|\/src\/|SQLITE|SELECT /.test(text)) return "tells of our insides";
  const { error } = JSON.parse(text) as { error: Record<string, unknown> };
  if (!Object.hasOwn(errorCodes, String(error["code"]))) return "code";
  return typeof error["message"] === "string" && typeof error["hint"] === "string" ? undefined : "shape";
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

it("1,500 bad requests: 4xx in our shape, no stack, process alive, memory flat", { timeout: 120_000 }, async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 20);
  await using running = startAuditctl([
    "serve",
    "--store",
    store,
    "--listen",
    "127.0.0.1:0",
    "--rate-limit",
    "1000000",
    "--json",
  ]);
  const url = await waitFor("the service to listen", () => /http:[^"]+/.exec(running.stdout())?.[0]);
  const random = createRandom(20_261_121);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  const sendSome = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 1) {
      const bad = badRequest(random, new URL(url).host);
      const reply = await send(agent, url, bad).catch((error: Error) => {
        return { status: 0, type: undefined, text: error.message };
      });
      statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
      const fault = faultOf(reply);
      if (fault !== undefined)
        faults.push(`${fault}: ${bad.method} ${bad.path.slice(0, 200)} ${reply.text.slice(0, 200)}`);
    }
  };
  await sendSome(750);
  const before = residentMb(running.child.pid ?? 0);
  await sendSome(750);
  const after = residentMb(running.child.pid ?? 0);
  agent.destroy();
  expect(faults).toEqual([]);
  expect([...statuses.keys()].sort((a, b) => a - b)).toEqual([400, 401, 403, 404, 405, 413, 429]);
  expect(after - before).toBeLessThan(40);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(running.stderr()).toBe("");
  running.child.kill("SIGTERM");
  expect((await running.ended).status).toBe(0);
});

describe("what is hardly HTTP", () => {
  /** All that comes back on a connection of its own until the server ends it. */
  async function exchange(
    url: string,
    text: string,
    then: (write: (more: string) => void) => void = () => {},
  ): Promise<string> {
    const { hostname, port } = new URL(url);
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let reply = "";
    socket.on("data", (chunk) => (reply += chunk.toString()));
    socket.on("close", () => resolve(reply));
    socket.on("error", () => {});
    then((more) => void (socket.writable && socket.write(more)));
    return await promise;
  }

  const echo = new Hono<ServiceEnv>();
  echo.post("/", async (context) =>
    context.json({ characters: (await context.req.text()).length, reader: context.get("reader").name }),
  );
  const limits = { headersMs: 300, requestMs: 600, idleMs: 300 };
  const createMounts = () => [{ path: "/echo", scope: "admin", bodyBytesMax: 10_000, app: echo } as const];

  it.each([
    ["not HTTP", "hello there\r\n\r\n", 400],
    ["TLS", "\u0016\u0003\u0001\u0002\u0000", 400],
    ["a header without end", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(40_000)}`, 413],
    ["two lengths", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    [
      "a length and chunks",
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      400,
    ],
    ["bad chunks", "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
    ["no Host", "GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n", 403],
    [
      "an absolute URL of another",
      "GET http://evil.example/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
      403,
    ],
    ["a path that is none", "GET v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400],
    ["headers that do not come", "GET /v1/status HTTP/1.1\r\nHost: local", 408],
    ["a body that does not come", "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc", 408],
  ])("%s", async (_what, text, status) => {
    using folder = openTempFolder();
    const store = folder.file("store.db");
    createLedgerFile(store, 1);
    await using service = await openTestService(store, {}, { limits, createMounts });
    const reply = await exchange(service.url, text);
    const [head = "", body = ""] = reply.split("\r\n\r\n");
    expect(head.split("\r\n")[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain("application/json");
    expect(JSON.parse(body)).toMatchObject({
      error: { code: expect.any(String) as string, hint: expect.any(String) as string },
    });
    expect((await service.get("/healthz")).status).toBe(200);
  });

  it("a body that comes a byte at a time is cut", async () => {
    using folder = openTempFolder();
    const store = folder.file("store.db");
    createLedgerFile(store, 1);
    await using service = await openTestService(store, {}, { limits, createMounts });
    let timer: NodeJS.Timeout | undefined;
    const reply = await exchange(
      service.url,
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n",
      (write) => (timer = setInterval(() => write("x"), 20)),
    );
    clearInterval(timer);
    expect(reply).toContain("HTTP/1.1 408 ");
  });

  it("another face behind the same door: its scope and its size are checked before it is asked", async () => {
    using folder = openTempFolder();
    const store = folder.file("store.db");
    createLedgerFile(store, 1);
    await using service = await openTestService(store, {}, { createMounts });
    const post = async (body: string, headers = {}): Promise<Response> =>
      await fetch(`${service.url}/echo`, { method: "POST", body, headers });
    expect(await (await post("abc")).json()).toEqual({ characters: 3, reader: "local" });
    expect(await errorOf(await post("x".repeat(10_001)))).toMatchObject({ status: 413, code: "service.too_large" });
    expect((await post("abc", bearer(makeToken(store, "reader")))).status).toBe(403);
    expect((await post("abc", { origin: "http://evil.example" })).status).toBe(403);
  });
});
