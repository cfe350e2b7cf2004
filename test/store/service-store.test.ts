// The file beside the store: who read what, and tokens. Several processes write it; what is written stays as it was.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import type { Access } from "../../src/model/access.ts";
import { openAccessLog } from "../../src/store/access-log.ts";
import { openServiceStore, servicePath } from "../../src/store/service-store.ts";
import { now } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

function accessOf(fields: Partial<Access> = {}): Access {
  return {
    at: now,
    face: "http",
    reader: "monitor",
    address: "10.0.0.7",
    question: "trace",
    input: { entity_type: "sale", entity_id: "4\u00002" },
    outcome: "ok",
    items: 3,
    duration_ms: 1.5,
    ...fields,
  };
}

function tamperService(store: string, sql: string): void {
  const db = new Database(servicePath(store));
  db.exec("DROP TRIGGER access_keep; DROP TRIGGER access_fixed");
  db.exec(sql);
  db.close();
}

it("keeps readings in order and shows the newest first, of one reader and since a time", () => {
  using folder = openTempFolder();
  using service = openServiceStore(folder.file("store.db"));
  service.recordAccess([accessOf(), accessOf({ reader: "ana", at: "2026-03-01T12:00:01.000000Z" })]);
  service.recordAccess([accessOf({ outcome: "trace.not_found", items: null })]);
  expect(service.listAccess({ limit: 10 }).map(({ access_id }) => access_id)).toEqual([3, 2, 1]);
  expect(service.listAccess({ limit: 10, reader: "ana" })).toMatchObject([{ access_id: 2, input: accessOf().input }]);
  expect(service.listAccess({ limit: 10, since: "2026-03-01T12:00:00.500000Z" })).toHaveLength(1);
  expect(service.verifyAccess()).toMatchObject({ ok: true, accesses: 3, fault: null });
});

it.each([
  ["a changed reader", "UPDATE access SET reader = 'nobody' WHERE access_id = 2", 2],
  ["a row that is gone", "DELETE FROM access WHERE access_id = 2", 3],
  [
    "rows that changed places",
    "UPDATE access SET access_id = -access_id; UPDATE access SET access_id = 4 + access_id",
    1,
  ],
])("verifyAccess finds %s", (_what, sql, access_id) => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  using service = openServiceStore(path);
  service.recordAccess(["a", "b", "c"].map((reader) => accessOf({ reader })));
  tamperService(path, sql);
  expect(service.verifyAccess()).toMatchObject({ ok: false, fault: { access_id } });
});

it("refuses to change or delete a reading, or to delete a token", () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  using service = openServiceStore(path);
  service.recordAccess([accessOf()]);
  service.createToken({ name: "a", scopes: ["read"], expires_at: null }, now);
  const db = new Database(servicePath(path));
  expect(() => db.exec("UPDATE access SET reader = 'b'")).toThrow("append-only");
  expect(() => db.exec("DELETE FROM access")).toThrow("append-only");
  expect(() => db.exec("DELETE FROM token")).toThrow("revoked, not deleted");
  db.close();
});

it("four processes that make the file and write it at once lose nothing and keep one chain", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  const url = (file: string): string => JSON.stringify(join(import.meta.dirname, "..", "..", "src", "store", file));
  const script = folder.file("writer.ts");
  writeFileSync(
    script,
    `import { openServiceStore } from ${url("service-store.ts")};
     using service = openServiceStore(process.argv[2]);
     for (let n = 0; n < 50; n += 1) service.recordAccess([${JSON.stringify(accessOf())}]);`,
  );
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, [script, path], { stdio: "inherit" }));
  const ends = await Promise.all(children.map((child) => once(child, "exit")));
  expect(ends.map(([status]) => status as unknown)).toEqual([0, 0, 0, 0]);
  using service = openServiceStore(path);
  expect(service.verifyAccess()).toMatchObject({ ok: true, accesses: 200 });
});

it("tokens: found by themselves only, until they expire or are revoked, and never stored", () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  using service = openServiceStore(path);
  const later = "2026-03-02T00:00:00.000000Z";
  const token = service.createToken({ name: "monitor", scopes: ["read", "export"], expires_at: later }, now);
  const other = service.createToken({ name: "other", scopes: ["admin"], expires_at: null }, now);
  expect(token).toMatch(/^ao_[\w-]{43}$/);
  expect(service.findToken(token, now)).toEqual({ name: "monitor", scopes: ["read", "export"] });
  expect(service.findToken(token, later)).toBeUndefined();
  expect(service.findToken(`${token}x`, now)).toBeUndefined();
  expect(service.findToken("", now)).toBeUndefined();
  service.revokeToken("other", now);
  service.revokeToken("other", later);
  expect(service.findToken(other, now)).toBeUndefined();
  service.recordAccess([accessOf({ at: later }), accessOf({ face: "cli", at: "2026-03-03T00:00:00.000000Z" })]);
  expect(service.listTokens()).toMatchObject([
    { name: "monitor", revoked_at: null, last_used_at: later },
    { name: "other", revoked_at: now, last_used_at: null },
  ]);
  const create = (): string => service.createToken({ name: "other", scopes: ["read"], expires_at: null }, now);
  expect(create).toThrow(expect.objectContaining({ code: "usage.argument" }));
  expect(() => service.revokeToken("nobody", now)).toThrow(expect.objectContaining({ code: "access.no_token" }));
  const db = new Database(servicePath(path), { readonly: true });
  expect(db.serialize().includes(Buffer.from(token.slice(3)))).toBe(false);
  db.close();
});

it("the access log survives a folder that cannot be written, tells, and says later how many readings it lost", () => {
  using folder = openTempFolder();
  const path = folder.file("later/store.db");
  const told: string[] = [];
  const log = openAccessLog(path, { log: { error: (fields) => told.push(JSON.stringify(fields)) } });
  for (let n = 0; n < 10_003; n += 1) log.record(accessOf());
  log.flush();
  log.flush();
  expect(log.health()).toMatchObject({ lost: 3, error: expect.stringContaining("there is no folder") as string });
  expect(told).toHaveLength(1);
  mkdirSync(dirname(path));
  log.flush();
  expect(log.health()).toEqual({ lost: 3, error: null });
  log[Symbol.dispose]();
  using service = openServiceStore(path);
  expect(service.listAccess({ limit: 1 })).toMatchObject([{ access_id: 10_001, question: "lost_readings", items: 3 }]);
});
