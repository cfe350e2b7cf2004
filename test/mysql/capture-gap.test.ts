// History that is gone: log files purged while capture was down, and a server that was reset. Capture stops, says so in the trail,
// and goes on only when told to. Each test has a server of its own, because what it does cannot be undone.
import { describe, expect, it } from "vitest";
import { openLocalServer } from "../../scripts/mysql.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { runToEnd, shownError, startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { readEvents, readNotes, readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";

const insert = (id: number): string => `INSERT INTO item VALUES (${id})`;
const idsOf = (store: string, source: Source): unknown[] =>
  readEvents(store, source.database)
    .filter(({ operation }) => operation === "insert")
    .map((event) => (event["source_pk"] as { id: number }).id);

/** Drops every log file but the newest: what they held can no longer be read. */
async function purge(source: Source): Promise<void> {
  await source.run("FLUSH BINARY LOGS");
  const files = await source.rows("SHOW BINARY LOGS");
  const newest = String(files.at(-1)?.["Log_name"]);
  // MariaDB keeps a file until its engines have flushed what is in it, which they do a moment later.
  await waitFor("older log files to be gone", async () => {
    await source.run(`PURGE BINARY LOGS TO '${newest}'`);
    return (await source.rows("SHOW BINARY LOGS")).length === 1;
  });
}

describe.each(flavors)("history that %s no longer has", (flavor) => {
  it("stops capture in state GAP, is noted once, and is stepped over only with --accept-gap", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using server = await openLocalServer(flavor);
    await using source = await openSource(flavor, server);
    {
      await using running = await startRun(server, store);
      await source.run("CREATE TABLE item (id INT PRIMARY KEY)", insert(1));
      await waitUntilStored(source, store);
      await stopRun(running);
    }
    const before = readStatus(store)?.checkpoint?.gtid_set ?? "";
    await source.run(insert(2));
    await purge(source);
    const lost = await source.position();
    await source.run(insert(3));

    // A service manager starts it again and again.
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const result = await runToEnd(server, store);
      expect(result.status).toBe(9);
      expect(shownError(result)).toMatchObject({
        code: "capture.gap",
        hint: expect.stringContaining("--accept-gap") as string,
      });
      expect(readStatus(store)?.capture).toMatchObject({ state: "GAP" });
    }
    expect(readStatus(store)?.coverage?.gaps).toMatchObject([{ from_gtid_set: before, to_gtid_set: null }]);
    expect(readStatus(store)?.checkpoint?.gtid_set).toBe(before);
    expect(await runAuditctl(["status", "--fail-on-gap"], { env: { AUDIT_STORE: store } })).toMatchObject({
      status: 3,
    });
    expect(idsOf(store, source)).toEqual([1]);

    await using running = await startRun(server, store, ["--accept-gap"]);
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(idsOf(store, source)).toEqual([1, 3]);
    // Two entries, one gap.
    expect(readStatus(store)?.coverage?.gaps).toMatchObject([
      { from_gtid_set: before, to_gtid_set: lost, accepted_at: expect.stringMatching(/^2/) as string },
    ]);
    expect(readNotes(store).map(({ kind }) => kind)).toEqual([
      "start",
      "stop",
      "start",
      "gap",
      "start",
      "start",
      "start",
      "gap",
      "stop",
    ]);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });

  it("is left out by a new store that begins at the earliest change there still is", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using server = await openLocalServer(flavor);
    await using source = await openSource(flavor, server);
    await source.run("CREATE TABLE item (id INT PRIMARY KEY)", insert(1));
    const purged = await source.position();
    await purge(source);
    await source.run(insert(2));
    await using running = await startRun(server, store, ["--start-from", "earliest"]);
    const status = await waitUntilStored(source, store);
    await stopRun(running);
    expect(idsOf(store, source)).toEqual([2]);
    expect(status.coverage).toMatchObject({ from_gtid_set: purged, gaps: [] });
  });

  it("stops capture as diverged when the server was reset, and leaves the trail as it was", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using server = await openLocalServer(flavor);
    await using source = await openSource(flavor, server);
    {
      await using running = await startRun(server, store);
      await source.run("CREATE TABLE item (id INT PRIMARY KEY)", insert(1));
      await waitUntilStored(source, store);
      await stopRun(running);
    }
    const before = readStatus(store)?.checkpoint?.gtid_set ?? "";
    await source.run(flavor === "mysql" ? "RESET BINARY LOGS AND GTIDS" : "RESET MASTER", insert(2));

    for (const args of [[], ["--accept-gap"]]) {
      const result = await runToEnd(server, store, args);
      expect(result.status).toBe(9);
      expect(shownError(result)).toMatchObject({
        code: "capture.diverged",
        hint: expect.stringContaining("begin a new one") as string,
      });
      expect(readStatus(store)?.capture).toMatchObject({ state: "GAP" });
    }
    expect(readStatus(store)?.coverage?.gaps).toMatchObject([{ from_gtid_set: before, to_gtid_set: null }]);
    expect(readStatus(store)?.checkpoint?.gtid_set).toBe(before);
    expect(idsOf(store, source)).toEqual([1]);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });

  it("stops a capture that is running while the server is reset", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using server = await openLocalServer(flavor);
    await using source = await openSource(flavor, server);
    await using running = await startRun(server, store, ["--silence-seconds", "2"]);
    await source.run("CREATE TABLE item (id INT PRIMARY KEY)", insert(1));
    await waitUntilStored(source, store);
    await source.run(flavor === "mysql" ? "RESET BINARY LOGS AND GTIDS" : "RESET MASTER", insert(2));
    const result = await running.ended;
    expect(result.status).toBe(9);
    expect(shownError(result).code).toMatch(/^capture\.(diverged|gap)$/);
    expect(readStatus(store)?.capture).toMatchObject({ state: "GAP" });
    expect(readStatus(store)?.coverage?.gaps).toHaveLength(1);
    expect(idsOf(store, source)).toEqual([1]);
  });
});
