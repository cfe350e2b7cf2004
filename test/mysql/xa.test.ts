// Distributed (XA) transactions on real servers: their rows are in the trail when they are committed and only then, though
// others lie between, capture is killed and the server restarted.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { type Address, flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, readStatus, verifyStore, waitForState, waitUntilStored } from "../support/trail.ts";

const table = "CREATE TABLE item (id INT PRIMARY KEY, body VARCHAR(50))";

/** `id`: as XA statements take it. */
const prepare = (id: string, ...statements: string[]): string[] => [
  `XA START ${id}`,
  ...statements,
  `XA END ${id}`,
  `XA PREPARE ${id}`,
];

/** Another session in the same database; it lives as long as the source's own. */
async function openSession(source: Source, address: Address): Promise<Source> {
  const session = await openSource(source.flavor, address);
  await session.run(`USE \`${source.database}\``);
  return session;
}

/** Keys of the rows that the trail holds, in its order. */
const idsOf = (store: string, source: Source): number[] =>
  readEvents(store, source.database)
    .filter(({ operation }) => operation !== "ddl")
    .map(({ source_pk }) => (source_pk as { id: number }).id);

const preparedIn = (store: string) => readStatus(store)?.coverage?.prepared.map(({ xid, changes }) => [xid, changes]);

function expectIntact(store: string): void {
  expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  expect(readStatus(store)?.coverage).toMatchObject({ gaps: [], prepared: [] });
}

describe.each(flavors)("a distributed transaction of %s", (flavor) => {
  it("is published by its commit and voided by its rollback, with others between and capture killed on the way", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const server = inject(flavor);
    await using source = await openSource(flavor, server);
    const { database } = source;
    await using keep = await openSession(source, server);
    await using drop = await openSession(source, server);
    await source.run(table);
    const id = (name: string): string => `'${database}','${name}',7`;
    const first = await startRun(server, store, ["--databases", database]);
    await keep.run(
      ...prepare(id("keep"), "INSERT INTO item VALUES (1, 'a')", "UPDATE item SET body = 'b' WHERE id = 1"),
    );
    await source.run("INSERT INTO item VALUES (3, 'between')");
    await drop.run(...prepare(id("drop"), "INSERT INTO item VALUES (2, 'a')"));
    await waitUntilStored(source, store);
    expect(idsOf(store, source)).toEqual([3]);
    expect(preparedIn(store)).toEqual([
      [id("keep"), 2],
      [id("drop"), 1],
    ]);
    const { stdout } = await runAuditctl(["status", "--store", store]);
    expect(stdout).toContain(`  XA      2 transactions prepared and not yet decided: ${id("keep")} (2 changes, `);
    first.child.kill("SIGKILL");
    await first.ended;

    // Decided while nobody reads. (MariaDB lets only the session itself decide, as long as it lives.)
    await keep.run(`XA COMMIT ${id("keep")}`);
    await using second = await startRun(server, store, ["--databases", database]);
    await waitUntilStored(source, store);
    expect(idsOf(store, source)).toEqual([3, 1, 1]);
    await drop.run(`XA ROLLBACK ${id("drop")}`, "INSERT INTO item VALUES (4, 'after')");
    await waitUntilStored(source, store);
    await stopRun(second);
    expect(idsOf(store, source)).toEqual([3, 1, 1, 4]);
    const [, insert, update] = readEvents(store, database);
    expect([insert, update]).toMatchObject([
      { operation: "insert", seq: 0, after: { id: 1, body: "a" } },
      { operation: "update", seq: 1, before: { id: 1, body: "a" }, after: { id: 1, body: "b" }, changed: ["body"] },
    ]);
    expect(insert?.["transaction_id"]).toBe(update?.["transaction_id"]);
    expect(readNotes(store).map(({ kind }) => kind)).toEqual([
      "start",
      "prepared",
      "prepared",
      "start",
      "voided",
      "stop",
    ]);
    expectIntact(store);
  });

  it("in one phase is a transaction like any other, and so is one whose id is used again", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const server = inject(flavor);
    await using source = await openSource(flavor, server);
    const id = `'${source.database}'`;
    await source.run(table);
    await using running = await startRun(server, store, ["--databases", source.database]);
    for (const row of [1, 2])
      await source.run(
        `XA START ${id}`,
        `INSERT INTO item VALUES (${row}, '')`,
        `XA END ${id}`,
        `XA COMMIT ${id} ONE PHASE`,
      );
    for (const [row, decision] of [
      [3, "ROLLBACK"],
      [4, "COMMIT"],
    ] as const)
      await source.run(...prepare(id, `INSERT INTO item VALUES (${row}, '')`), `XA ${decision} ${id}`);
    // Never prepared: the log does not know of it.
    await source.run(`XA START ${id}`, "INSERT INTO item VALUES (5, '')", `XA END ${id}`, `XA ROLLBACK ${id}`);
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(idsOf(store, source)).toEqual([1, 2, 4]);
    expectIntact(store);
  });

  it("outside of the databases that are kept is a name without rows", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const server = inject(flavor);
    await using source = await openSource(flavor, server);
    await using other = await openSource(flavor, server);
    await source.run(table);
    await other.run(table);
    await using running = await startRun(server, store, ["--databases", source.database]);
    await other.run(...prepare(`'${other.database}'`, "INSERT INTO item VALUES (1, '')"));
    await waitUntilStored(source, store);
    expect(preparedIn(store)).toEqual([[`'${other.database}','',1`, 0]]);
    await other.run(`XA COMMIT '${other.database}'`);
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(readEvents(store, other.database)).toEqual([]);
    expectIntact(store);
  });

  it("that was prepared before the trail began leaves a gap when it is committed", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const server = inject(flavor);
    await using source = await openSource(flavor, server);
    await source.run(table, ...prepare("X'00ff',X'01',99", "INSERT INTO item VALUES (1, '')"));
    await using running = await startRun(server, store, ["--databases", source.database]);
    await source.run("XA COMMIT X'00ff',X'01',99", "INSERT INTO item VALUES (2, '')");
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(idsOf(store, source)).toEqual([2]);
    expect(readStatus(store)?.coverage?.gaps).toMatchObject([
      {
        reason: expect.stringMatching(
          / commits XA X'00ff',X'01',99, which was prepared before the trail began/,
        ) as string,
      },
    ]);
    expect(verifyStore(store)).toMatchObject({ ok: true });
  });

  it(
    "larger than memory should hold waits in the store, and is published whole and once",
    { timeout: 180_000 },
    async () => {
      using folder = openTempFolder();
      const store = folder.file("s.db");
      const server = inject(flavor);
      const rowCount = 30_000;
      const digits = `(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6
      UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)`;
      const fill = (from: number): string => `INSERT INTO item
      SELECT ${from} + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, REPEAT('x', 40)
      FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e, ${digits} f WHERE f.d < ${rowCount / 10_000}`;
      await using source = await openSource(flavor, server);
      const id = `'${source.database}'`;
      await source.run(table);
      const first = await startRun(server, store, ["--databases", source.database]);
      await source.run(...prepare(id, fill(0)));
      await waitUntilStored(source, store, 60_000);
      expect(preparedIn(store)).toEqual([[`${id},'',1`, rowCount]]);
      expect(idsOf(store, source)).toEqual([]);
      first.child.kill("SIGKILL");
      await first.ended;
      await using second = await startRun(server, store, ["--databases", source.database]);
      await source.run(`XA COMMIT ${id}`, `XA START ${id}`, fill(100_000), `XA END ${id}`, `XA COMMIT ${id} ONE PHASE`);
      await waitUntilStored(source, store, 60_000);
      await stopRun(second);
      const ids = idsOf(store, source);
      expect(ids).toHaveLength(2 * rowCount);
      expect(new Set(ids).size).toBe(2 * rowCount);
      expectIntact(store);
    },
  );
});

