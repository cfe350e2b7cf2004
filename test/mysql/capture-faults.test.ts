// Faults that pass by themselves: server killed, server hanging, dump thread killed. Capture says so, comes back, and nothing is missing.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import { shownStates, startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, verifyStore, waitForState, waitUntilStored } from "../support/trail.ts";

const table = "CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(20))";

describe.each(flavors)("capture from %s", (flavor) => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await openLocalServer(flavor);
  });
  afterAll(async () => {
    await server?.stop();
  });

  const idsOf = (store: string, source: Source): unknown[] =>
    readEvents(store, source.database)
      .filter(({ operation }) => operation === "insert")
      .map((event) => (event["source_pk"] as { id: number }).id);

  it("goes on after the server was killed and started again, with every row once", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using running = await startRun(server, store);
    await using source = await openSource(flavor, server);
    await source.run(table, "INSERT INTO item (note) VALUES ('before'), ('before')");
    await waitUntilStored(source, store);

    await server.kill();
    const down = await waitForState(store, "RETRYING", running);
    expect(down.capture?.reason).toMatch(/^(the connection to .* was lost|cannot reach)/);
    expect(down.capture?.hint).toBeTruthy();
    await server.start();
    await using again = await openSource(flavor, server);
    await again.run(`INSERT INTO \`${source.database}\`.item (note) VALUES ('after')`);
    await waitForState(store, "RUNNING", running, 60_000);
    await waitUntilStored(again, store);
    await stopRun(running);

    const rows = (await again.rows(`SELECT id FROM \`${source.database}\`.item ORDER BY id`)).map(
      (row) => row["id"] as number,
    );
    expect(rows).toHaveLength(3);
    expect(idsOf(store, source)).toEqual(rows);
    expect(shownStates(running).map(({ state }) => state)).toEqual(
      expect.arrayContaining(["RUNNING", "RETRYING", "RUNNING", "STOPPED"]),
    );
    expect(readNotes(store).map(({ kind }) => kind)).toEqual(["start", "stop"]);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
    await again.run(`DROP DATABASE \`${source.database}\``);
  });

  it("notices a server that hangs, says that it is silent, and reads on when it answers again", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using running = await startRun(server, store, ["--silence-seconds", "3"]);
    await using source = await openSource(flavor, server);
    await source.run(table, "INSERT INTO item (note) VALUES ('before')");
    await waitUntilStored(source, store);

    await server.pause();
    try {
      const hanging = await waitForState(store, "RETRYING", running, 15_000);
      expect(hanging.capture?.reason).toBe("nothing heard from the server for 3 s");
      expect(hanging.capture?.hint).toContain("connects again by itself");
    } finally {
      await server.resume();
    }
    await source.run("INSERT INTO item (note) VALUES ('after')");
    await waitForState(store, "RUNNING", running, 60_000);
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(idsOf(store, source)).toEqual([1, 2]);
  });

  it("reads on after its connection was killed by hand, as often as that happens", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using running = await startRun(server, store);
    await using source = await openSource(flavor, server);
    await source.run(table);
    for (let round = 1; round <= 3; round += 1) {
      await source.run(`INSERT INTO item (note) VALUES ('round ${round}')`);
      await waitUntilStored(source, store);
      const dumps = await source.rows(
        "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'",
      );
      expect(dumps).toHaveLength(1);
      await source.run(
        `KILL ${String(dumps[0]?.["id"] ?? dumps[0]?.["ID"])}`,
        "INSERT INTO item (note) VALUES ('while away')",
      );
      await waitUntilStored(source, store);
    }
    await stopRun(running);
    expect(idsOf(store, source)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(shownStates(running).filter(({ state }) => state === "RETRYING")).toHaveLength(3);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });

  it("does not wait for a server that is gone when it is told to stop", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using running = await startRun(server, store);
    await server.shutdown();
    try {
      await waitForState(store, "RETRYING", running);
      const startedAt = performance.now();
      await stopRun(running);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      expect(readNotes(store).map(({ kind }) => kind)).toEqual(["start", "stop"]);
    } finally {
      await server.start();
    }
  });
});
