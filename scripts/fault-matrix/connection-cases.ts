// Rows 5, 21, 22, 23, 33: errors of the client library, a server that hangs, connections that are cut, two readers, a slow one.
import { deepEqual, equal, ok as assertOk } from "node:assert/strict";
import { copyFileSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type RunningAuditctl, startAuditctl } from "../../test/support/run-auditctl.ts";
import { runToEnd, shownStates, startRun, stopRun } from "../../test/support/run-capture.ts";
import { envOf, openSource } from "../../test/support/source.ts";
import { readNotes, waitForState, waitUntilStored } from "../../test/support/trail.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { both, type FaultCase, type FaultContext, ok, type Outcome } from "./fault-case.ts";
import { startFaulty } from "./fault-plan.ts";
import { assertSameItems, checkpointOf, itemTable, memoryMib, refusalOf, resume } from "./trail-check.ts";

export const connectionCases: readonly FaultCase[] = [
  { row: 5, name: "error-is-fatal", servers: both, run: libraryError },
  { row: 21, name: "mysqld-sigstop", servers: both, run: serverHangs },
  { row: 22, name: "conn-kill-storm", servers: both, run: killStorm },
  { row: 23, name: "duplicate-instance", servers: both, run: twoInstances },
  { row: 33, name: "slow-consumer", servers: both, run: slowConsumer },
];

const add = "INSERT INTO item (note) VALUES ('x')";
const reasonsOf = (running: RunningAuditctl): (string | null)[] =>
  shownStates(running)
    .filter(({ state }) => state === "RETRYING")
    .map(({ reason }) => reason);

async function libraryError(context: FaultContext): Promise<Outcome> {
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, await context.server()));
  await source.run(itemTable, add);
  const states: string[] = [];
  for (const event of ["Gtid", "TableMap", "WriteRows"]) {
    await using running = startFaulty(source.address, store, { kind: "error-at-event", event, nth: 1 });
    await waitForState(store, "RUNNING", running);
    const before = checkpointOf(store);
    await source.run(`${add}, ('y'), ('z')`);
    await waitFor("the error to be told", () => reasonsOf(running).length > 0);
    equal(readNotes(store).at(-1)?.kind, "start");
    await waitUntilStored(source, store);
    assertOk(checkpointOf(store) !== before);
    await stopRun(running);
    states.push(...reasonsOf(running).map(String));
  }
  assertOk(
    states.every((reason) => reason.includes("an error made up by a test")),
    states.join(),
  );
  // The first row was there before the trail began.
  await source.run("DELETE FROM item WHERE id = 1");
  await assertSameItems(source, store);
  return ok("after Gtid, TableMap and WriteRows: started again, each row once");
}

/** Default settings: state within 15 s of the moment the server stops answering, though it may have been heard just before. */
async function serverHangs(context: FaultContext): Promise<Outcome> {
  const store = context.file("s.db");
  const server = await context.ownServer();
  const source = context.use(await openSource(context.flavor, server));
  const env = { ...envOf(server), AUDIT_STORE: store };
  await using running = startAuditctl(["run", "--json"], { env });
  await waitForState(store, "RUNNING", running);
  await source.run(itemTable, add);
  await waitUntilStored(source, store);
  await server.pause();
  const stoppedAt = performance.now();
  let noticed: number;
  try {
    const status = await waitForState(store, "RETRYING", running, 40_000);
    noticed = (performance.now() - stoppedAt) / 1000;
    equal(status.capture?.reason, "nothing heard from the server for 15 s");
    assertOk(status.capture?.hint);
    await delay(60_000 - (performance.now() - stoppedAt), undefined, { signal: context.signal });
  } finally {
    await server.resume();
  }
  const resumedAt = performance.now();
  await source.run(add);
  await waitForState(store, "RUNNING", running, 60_000);
  await waitUntilStored(source, store);
  const back = (performance.now() - resumedAt) / 1000;
  await stopRun(running);
  await assertSameItems(source, store);
  assertOk(noticed <= 15.2, `noticed only after ${noticed.toFixed(1)} s`);
  return ok(`stopped for 60 s: noticed after ${noticed.toFixed(1)} s, read on ${back.toFixed(1)} s after it went on`);
}

