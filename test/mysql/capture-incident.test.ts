// A change that the server could not write to its log (INCIDENT event): it stops capture, is stepped over only with --accept-gap,
// and only once. A server of its own with a log cache so small that a statement on a table without transactions does not fit.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import { runToEnd, shownError, startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

async function loseRows(source: Source): Promise<void> {
  const rows = Array.from({ length: 60 }, (_, id) => `(${id}, REPEAT('x', 400))`).join(", ");
  await expect(source.run(`INSERT INTO loose VALUES ${rows}`)).rejects.toThrow("max_binlog_stmt_cache_size");
}

const idsOf = (store: string, source: Source): unknown[] =>
  readEvents(store, source.database)
    .filter(({ operation }) => operation === "insert")
    .map((event) => (event["after"] as { id: number }).id);

describe.each(flavors)("a change that %s could not log", (flavor) => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await openLocalServer(flavor, {
      settings: { max_binlog_stmt_cache_size: "4096", binlog_stmt_cache_size: "4096" },
    });
  });
  afterAll(async () => {
    await server?.stop();
  });

  it("stops capture at each start, until it is accepted; the next one is another decision", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    {
      await using running = await startRun(server, store);
      await source.run("CREATE TABLE loose (id INT, note TEXT) ENGINE = MyISAM", "INSERT INTO loose VALUES (100, '')");
      await waitUntilStored(source, store);
      await loseRows(source);
      expect(await running.ended).toMatchObject({ status: 9 });
    }
    const before = readStatus(store)?.checkpoint?.gtid_set ?? "";
    const result = await runToEnd(server, store);
    expect(shownError(result)).toMatchObject({
      code: "capture.incident",
      hint: expect.stringContaining("--accept-gap") as string,
    });
    expect(readStatus(store)?.checkpoint?.gtid_set).toBe(before);
    expect(readStatus(store)?.coverage?.gaps).toMatchObject([
      { from_gtid_set: before, to_gtid_set: null, accepted_at: null },
    ]);

    // Nothing has come after it yet; a start without the flag asks no second time.
    const accepting = await startRun(server, store, ["--accept-gap"]);
    await waitFor("the gap to be accepted", () => readStatus(store)?.coverage?.gaps[0]?.accepted_at);
    await stopRun(accepting);
    const after = readStatus(store)?.checkpoint?.gtid_set ?? "";
    // MySQL's has a GTID of its own, and MariaDB's comes after the last one.
    expect(after === before).toBe(flavor === "mariadb");
    expect(await source.covers(after, await source.position())).toBe(true);
    const resumed = await startRun(server, store);
    await source.run("INSERT INTO loose VALUES (101, '')");
    await waitUntilStored(source, store);
    await stopRun(resumed);
    expect(readStatus(store)?.coverage?.gaps).toMatchObject([
      { from_gtid_set: before, to_gtid_set: after, accepted_at: expect.stringMatching(/^2/) as string },
    ]);

    {
      await using again = await startRun(server, store, ["--accept-gap"]);
      await loseRows(source);
      await source.run("INSERT INTO loose VALUES (102, '')");
      await waitUntilStored(source, store);
      await loseRows(source);
      expect(shownError(await again.ended)).toMatchObject({ code: "capture.incident" });
    }
    expect(idsOf(store, source)).toEqual([100, 101, 102]);
    expect(readStatus(store)?.coverage?.gaps.map(({ accepted_at }) => accepted_at !== null)).toEqual([
      true,
      true,
      false,
    ]);
    expect(readNotes(store).filter(({ kind }) => kind === "gap")).toHaveLength(4);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });
});
