// Rows 16 to 19: history that the server no longer has, never had, or that is another server's.
import { deepEqual, equal, match, ok as assertOk } from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { RunningAuditctl } from "../../test/support/run-auditctl.ts";
import { startRun, runToEnd, stopRun } from "../../test/support/run-capture.ts";
import { openSource, type Source } from "../../test/support/source.ts";
import { readNotes, readStatus, waitUntilStored } from "../../test/support/trail.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import type { LocalServer } from "../mysql.ts";
import { both, type FaultCase, type FaultContext, notApplicable, ok, type Outcome, pending } from "./fault-case.ts";
import { openSwitchProxy } from "./switch-proxy.ts";
import { checkpointOf, insertedIds, itemTable, refusalOf } from "./trail-check.ts";

export const lostHistoryCases: readonly FaultCase[] = [
  { row: 16, name: "purged-offset", servers: both, run: purgedOffset },
  { row: 17, name: "reset-binlog", servers: both, run: resetBinlog },
  { row: 18, name: "source-behind-us", servers: both, run: restoredFromBackup },
  { row: 19, name: "wrong-server", servers: both, run: wrongServer },
];

const add = "INSERT INTO item (note) VALUES ('x')";

/** A store that holds one row of `item` on a server of the case's own. */
async function capturedOnce(context: FaultContext, server: LocalServer): Promise<{ source: Source; store: string }> {
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, server));
  await using running = await startRun(server, store);
  await source.run(itemTable, add);
  await waitUntilStored(source, store);
  await stopRun(running);
  return { source, store };
}

/** Refused with that code and status 9, in state GAP, with the gap in the chain; what is stored stays as it was. */
async function assertGap(source: Source, store: string, code: RegExp, args: readonly string[] = []): Promise<string> {
  const before = checkpointOf(store);
  const { status, error } = refusalOf(await runToEnd(source.address, store, args));
  equal(status, 9);
  match(error.code, code);
  const { capture, coverage } = readStatus(store) ?? {};
  equal(capture?.state, "GAP");
  assertOk((coverage?.gaps.length ?? 0) > 0, "no gap in the chain");
  equal(checkpointOf(store), before, "the checkpoint has jumped");
  return error.message;
}

async function purgedOffset(context: FaultContext): Promise<Outcome> {
  const { source, store } = await capturedOnce(context, await context.ownServer());
  await source.run(add);
  const lost = await source.position();
  await source.run("FLUSH BINARY LOGS");
  const newest = String((await source.rows("SHOW BINARY LOGS")).at(-1)?.["Log_name"]);
  // MariaDB keeps a file until its engines have flushed what is in it, which they do a moment later.
  await waitFor("older log files to be gone", async () => {
    await source.run(`PURGE BINARY LOGS TO '${newest}'`);
    return (await source.rows("SHOW BINARY LOGS")).length === 1;
  });
  await source.run(add);
  const message = await assertGap(source, store, /^capture\.gap$/);
  await assertGap(source, store, /^capture\.gap$/);
  equal(readNotes(store).filter(({ kind }) => kind === "gap").length, 1, "the same gap is noted again");
  deepEqual(insertedIds(store, source), [1]);
  if (context.flavor === "mysql") match(message, new RegExp(`missing transactions.*:${lost.split("-").at(-1)}`, "i"));
  return ok(
    context.flavor === "mysql" ? "the missing GTIDs are named" : "MariaDB's answer does not name the missing GTIDs",
  );
}