describe.each(flavors)("a distributed transaction of %s over a restart of the server", (flavor) => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await openLocalServer(flavor);
  });
  afterAll(async () => {
    await server?.stop();
  });

  it.each(["shutdown", "kill"] as const)("waits, and its decision is taken (%s)", async (how) => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    const { database } = source;
    await using drop = await openSession(source, server);
    await source.run(table);
    await using running = await startRun(server, store, ["--databases", database]);
    await source.run(...prepare(`'keep-${how}'`, "INSERT INTO item VALUES (1, '')"));
    await drop.run(...prepare(`'drop-${how}'`, "INSERT INTO item VALUES (2, '')"));
    await waitUntilStored(source, store);

    await server[how]();
    await waitForState(store, "RETRYING", running);
    await server.start();
    await using again = await openSource(flavor, server);
    expect((await again.rows("XA RECOVER")).map((row) => String(row["data"])).toSorted()).toEqual([
      `drop-${how}`,
      `keep-${how}`,
    ]);
    await again.run(`XA COMMIT 'keep-${how}'`, `XA ROLLBACK 'drop-${how}'`);
    await waitForState(store, "RUNNING", running, 60_000);
    await waitUntilStored(again, store);
    await stopRun(running);
    expect((await again.rows(`SELECT id FROM \`${database}\`.item`)).map((row) => row["id"] as number)).toEqual([1]);
    expect(idsOf(store, source)).toEqual([1]);
    expectIntact(store);
    await again.run(`DROP DATABASE \`${database}\``);
  });
});
