// `auditctl snapshot` as a user runs it: consistent under load, killed and gone on with, refused with the cure, and told by `trace`.
import { randomInt } from "node:crypto";
import { type Connection, createConnection } from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import type { StoreStatus, Trace } from "../../src/model/trace.ts";
import type { SnapshotReport } from "../../src/pipeline/take-snapshot.ts";
import { type AuditctlResult, runAuditctl, runAuditctlProcess, startAuditctl } from "../support/run-auditctl.ts";
import { shownError, startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, type StoredEvent, verifyStore, waitUntilStored } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

async function snapshot(
  source: Source,
  store: string,
  tables: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<AuditctlResult> {
  const flags = ["snapshot", "--json", "--tables", tables, "--rows-per-second", "0", ...args];
  return await runAuditctlProcess(flags, { env: { ...source.env, AUDIT_STORE: store, ...env } });
}

function reportOf({ status, stdout, stderr }: AuditctlResult): SnapshotReport {
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout) as SnapshotReport;
}

async function traceOf(store: string, type: string, id: string): Promise<Trace> {
  const { status, stdout, stderr } = await runAuditctl(["trace", type, id, "--json"], { env: { AUDIT_STORE: store } });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout) as Trace;
}

function rowsRead(store: string, database: string): StoredEvent[] {
  return readEvents(store, database).filter(({ operation }) => operation === "snapshot");
}

async function fill(source: Source, table: string, rows: number, key = "id INT PRIMARY KEY"): Promise<void> {
  await source.run(`CREATE TABLE ${table} (${key}, balance INT NOT NULL)`);
  const values = Array.from({ length: rows }, (_, index) => `(${index + 1}, 100)`);
  await source.run(`INSERT INTO ${table} VALUES ${values.join(", ")}`);
}

/** Moves money between accounts until disposed; the sum never changes. */
function startTransfers(
  { address, database }: Source,
  accounts: number,
  writers: number,
): AsyncDisposable & { count: () => number } {
  const stop = new AbortController();
  let count = 0;
  const write = async (): Promise<void> => {
    const { host, port, user, password } = address;
    const connection: Connection = await createConnection({
      host,
      port,
      user,
      password,
      database,
      multipleStatements: true,
    });
    while (!stop.signal.aborted) {
      const [from, to] = [randomInt(1, accounts + 1), randomInt(1, accounts + 1)].sort((a, b) => a - b);
      await connection.query(
        `START TRANSACTION; UPDATE account SET balance = balance - 1 WHERE id = ${from}; UPDATE account SET balance = balance + 1 WHERE id = ${to}; COMMIT`,
      );
      count += 1;
    }
    connection.destroy();
  };
  const ended = Array.from({ length: writers }, write);
  return {
    count: () => count,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(ended);
    },
  };
}