async function resetBinlog(context: FaultContext): Promise<Outcome> {
  const reset = context.flavor === "mysql" ? "RESET BINARY LOGS AND GTIDS" : "RESET MASTER";
  const { source, store } = await capturedOnce(context, await context.ownServer());
  await source.run(reset, add);
  await assertGap(source, store, /^capture\.(diverged|gap)$/);
  await assertGap(source, store, /^capture\.diverged$/, ["--accept-gap"]);
  deepEqual(insertedIds(store, source), [1]);

  // Twice: the log that the reader is at is another file after the first reset, and one of the same name after the second.
  const told: boolean[] = [];
  for (const name of ["first.db", "second.db"]) {
    const connected = context.file(name);
    await using running = await startRun(source.address, connected);
    if (name === "first.db") await source.run("FLUSH BINARY LOGS");
    await source.run(add);
    await waitUntilStored(source, connected);
    await source.run(reset, add);
    told.push(await isToldAsGap(running, connected));
  }
  if (told.every(Boolean)) return ok("while down and while connected");
  return pending(
    `reset while connected: told ${told.join(", ")}; the server goes on sending heartbeats from the deleted file, so capture looks RUNNING`,
  );
}

/** Its history is asked for every 5 s, about what was stored one round before. Whether a capture whose server was reset stops by itself; what it must not do meanwhile is to store anything wrong. */
async function isToldAsGap(running: RunningAuditctl, store: string): Promise<boolean> {
  const waitMs = 20_000;
  const result = await Promise.race([running.ended, delay(waitMs, undefined)]);
  if (result === undefined) return false;
  const { status, error } = refusalOf(result);
  equal(status, 9);
  match(error.code, /^capture\.(diverged|gap)$/);
  equal(readStatus(store)?.capture?.state, "GAP");
  equal(readStatus(store)?.coverage?.gaps.length, 1);
  return true;
}

async function restoredFromBackup(context: FaultContext): Promise<Outcome> {
  const server = await context.ownServer();
  if (server.dataDir === undefined) return notApplicable("the server's files are not ours to restore");
  const { dataDir } = server;
  const backup = context.file("backup");
  {
    await using source = await openSource(context.flavor, server);
    await source.run(itemTable, add);
  }
  await server.shutdown();
  cpSync(dataDir, backup, { recursive: true });
  await server.start();
  const { source, store } = await capturedOnce(context, server);
  await server.shutdown();
  rmSync(dataDir, { recursive: true });
  cpSync(backup, dataDir, { recursive: true });
  await server.start();
  const message = await assertGap(source, store, /^capture\.diverged$/);
  match(message, /less history than the trail/);
  await assertGap(source, store, /^capture\.diverged$/, ["--accept-gap"]);
  return ok();
}

async function wrongServer(context: FaultContext): Promise<Outcome> {
  const right = await context.ownServer({ server_id: "11" });
  const wrong = await context.ownServer({ server_id: "12" });
  const proxy = context.use(await openSwitchProxy(right));
  const behind = { ...addressOf(right), port: proxy.port };
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, right));
  const other = context.use(await openSource(context.flavor, wrong));
  {
    await using running = await startRun(behind, store);
    await source.run(itemTable, add);
    await waitUntilStored(source, store);
    await stopRun(running);
  }
  const before = checkpointOf(store);
  await other.run(itemTable, add);
  proxy.switchTo(wrong);
  const { status, error } = refusalOf(await runToEnd(behind, store));
  deepEqual([status, error.code], [6, "store.other_source"]);
  equal(checkpointOf(store), before);
  equal(readStatus(store)?.capture?.state, "MISCONFIGURED");

  // The same while it is running: the address leads to another server from one connection to the next.
  proxy.switchTo(right);
  await using running = await startRun(behind, store);
  proxy.switchTo(wrong);
  await other.run(add, add);
  const seen = await Promise.race([
    running.ended.then((result) => refusalOf(result).error.code),
    waitFor("the other server's rows", () => insertedIds(store, other).length > 0).then(
      () => "rows of the other server",
    ),
  ]);
  deepEqual(insertedIds(store, other), [], "rows of another server are in the trail");
  assertOk(/^(store\.other_source|capture\.diverged|capture\.gap|source\.misconfigured)$/.test(seen), seen);
  return seen === "store.other_source"
    ? ok("at the start and at a reconnect")
    : pending(`at a reconnect it is told as ${seen}`);
}

function addressOf({ host, port, user, password }: LocalServer) {
  return { host, port, user, password };
}
