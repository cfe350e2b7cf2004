// Rows 1, 2, 3, 20, 26: capture and server killed, at random under load and at each moment that matters.
import { deepEqual, equal, ok as assertOk } from "node:assert/strict";
import { copyFileSync, existsSync, statSync, truncateSync } from "node:fs";
import { openSource, type Source } from "../../test/support/source.ts";
import { startRun, stopRun } from "../../test/support/run-capture.ts";
import { readEvents, readStatus, waitUntilStored } from "../../test/support/trail.ts";
import { runKillTest } from "../kill-test/run-kill-test.ts";
import { both, type FaultCase, type FaultContext, ok, type Outcome } from "./fault-case.ts";
import { startFaulty } from "./fault-plan.ts";
import { assertSameItems, checkpointOf, itemTable, resume, untilKilled } from "./trail-check.ts";

export const killCases: readonly FaultCase[] = [
  { row: 1, name: "kill-capture-midtx", servers: both, run: (context) => killUnderLoad(context, 8, 0) },
  { row: 2, name: "kill-capture-at-commit", servers: both, run: killAtCommit },
  { row: 3, name: "checkpoint-never-before-commit", servers: both, run: killInsideTransaction },
  { row: 20, name: "mysqld-sigkill", servers: both, run: (context) => killUnderLoad(context, 2, 3) },
  { row: 26, name: "ddl-redelivery", servers: both, run: killAfterDdl },
];

async function killUnderLoad({ flavor, signal }: FaultContext, kills: number, serverKills: number): Promise<Outcome> {
  const report = await runKillTest({
    flavor,
    kills,
    serverKills,
    seed: 37,
    log: () => {},
    onProgress: () => {},
    signal,
  });
  const { pass, missing, duplicate, extra, out_of_order, gaps, differences } = report;
  assertOk(pass, JSON.stringify({ missing, duplicate, extra, out_of_order, gaps, differences }));
  return ok(
    `${report.kills} kills, ${serverKills} server kills, ${report.compared_changes} changes compared, 0 missing, duplicate or extra`,
  );
}

/** A store that has read everything so far, and a source with a table. */
async function prepare(context: FaultContext): Promise<{ source: Source; store: string }> {
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, await context.server()));
  await using running = await startRun(source.address, store);
  await source.run(itemTable, "INSERT INTO item (note) VALUES ('before')");
  await waitUntilStored(source, store);
  await stopRun(running);
  return { source, store };
}

const note = "x".repeat(150);
const sixRows = Array.from({ length: 6 }, () => `('${note}')`).join(", ");

async function killAtCommit(context: FaultContext): Promise<Outcome> {
  const { source, store } = await prepare(context);
  let atCommit = 0;
  for (const when of ["before", "after"] as const) {
    const before = checkpointOf(store);
    await using running = startFaulty(source.address, store, { kind: "kill-at-commit", when, nth: 1 });
    await source.run(`INSERT INTO item (note) VALUES ${sixRows}`);
    await untilKilled(running);
    equal(checkpointOf(store) === before, when === "before");
    if (when === "after") atCommit = await resumeFromEachTornCommit(context, source, store);
    await resume(source, store);
    await assertSameItems(source, store);
  }
  return ok(`before and after COMMIT, and ${atCommit} moments inside it`);
}

/**
 * A process that dies inside COMMIT has written a part of the commit's frames to the write-ahead log. Each such file is made
 * from the one of a process that died right after: cut at and inside its last frames.
 */
async function resumeFromEachTornCommit(context: FaultContext, source: Source, store: string): Promise<number> {
  const frameBytes = 24 + 4096;
  const size = statSync(`${store}-wal`).size;
  assertOk(size > 2 * frameBytes, `a write-ahead log of ${size} bytes`);
  const cuts = [1, frameBytes, frameBytes + 1, 2 * frameBytes, size - 32 - 5].filter((cut) => cut < size);
  for (const cut of cuts) {
    const torn = context.file(`torn-${cut}.db`);
    copyFileSync(store, torn);
    copyFileSync(`${store}-wal`, `${torn}-wal`);
    truncateSync(`${torn}-wal`, size - cut);
    assertOk(!existsSync(`${torn}-shm`));
    await resume(source, torn);
    await assertSameItems(source, torn);
  }
  return cuts.length;
}

async function killInsideTransaction(context: FaultContext): Promise<Outcome> {
  const { source, store } = await prepare(context);
  for (const event of ["Gtid", "TableMap", "WriteRows"]) {
    const before = checkpointOf(store);
    await using running = startFaulty(source.address, store, { kind: "kill-at-event", event, nth: 1 });
    await source.run(
      "START TRANSACTION",
      `INSERT INTO item (note) VALUES ${sixRows}`,
      `INSERT INTO item (note) VALUES ${sixRows}`,
      "COMMIT",
    );
    await untilKilled(running);
    equal(checkpointOf(store), before, `killed after ${event}, the checkpoint has moved`);
    await resume(source, store);
    await assertSameItems(source, store);
  }
  return ok();
}

async function killAfterDdl(context: FaultContext): Promise<Outcome> {
  const { source, store } = await prepare(context);
  const expected = readStatus(store)?.coverage?.change_events ?? 0;
  const plans = [
    { kind: "kill-at-event", event: "Query", nth: 1 },
    { kind: "kill-at-commit", when: "before", nth: 1 },
    { kind: "kill-at-commit", when: "after", nth: 1 },
  ] as const;
  for (const [index, plan] of plans.entries()) {
    await using running = startFaulty(source.address, store, plan);
    await source.run(`CREATE TABLE made_${index} (id INT PRIMARY KEY)`);
    await untilKilled(running);
    await resume(source, store);
  }
  const tables = readEvents(store, source.database)
    .slice(expected)
    .map((event) => `${event.operation} ${event.source_table}`);
  deepEqual(
    tables,
    plans.map((_, index) => `ddl made_${index}`),
  );
  return ok();
}
