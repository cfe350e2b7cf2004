// `auditctl token` and `auditctl access` as a user runs them.
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import type { Token } from "../../../src/model/token.ts";
import { openServiceStore } from "../../../src/store/service-store.ts";
import { createLedgerFile, now } from "../../support/ledger.ts";
import { runAuditctl } from "../../support/run-auditctl.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

it("makes a token that is shown once, lists it without it, and revokes it", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 1);
  const run = async (...args: string[]) => await runAuditctl(["token", ...args, "--store", store]);
  const created = await run("create", "--name", "dashboard", "--scope", "export,read", "--expires", "90d");
  const [token = "", told] = created.stdout.split("\n");
  expect(token).toMatch(/^ao_[\w-]{43}$/);
  expect(told).toMatch(/^dashboard: read, export; expires \d{4}-.* It is not shown again\.$/);
  const listed = await run("list", "--json");
  expect(listed.stdout).not.toContain(token.slice(3));
  const { tokens } = JSON.parse(listed.stdout) as { tokens: Token[] };
  expect(tokens).toMatchObject([
    { name: "dashboard", scopes: ["read", "export"], revoked_at: null, last_used_at: null },
  ]);
  const days = (Date.parse(tokens[0]?.expires_at ?? "") - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(89.9);
  expect((await run("revoke", "--name", "dashboard")).stdout).toBe("dashboard is revoked\n");
  expect((await run("list")).stdout).toMatch(/^dashboard {2}read,export {2}REVOKED .* never used\n1 token\n$/);
  expect((await run("revoke", "--name", "nobody")).status).toBe(8);
});

it.each([
  ["--name", "a b"],
  ["--name", "local"],
  ["--name", "a", "--scope", "write"],
  ["--name", "a", "--scope", ""],
  ["--name", "a", "--expires", "yesterday"],
  ["--name", "a", "--expires", "2020-01-01"],
  ["--name", "a", "--expires", "0d"],
])("refuses token create %s %s %s %s", async (...args) => {
  using folder = openTempFolder();
  const words = args.filter((arg): arg is string => arg !== undefined);
  const { status, stderr } = await runAuditctl(["token", "create", "--store", folder.file("s.db"), "--json", ...words]);
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "usage.argument" } });
});

it("shows who read what, with control characters spelled out, and finds a log that was changed", async () => {
  using folder = openTempFolder();
  const store = folder.file("store.db");
  createLedgerFile(store, 1);
  {
    using service = openServiceStore(store);
    const access = { at: now, face: "http", address: "10.0.0.7", outcome: "ok", items: 2, duration_ms: 3 } as const;
    service.recordAccess([
      { ...access, reader: "monitor", question: "status", input: {} },
      { ...access, reader: "auditor", question: "search", input: { text: "\u001b[2Jcash" } },
    ]);
  }
  const run = async (...args: string[]) => await runAuditctl(["access", ...args, "--store", store]);
  const shown = await run();
  expect(shown.stdout.split("\n")[0]).toBe(
    "2026-03-01 12:00:00Z  auditor (http 10.0.0.7)  search text=\\u001b[2Jcash  2 items, 3.0 ms",
  );
  expect(JSON.parse((await run("--json", "--reader", "monitor")).stdout)).toMatchObject({
    accesses: [{ reader: "monitor", access_id: 1 }],
  });
  expect((await run("--since", "2026-03-02")).stdout).toBe("");
  expect((await run("--since", "soon")).status).toBe(2);
  expect((await run("--verify")).stdout).toMatch(/^VERIFIED {2}2 readings\nhead 2:[0-9a-f]{64}\n$/);
  const db = new Database(`${store}-service`);
  db.exec("DROP TRIGGER access_fixed; UPDATE access SET reader = 'nobody' WHERE access_id = 1");
  db.close();
  const verified = await run("--verify");
  expect([verified.status, verified.stderr]).toEqual([
    3,
    expect.stringContaining("reading 1 is not as it was written"),
  ]);
});
