// Marking anomalies on each face that can: the terminal over a store and over a service, and HTTP; recorded with who and when.
import { userInfo } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MarkedAnomaly } from "../../src/model/answer-schema.ts";
import { parseQuestion } from "../../src/model/question.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { openServiceStore } from "../../src/store/service-store.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { bearer, errorOf, makeToken, openTestService, type TestService } from "../support/service.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";

const folder = openTempFolder();
const store = folder.file("s.db");
createTradeStore(store);
const idOf = (number: number): string => `00000000-0000-4000-8000-0000000000${number}`;
const tokens = { reader: makeToken(store, "reader"), boss: makeToken(store, "boss", ["admin"]) };
const json = { "content-type": "application/json" };

let service: TestService;
beforeAll(async () => {
  service = await openTestService(store, { require_token: true });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function listed(id: string): MarkedAnomaly {
  using reader = openStoreReader(store);
  return reader.anomalies(parseQuestion("anomalies", {})).items.find(({ anomaly_id }) => anomaly_id === id)!;
}

async function post(id: string, body: unknown, headers: Record<string, string> = { ...json, ...bearer(tokens.boss) }) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return await fetch(`${service.url}/v1/anomalies/${id}/mark`, { method: "POST", headers, body: text });
}

describe("over HTTP", () => {
  it("an anomaly is marked, with the token's name, the time and a note, and the access log says so", async () => {
    const response = await post(idOf(13), { state: "expected", note: "stocktaking\u001b[31m" });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).not.toContain("\u001b");
    const { anomaly } = JSON.parse(text) as { anomaly: MarkedAnomaly };
    expect(anomaly).toMatchObject({ anomaly_id: idOf(13), state: "expected", mark: { state: "expected", by: "boss" } });
    expect(anomaly.mark?.at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(listed(idOf(13))).toEqual(anomaly);
    using log = openServiceStore(store);
    const isKept = (): boolean =>
      log.listAccess({ limit: 10, reader: "boss", since: undefined }).some(({ question, input }) => {
        return question === "mark_anomaly" && input["id"] === idOf(13) && input["state"] === "expected";
      });
    await expect.poll(isKept).toBe(true);
  });

  it("the newest word counts, and all of them stay", async () => {
    await post(idOf(16), { state: "confirmed" });
    await post(idOf(16), { state: "open", note: "not sure" });
    expect(listed(idOf(16))).toMatchObject({ state: "open", mark: { state: "open", note: "not sure" } });
  });

  it.each([
    ["a token with another scope", {}, { ...json, ...bearer(tokens.reader) }, 403, "access.forbidden"],
    ["no token", {}, json, 401, "access.unauthenticated"],
    ["a form", "state=expected", { ...bearer(tokens.boss), "content-type": "text/plain" }, 415, "service.media_type"],
    ["no JSON", "{", undefined, 400, "usage.query"],
    ["a list", [], undefined, 400, "usage.query"],
    ["a word that is no state", { state: "fine" }, undefined, 400, "usage.query"],
    ["something more", { state: "open", id: idOf(22), by: "me" }, undefined, 400, "usage.query"],
    ["a note without end", { state: "open", note: "x".repeat(501) }, undefined, 400, "usage.query"],
    ["too much", "x".repeat(20_000), undefined, 413, "service.too_large"],
  ])("%s is refused", async (_, body, headers, status, code) => {
    expect(await errorOf(await post(idOf(22), body, headers))).toMatchObject({ status, code });
    expect(listed(idOf(22))).toMatchObject({ state: "open", mark: null });
  });

  it("an anomaly that is not there, or an id that is none, is not found or not understood", async () => {
    expect(await errorOf(await post(idOf(99), { state: "open" }))).toMatchObject({ code: "trace.not_found" });
    expect(await errorOf(await post("x", { state: "open" }))).toMatchObject({ code: "usage.query" });
    const got = await service.get(`/v1/anomalies/${idOf(22)}/mark`, bearer(tokens.boss));
    expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("on a terminal", () => {
  const mark = async (args: readonly string[], env: Record<string, string> = {}) =>
    await runAuditctl(["anomalies", "mark", ...args], { env });

  it("an anomaly of a store is marked by the user of this machine", async () => {
    const { status, stdout } = await mark([idOf(22), "confirmed", "--note", "it was theft", "--store", store]);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`${idOf(22)}  confirmed, says ${userInfo().username} at .*: it was theft`));
    expect(listed(idOf(22))).toMatchObject({ state: "confirmed", mark: { by: userInfo().username } });
  });

  it("of a service, by the token", async () => {
    const { status, stdout } = await mark([idOf(22), "open", "--url", service.url, "--json"], {
      AUDIT_TOKEN: tokens.boss,
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ anomaly: { state: "open", mark: { by: "boss", note: null } } });
    const refused = await mark([idOf(22), "open", "--url", service.url], { AUDIT_TOKEN: tokens.reader });
    expect(refused.stderr).toContain("lacks the scope admin");
  });

  it.each([
    [[idOf(22), "fine"], "state"],
    [["nothing", "open"], "id"],
    [[idOf(99), "open"], "there is no anomaly"],
  ])("%s is refused", async (args, words) => {
    const { status, stderr } = await mark([...args, "--store", store]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(words);
  });
});