async function killStorm(context: FaultContext): Promise<Outcome> {
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, await context.server()));
  const killer = context.use(await openSource(context.flavor, await context.server()));
  await using running = await startRun(source.address, store);
  await source.run(itemTable, add);
  await waitUntilStored(source, store);
  const openFiles = (): number => readdirSync(`/proc/${running.child.pid}/fd`).length;
  let before = { memory: 0, files: 0 };
  let kills = 0;
  const startedAt = performance.now();
  while (performance.now() < startedAt + 15_000) {
    // The heap finds its size first; what grows after that does not stop growing.
    if (before.files === 0 && performance.now() > startedAt + 6_000)
      before = { memory: memoryMib(running, "VmRSS"), files: openFiles() };
    for (const dump of await killer.rows(
      "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'",
    )) {
      // It may be gone by itself by now.
      await killer.run(`KILL ${String(dump["id"] ?? dump["ID"])}`).then(
        () => (kills += 1),
        () => {},
      );
    }
    await source.run(`${add}, ('y')`, add);
    await delay(200, undefined, { signal: context.signal });
  }
  await waitUntilStored(source, store, 60_000);
  await waitForState(store, "RUNNING", running);
  const after = { memory: memoryMib(running, "VmRSS"), files: openFiles() };
  await stopRun(running);
  await assertSameItems(source, store);
  const retries = reasonsOf(running).length;
  assertOk(kills >= 5, `only ${kills} kills hit a connection`);
  assertOk(after.files <= before.files + 3, `open files ${before.files} -> ${after.files}`);
  assertOk(after.memory < before.memory + 100, `memory ${before.memory} -> ${after.memory} MiB`);
  return ok(
    `${kills} kills, ${retries} reconnects, files ${before.files} -> ${after.files}, memory ${before.memory} -> ${after.memory} MiB`,
  );
}

async function twoInstances(context: FaultContext): Promise<Outcome> {
  const store = context.file("s.db");
  const copy = context.file("copy.db");
  const source = context.use(await openSource(context.flavor, await context.server()));
  await using first = await startRun(source.address, store);
  await source.run(itemTable, add);
  await waitUntilStored(source, store);
  const same = refusalOf(await runToEnd(source.address, store));
  deepEqual([same.status, same.error.code], [6, "store.in_use"]);
  await stopRun(first);
  // A copied store announces the same id.
  copyFileSync(store, copy);
  await using one = await startRun(source.address, store);
  await using two = await startRun(source.address, copy);
  const loser = await Promise.race([
    one.ended.then((result) => ({ result, other: two })),
    two.ended.then((result) => ({ result, other: one })),
  ]);
  const { status, error } = refusalOf(loser.result);
  deepEqual([status, error.code], [9, "capture.duplicate_instance"]);
  const { other } = loser;
  await waitFor("the other one to be RUNNING", () => shownStates(other).at(-1)?.state === "RUNNING");
  const disconnects = reasonsOf(one).length + reasonsOf(two).length;
  const seen = reasonsOf(other).length;
  await source.run(add);
  await waitUntilStored(source, other === one ? store : copy);
  equal(reasonsOf(other).length, seen, "the one that stays is still thrown out");
  await stopRun(other);
  assertOk(disconnects <= 8, `${disconnects} disconnects`);
  await resume(source, store);
  await assertSameItems(source, store);
  return ok(`same store: refused; same id: ${disconnects} disconnects, then one has stopped and says why`);
}

async function slowConsumer(context: FaultContext): Promise<Outcome> {
  const server = await context.ownServer({ net_write_timeout: "2" });
  const source = context.use(await openSource(context.flavor, server));
  const store = context.file("s.db");
  await using slow = startFaulty(server, store, { kind: "slow", eventMs: 1 });
  await waitForState(store, "RUNNING", slow);
  const fill = async (): Promise<void> => {
    const rows = Array.from({ length: 600 }, () => `('${"x".repeat(200)}')`).join(", ");
    for (let batch = 0; batch < 100; batch += 1) await source.run(`INSERT INTO item (note) VALUES ${rows}`);
  };
  await source.run(itemTable);
  await fill();
  await waitUntilStored(source, store, 60_000);
  const slowPeak = memoryMib(slow, "VmHWM");
  await stopRun(slow);

  await using stopped = await startRun(server, store);
  stopped.child.kill("SIGSTOP");
  await fill();
  const dumps = "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'";
  await waitFor("the server to give the reader up", async () => (await source.rows(dumps)).length === 0, {
    timeoutMs: 60_000,
  });
  stopped.child.kill("SIGCONT");
  await waitUntilStored(source, store, 60_000);
  const peak = memoryMib(stopped, "VmHWM");
  await stopRun(stopped);
  await assertSameItems(source, store);
  assertOk(reasonsOf(stopped).length > 0, "the connection was not lost");
  const note = `peak memory ${slowPeak} MiB at 1 ms per event, ${peak} MiB after a pause longer than net_write_timeout`;
  assertOk(Math.max(slowPeak, peak) < 350, note);
  return ok(note);
}