describe.each(flavors)("a snapshot of %s", (flavor) => {
  it("is of one moment under concurrent writes, and the log goes on from it without a hole", async () => {
    using temp = openTempFolder();
    const store = temp.file("bank.db");
    await using source = await openSource(flavor, inject(flavor), "bank");
    await fill(source, "account", 2_000);
    {
      await using transfers = startTransfers(source, 2_000, 4);
      await waitFor("transfers", () => transfers.count() > 50);
      const before = transfers.count();
      // Slow enough for many transfers to fall between its chunks.
      const report = reportOf(
        await snapshot(source, store, `${source.database}.account`, [
          "--chunk-rows",
          "100",
          "--rows-per-second",
          "2000",
        ]),
      );
      expect(report.tables).toMatchObject([{ rows: 2_000, chunks: 21, outcome: "taken" }]);
      expect(transfers.count() - before).toBeGreaterThan(50);
    }
    const rows = rowsRead(store, source.database);
    expect(new Set(rows.map((row) => JSON.stringify(row["source_pk"]))).size).toBe(2_000);
    const balances = rows.map(({ after }) => after as { id: number; balance: number });
    expect(balances.reduce((sum, { balance }) => sum + balance, 0)).toBe(200_000);
    // The anchor is a moment of the log: state plus every change that it does not hold is the state now.
    await using running = await startRun(source.address, store);
    await waitUntilStored(source, store, 60_000);
    await stopRun(running);
    const state = new Map(balances.map(({ id, balance }) => [id, balance]));
    for (const { operation, after } of readEvents(store, source.database)) {
      const { id, balance } = (after ?? {}) as { id: number; balance: number };
      if (operation === "update") state.set(id, balance);
    }
    const now = (await source.rows("SELECT id, balance FROM account")) as { id: number; balance: number }[];
    expect(now.filter(({ id, balance }) => state.get(id) !== balance)).toEqual([]);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });

  it("goes on after the last stored chunk when it was killed, and is complete once", async () => {
    using temp = openTempFolder();
    const store = temp.file("killed.db");
    await using source = await openSource(flavor, inject(flavor), "kill");
    await fill(source, "account", 1_000);
    const table = `${source.database}.account`;
    {
      const args = ["snapshot", "--tables", table, "--chunk-rows", "50", "--rows-per-second", "200"];
      await using slow = startAuditctl(args, { env: { ...source.env, AUDIT_STORE: store } });
      await waitFor("a few chunks", () => readNotesOrNone(store).filter(({ kind }) => kind === "snapshot").length > 4);
      slow.child.kill("SIGKILL");
      await slow.ended;
    }
    const held = rowsRead(store, source.database).length;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(1_000);
    await source.run("UPDATE account SET balance = 7 WHERE id = 1000");
    const resumed = reportOf(await snapshot(source, store, table, ["--chunk-rows", "50"]));
    expect(resumed.tables).toMatchObject([{ rows: 1_000, outcome: "taken" }]);
    const rows = rowsRead(store, source.database);
    expect(rows.map(({ source_pk }) => (source_pk as { id: number }).id)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => index + 1),
    );
    const ids = rows.map(({ metadata }) => (metadata as { snapshot: { id: string; gtid_set: string } }).snapshot);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
    // The rest is from a later read, and says so.
    expect(await source.covers(ids.at(-1)?.gtid_set ?? "", ids[0]?.gtid_set ?? "")).toBe(true);
    expect(ids.at(-1)?.gtid_set).not.toBe(ids[0]?.gtid_set);
    expect(rows.at(-1)?.after).toMatchObject({ balance: 7 });

    const idle = reportOf(await snapshot(source, store, table));
    expect(idle).toMatchObject({ complete: true, anchor: null, tables: [{ outcome: "complete", rows: 1_000 }] });
    expect(rowsRead(store, source.database)).toHaveLength(1_000);
    reportOf(await snapshot(source, store, table, ["--again"]));
    expect(rowsRead(store, source.database)).toHaveLength(2_000);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });

  it("reads along keys of several columns, of bytes and of large numbers, and tables without a key, each row once", async () => {
    using temp = openTempFolder();
    const store = temp.file("keys.db");
    await using source = await openSource(flavor, inject(flavor), "keys");
    await source.run(
      "CREATE TABLE pair (a BIGINT UNSIGNED, b VARCHAR(5) COLLATE utf8mb4_general_ci, c DECIMAL(20,4), PRIMARY KEY (b, a, c))",
      "CREATE TABLE blob_key (id VARBINARY(8) PRIMARY KEY)",
      "CREATE TABLE enum_key (id ENUM('z','a','m') PRIMARY KEY)",
      "CREATE TABLE keyless (n INT)",
      "CREATE TABLE bare (id INT PRIMARY KEY)",
      "CREATE VIEW seen AS SELECT 1 AS one",
    );
    const big = (index: number): string => String(18_446_744_073_709_551_615n - BigInt(index));
    await source.run(
      `INSERT INTO pair VALUES ${Array.from({ length: 60 }, (_, i) => `(${big(i % 7)}, '${["a", "B", "''", "\\\\", ""][i % 5]}', ${i}.5001)`).join(", ")}`,
    );
    await source.run(
      "INSERT INTO blob_key VALUES (''), (0x00), (0x0001), (0x27), (0x5c), (0xff), (0xff00)",
      "INSERT INTO enum_key VALUES ('z'), ('a'), ('m')",
      "INSERT INTO keyless VALUES (1), (1), (2), (3), (NULL)",
    );
    const report = reportOf(await snapshot(source, store, `${source.database}.*`, ["--chunk-rows", "2"]));
    expect(
      Object.fromEntries(report.tables.map(({ table, rows, resumable }) => [table.split(".")[1], [rows, resumable]])),
    ).toEqual({
      bare: [0, true],
      blob_key: [7, true],
      enum_key: [3, false],
      keyless: [5, false],
      pair: [60, true],
    });
    const rows = rowsRead(store, source.database).filter(({ source_table }) => source_table === "pair");
    expect(new Set(rows.map(({ source_pk }) => JSON.stringify(source_pk))).size).toBe(60);
  });

  it("tells an old entity, then what happened to it, in order", async () => {
    using temp = openTempFolder();
    const store = temp.file("old.db");
    await using source = await openSource(flavor, inject(flavor), "old");
    await fill(source, "account", 3);
    await using first = await startRun(source.address, store);
    await waitUntilStored(source, store);
    await stopRun(first);
    // Committed before the snapshot, stored after it: the snapshot contains it, so the story tells it first.
    await source.run("UPDATE account SET balance = 50 WHERE id = 2");
    reportOf(await snapshot(source, store, `${source.database}.account`));
    await source.run("UPDATE account SET balance = 60 WHERE id = 2");
    const lone = await traceOf(store, "account", "1");
    expect(lone.timeline).toMatchObject([
      {
        kind: "change_event",
        operation: "snapshot",
        before: null,
        after: { id: 1, balance: 100 },
        actor: { kind: "unknown" },
        metadata: { snapshot: { gtid_set: expect.any(String) as string } },
      },
    ]);
    await using second = await startRun(source.address, store);
    await waitUntilStored(source, store);
    await stopRun(second);
    const { timeline } = await traceOf(store, "account", "2");
    expect(
      timeline.map(
        (item) => item.kind === "change_event" && [item.operation, (item.after as { balance: number }).balance],
      ),
    ).toEqual([
      ["update", 50],
      ["snapshot", 50],
      ["update", 60],
    ]);
    const { stdout } = await runAuditctl(["trace", "account", "2"], { env: { AUDIT_STORE: store } });
    expect(stdout).toMatch(/state {2}from the snapshot of 20/);
    expect(stdout).toContain("contains every transaction of");
    const status = JSON.parse(
      (await runAuditctl(["status", "--json"], { env: { AUDIT_STORE: store } })).stdout,
    ) as StoreStatus;
    expect(status.coverage?.baselines).toMatchObject([
      { table: `${source.database}.account`, rows: 3, complete: true },
    ]);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });

  it("says what is missing: the privilege, the table, the store's one writer", async () => {
    using temp = openTempFolder();
    await using source = await openSource(flavor, inject(flavor), "deny");
    await fill(source, "account", 3);
    const user = `u_${source.database}`;
    await source.run(
      `CREATE USER '${user}'@'%' IDENTIFIED BY 'secret'`,
      `GRANT REPLICATION SLAVE ON *.* TO '${user}'@'%'`,
    );
    try {
      const asUser = { AUDIT_USER: user, AUDIT_PASSWORD: "secret" };
      const denied = shownError(await snapshot(source, temp.file("a.db"), `${source.database}.account`, [], asUser));
      expect(denied).toMatchObject({
        code: "snapshot.access_denied",
        hint: expect.stringContaining(`GRANT SELECT ON \`${source.database}\`.\`account\` TO '${user}'`) as string,
      });
      expect(shownError(await snapshot(source, temp.file("b.db"), `${source.database}.*`, [], asUser)).code).toBe(
        "snapshot.no_table",
      );
      // SELECT alone is enough: no REPLICATION SLAVE, no right beyond the tables.
      await source.run(
        `REVOKE REPLICATION SLAVE ON *.* FROM '${user}'@'%'`,
        `GRANT SELECT ON \`${source.database}\`.* TO '${user}'@'%'`,
      );
      expect(
        reportOf(await snapshot(source, temp.file("c.db"), `${source.database}.*`, [], asUser)).tables,
      ).toMatchObject([{ rows: 3 }]);
    } finally {
      await source.run(`DROP USER '${user}'@'%'`);
    }
    const missing = await snapshot(source, temp.file("d.db"), `${source.database}.nowhere`);
    expect(missing.status).toBe(8);
    expect(shownError(missing).message).toContain(`${source.database}.nowhere`);
    expect(shownError(await snapshot(source, temp.file("e.db"), "accounts")).code).toBe("usage.argument");
    const store = temp.file("f.db");
    await using running = await startRun(source.address, store);
    const busy = shownError(await snapshot(source, store, `${source.database}.account`));
    expect(busy).toMatchObject({
      code: "store.in_use",
      hint: expect.stringContaining("Stop `auditctl run`") as string,
    });
    await stopRun(running);
  });

  it("reads no faster than it was told, and stops at a signal between chunks", async () => {
    using temp = openTempFolder();
    const store = temp.file("slow.db");
    await using source = await openSource(flavor, inject(flavor), "slow");
    await fill(source, "account", 400);
    const startedAt = performance.now();
    reportOf(
      await snapshot(source, temp.file("slow.db"), `${source.database}.account`, [
        "--chunk-rows",
        "50",
        "--rows-per-second",
        "200",
      ]),
    );
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    const args = [
      "snapshot",
      "--again",
      "--json",
      "--tables",
      `${source.database}.account`,
      "--chunk-rows",
      "50",
      "--rows-per-second",
      "10",
    ];
    await using stopped = startAuditctl(args, { env: { ...source.env, AUDIT_STORE: store } });
    await waitFor("a chunk of the second", () => rowsRead(store, source.database).length > 400);
    stopped.child.kill("SIGINT");
    const { status, stdout } = await stopped.ended;
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ complete: false, tables: [{ outcome: "unfinished" }] });
  });
});

function readNotesOrNone(store: string): ReturnType<typeof readNotes> {
  try {
    return readNotes(store);
  } catch {
    return [];
  }
}
