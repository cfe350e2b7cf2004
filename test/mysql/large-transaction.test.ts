// A transaction too large for memory streams into the store as it arrives: whole or not at all, once, whatever happens inside it.
// Compressed ones are unpacked on the way.
import { describe, expect, inject, it } from "vitest";
import type { RowImage } from "../../src/model/change-event.ts";
import { startRun } from "../support/run-capture.ts";
import { flavors, openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";
import { statSync } from "node:fs";

const rowCount = 60_000;
const digits =
  "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
const fill = `INSERT INTO item SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, REPEAT('x', 40)
  FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e, ${digits} f WHERE f.d < ${rowCount / 10_000}`;

describe.each(flavors)("a large transaction of %s", (flavor) => {
  it("is stored whole and once, though capture is killed inside it", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const server = inject(flavor);
    await using source = await openSource(flavor, server);
    await source.run("CREATE TABLE item (id INT PRIMARY KEY, body VARCHAR(50))");
    const first = await startRun(server, store, ["--databases", source.database]);
    await source.run(fill);
    // The write-ahead log grows while the transaction streams in: the moment to kill.
    const walBytes = (): number => statSync(`${store}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    await waitFor("some of it to be written", () => walBytes() > 4_000_000);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(readEvents(store, source.database)).toEqual([]);

    await using second = await startRun(server, store, ["--databases", source.database]);
    await waitUntilStored(source, store);
    expect(second.child.exitCode).toBeNull();
    const ids = readEvents(store, source.database).map(({ after }) => (after as RowImage)["id"] as number);
    expect(ids).toHaveLength(rowCount);
    expect(new Set(ids).size).toBe(rowCount);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });
});

describe("a compressed transaction of mysql", () => {
  it("is unpacked, each change in its place", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const server = inject("mysql");
    await using source = await openSource("mysql", server);
    await using running = await startRun(server, store, ["--databases", source.database]);
    await source.run(
      "CREATE TABLE item (id INT PRIMARY KEY, body VARCHAR(200))",
      "SET SESSION binlog_transaction_compression = ON",
      "START TRANSACTION",
      "INSERT INTO item VALUES (1, REPEAT('a', 180)), (2, REPEAT('b', 180))",
      "UPDATE item SET body = 'c' WHERE id = 1",
      "DELETE FROM item WHERE id = 2",
      "COMMIT",
      "INSERT INTO item VALUES (3, REPEAT('d', 180))",
    );
    await waitUntilStored(source, store);
    const seen = readEvents(store, source.database)
      .filter(({ operation }) => operation !== "ddl")
      .map(({ operation, source_pk, seq }) => [operation, (source_pk as RowImage)["id"], seq]);
    expect(seen).toEqual([
      ["insert", 1, 0],
      ["insert", 2, 1],
      ["update", 1, 2],
      ["delete", 2, 3],
      ["insert", 3, 0],
    ]);
    expect(readStatus(store)?.capture?.state).toBe("RUNNING");
    expect(verifyStore(store)).toMatchObject({ ok: true });
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ status: 0 });
  });
});
