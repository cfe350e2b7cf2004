// Commands that read the store file are in the log of reads, as those who ask a service are; and a log that cannot be written
// fails none of them.
import { mkdirSync, readdirSync } from "node:fs";
import { userInfo } from "node:os";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { openServiceStore, servicePath } from "../../src/store/service-store.ts";
import { createLedgerFile, transactionOf } from "../support/ledger.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const reader = `local ${userInfo().username}`;

it("records each command once, with what was asked and what came of it", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 4);
  const id = transactionOf(3).businessEvents[0]?.business_event_id ?? "";
  const commands: readonly (readonly [args: readonly string[], row: object])[] = [
    [["trace", "sale", "S-1"], { question: "trace", input: { entity_type: "sale", entity_id: "S-1" }, items: 1 }],
    [["trace", "sale", "none"], { question: "trace", outcome: "trace.not_found", items: null }],
    [["trace", "sale", "S-1", "--at", "2026-04-01"], { question: "entity_state", items: 1 }],
    [["events", "--type", "no.such"], { question: "events", input: { kind: "business_event", type: "no.such" } }],
    [["events", "show", id], { question: "event", input: { id } }],
    [["events", "tail", "--no-follow"], { question: "feed", input: { lines: 10, follow: false }, items: 4 }],
    [["search", "S-2"], { question: "search", input: { text: "S-2" }, items: 1 }],
    [["summary", "--date", "2026-03-01"], { question: "summary", input: { date: "2026-03-01" } }],
    [["anomalies"], { question: "anomalies", items: 0 }],
    [["explain", id], { question: "explain", input: { id } }],
    [["rules", "explain", id], { question: "explain", input: { id } }],
    [["export", "--format", "csv"], { question: "export", input: { format: "csv" } }],
  ];
  for (const [args] of commands) expect((await runAuditctl([...args, "--store", store])).stderr).not.toContain("note");
  for (const args of [["status"], ["verify"]]) await runAuditctl([...args, "--store", store]);
  {
    using log = openServiceStore(store);
    const rows = log.listAccess({ limit: 100 }).toReversed();
    expect(rows).toMatchObject(
      commands.map(([, row]) => ({ face: "cli", reader, address: null, outcome: "ok", ...row })),
    );
    expect(log.verifyAccess()).toMatchObject({ ok: true, accesses: commands.length });
  }
  const shown = await runAuditctl(["access", "--limit", "1", "--reader", reader, "--since", "1h", "--store", store]);
  expect(shown.stdout).toContain(`${reader} (cli)  export format=csv`);
}, 120_000);

it("reads though the log of reads cannot be written, and says so once", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 2);
  mkdirSync(servicePath(store));
  const { status, stdout, stderr } = await runAuditctl(["events", "--json", "--store", store]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ items: [{}, {}] });
  expect(stderr).toMatch(/^note: this reading is not in the access log: [^\n]+\n$/);
});

it("makes no log of reads where there is no store", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  expect((await runAuditctl(["events", "--store", store])).status).not.toBe(0);
  expect((await runAuditctl(["export", "--store", store])).status).not.toBe(0);
  expect(readdirSync(folder.path)).toEqual([]);
});

it("neither fails nor waits long for a service that is writing its own readings", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 2);
  using service = openServiceStore(store);
  using cleanup = new DisposableStack();
  const writing = cleanup.adopt(new Database(service.path), (db) => db.close());
  writing.exec("BEGIN IMMEDIATE");
  const { status, stderr } = await runAuditctl(["events", "--store", store]);
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^note: /)]);
  writing.exec("COMMIT");
  await runAuditctl(["events", "--store", store]);
  expect(service.listAccess({ limit: 9 })).toMatchObject([{ question: "events", reader }]);
});
