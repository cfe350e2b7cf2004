// Rows 4, 14, 15: a store that cannot be written, a log without checksums, a log file with one bit flipped.
import { deepEqual, equal, match, ok as assertOk } from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runToEnd, stopRun } from "../../test/support/run-capture.ts";
import { openSource } from "../../test/support/source.ts";
import { sqliteFaults } from "../../test/support/sqlite-fault.ts";
import { readEvents, readStatus, verifyStore, waitForState, waitUntilStored } from "../../test/support/trail.ts";
import { both, type FaultCase, type FaultContext, notApplicable, ok, type Outcome } from "./fault-case.ts";
import { startFaulty } from "./fault-plan.ts";
import { openCapture } from "./open-capture.ts";
import { assertSameItems, checkpointOf, itemTable, refusalOf, resume } from "./trail-check.ts";

export const damagedLogCases: readonly FaultCase[] = [
  { row: 4, name: "sqlite-write-fails", servers: both, run: storeFails },
  { row: 14, name: "checksum-off-live", servers: both, run: checksumOff },
  { row: 15, name: "binlog-bitflip", servers: both, run: bitFlip },
];

/** The real process; every call of an ingest run is made to fail in test/store/sqlite-faults.test.ts. */
async function storeFails(context: FaultContext): Promise<Outcome> {
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, await context.server()));
  await source.run(itemTable);
  for (const [index, code] of sqliteFaults.entries()) {
    // One call in the middle of the transaction, and its end.
    for (const nth of [2 + index, 5]) {
      await using running = startFaulty(source.address, store, { kind: "sqlite", code, nth, forGood: nth === 5 });
      await waitForState(store, "RUNNING", running);
      await source.run("INSERT INTO item (note) VALUES ('a'), ('b')");
      const { status, error } = refusalOf(await running.ended);
      equal(status, 6, error.message);
      equal(error.code, code === "SQLITE_BUSY" ? "store.in_use" : "store.write_failed");
      await resume(source, store);
      await assertSameItems(source, store);
    }
  }
  return ok(`${sqliteFaults.join(", ")}: stopped by name with status 6, then complete`);
}

async function checksumOff(context: FaultContext): Promise<Outcome> {
  const server = await context.ownServer();
  const { source, store, running } = await openCapture(context, {
    server,
    setup: ["CREATE TABLE item (id INT PRIMARY KEY, n TINYINT)"],
  });
  await source.run("INSERT INTO item VALUES (1, 1)");
  await waitUntilStored(source, store);
  await source.run(
    "SET GLOBAL binlog_checksum = 'NONE'",
    "INSERT INTO item VALUES (2, 2), (3, 3), (4, 4), (5, 5)",
    "INSERT INTO item VALUES (6, 6)",
    "TRUNCATE item",
  );
  const result = await Promise.race([running.ended, delay(20_000, undefined)]);
  if (result === undefined) {
    // Still reading: then what it stored must be right.
    const rows = readEvents(store, source.database).map((event) => event["source_pk"]);
    deepEqual(rows, [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }, { id: 6 }, {}]);
    return ok("the server goes on with checksums for this connection; each row is right");
  }
  const { status, error } = refusalOf(result);
  match(error.code, /^(capture\.corrupt|source\.misconfigured|capture\.undecodable)$/);
  deepEqual(
    readEvents(store, source.database).map((event) => event["source_pk"]),
    [{ id: 1 }],
  );
  deepEqual(verifyStore(store).faults, []);
  const again = refusalOf(await runToEnd(server, store));
  deepEqual([again.status, again.error.code], [4, "source.misconfigured"]);
  return ok(`stopped with ${error.code} (status ${status}) before a wrong row; the next start says binlog_checksum`);
}

async function bitFlip(context: FaultContext): Promise<Outcome> {
  const server = await context.ownServer();
  if (server.dataDir === undefined) return notApplicable("the server's files are not ours to damage");
  const { dataDir } = server;
  const { source, store, running } = await openCapture(context, { server, setup: [itemTable] });
  await source.run("INSERT INTO item (note) VALUES ('good')");
  await waitUntilStored(source, store);
  await stopRun(running);
  const before = checkpointOf(store);
  const marker = "AMOUNT=00000100";
  await source.run(
    `INSERT INTO item (note) VALUES ('${marker}')`,
    "INSERT INTO item (note) VALUES ('after')",
    "FLUSH BINARY LOGS",
  );
  const flipped = readdirSync(dataDir)
    .filter((name) => /^binlog\.\d+$/.test(name))
    .filter((name) => {
      const path = join(dataDir, name);
      const bytes = readFileSync(path);
      const at = bytes.indexOf(marker);
      if (at < 0) return false;
      bytes[at + 7] = bytes[at + 7]! ^ 0x09;
      writeFileSync(path, bytes);
      return true;
    });
  equal(flipped.length, 1);
  const { status, error } = refusalOf(await runToEnd(server, store));
  equal(status, 9, error.message);
  match(error.code, /^capture\.(corrupt|undecodable)$/);
  equal(readStatus(store)?.capture?.state, "BLOCKED");
  equal(checkpointOf(store), before);
  assertOk(readEvents(store, source.database).every((event) => !JSON.stringify(event).includes("AMOUNT")));
  return ok(`${error.code}: ${error.message.slice(0, 60)}`);
}
