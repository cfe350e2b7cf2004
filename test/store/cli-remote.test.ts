// The same commands of a store file and of a running service: the same words, the same JSON, the same files, the same errors.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLedgerFile, transactionOf } from "../support/ledger.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { type ServeProcess, startServe } from "../support/serve-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { withoutRoom } from "../support/without-room.ts";

const folder = openTempFolder();
const store = folder.file("shop.db");
let service: ServeProcess;
beforeAll(async () => {
  createLedgerFile(store, 12);
  service = await startServe(store);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const [sale] = transactionOf(3).businessEvents;
const id = sale?.business_event_id ?? "";

it.for([
  ["status"],
  ["status", "--json"],
  ["verify"],
  ["trace", "sale", "S-3"],
  ["trace", "sale", "S-3", "--json"],
  ["trace", "product", "P-1", "--at", "2026-03-02", "--json"],
  ["trace", "sale", "no such/thing?&"],
  ["trace", "sales", "S-3", "--json"],
  ["events", "--type", "sale.*", "--limit", "3", "--json"],
  ["events", "show", id],
  ["events", "tail", "--no-follow", "--changes"],
  ["events", "--cursor", "x"],
  ["summary", "--date", "2026-03-01", "--zone", "America/Lima"],
  ["anomalies", "--start", "2026-01-01"],
  ["explain", id],
  ["search", "no such words at all"],
  ["export", "--type", "sales"],
  ["export", "--changes", "--format", "ndjson", "--end", "2026-03-01"],
  ["export", "--type", "sal"],
])("auditctl %s", async (args) => {
  const here = await runAuditctl([...args, "--store", store]);
  const there = await runAuditctl(args, { env: { AUDIT_URL: service.url } });
  // Over HTTP the fields of an object may stand in another order.
  const readable = (stdout: string): unknown =>
    withoutRoom(args.includes("--json") && stdout !== "" ? JSON.parse(stdout) : stdout);
  expect({ ...there, seconds: 0, stdout: readable(there.stdout) }).toEqual({
    ...here,
    seconds: 0,
    stdout: readable(here.stdout),
  });
  expect(here.stdout + here.stderr).not.toBe("");
});

it("writes a file of a service, whole, with what this side knows of it", async () => {
  const file = folder.file("there.parquet");
  const { status, stdout, stderr } = await runAuditctl(["export", "--out", file, "--url", service.url]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(`events written to ${file}`);
  const manifest = JSON.parse(readFileSync(`${file}.manifest.json`, "utf8")) as {
    head: { entry_id: number; hash: string };
  };
  expect(manifest).toMatchObject({ format: "parquet", events: null, bytes: readFileSync(file).length });
  const anchor = `${manifest.head.entry_id}:${manifest.head.hash}`;
  expect((await runAuditctl(["verify", "--anchor", anchor, "--store", store])).status).toBe(0);
});

it("says what it cannot ask a service, and when none is there", async () => {
  const anchor = await runAuditctl(["verify", "--anchor", `1:${"0".repeat(64)}`, "--url", service.url]);
  expect(anchor.stderr).toContain("--anchor: a service does not check one");
  expect(anchor.status).toBe(2);
  const nobody = await runAuditctl(["status", "--url", "http://127.0.0.1:1"]);
  expect(nobody.stderr).toContain("[service.unreachable]\nhint: Check --url");
  const chosen = await runAuditctl(["status", "--store", store], { env: { AUDIT_URL: "http://127.0.0.1:1" } });
  expect(chosen.status).toBe(0);
});
