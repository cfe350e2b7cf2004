// A store that is backed up while `run` captures, lost, and restored: read on from the backup, it holds each change once. And a disk
// that is full under `run`: nothing is half stored, and it goes on when there is room.
import { expect, inject, it } from "vitest";
import { runAuditctl } from "../support/run-auditctl.ts";
import { shownError, startRun, stopRun } from "../support/run-capture.ts";
import { openSmallDisk } from "../support/small-disk.ts";
import { openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, verifyStore, waitUntilStored } from "../support/trail.ts";

const idsOf = (store: string, source: Source): unknown[] =>
  readEvents(store, source.database)
    .filter(({ operation }) => operation === "insert")
    .map((event) => (event["source_pk"] as { id: number }).id);

it("a restored store goes on with the same server, without loss and without a change twice", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  const server = inject("mysql");
  await using source = await openSource("mysql", server);
  const only = ["--databases", source.database];
  await source.run("CREATE TABLE item (id INT PRIMARY KEY)");
  let backup: string;
  {
    await using running = await startRun(server, store, only);
    await source.run("INSERT INTO item VALUES (1)", "INSERT INTO item VALUES (2)");
    await waitUntilStored(source, store);
    const taken = await runAuditctl(["backup", "--store", store, "--to", folder.file("b"), "--json"]);
    expect(taken).toMatchObject({ status: 0, stderr: "" });
    backup = (JSON.parse(taken.stdout) as { folder: string }).folder;
    await source.run("INSERT INTO item VALUES (3)");
    await waitUntilStored(source, store);
    const underRun = await runAuditctl(["restore", backup, "--store", store, "--force", "--json"]);
    expect(shownError(underRun).code).toBe("store.in_use");
    await stopRun(running);
  }
  await source.run("INSERT INTO item VALUES (4)");
  expect(await runAuditctl(["restore", backup, "--store", store, "--force"])).toMatchObject({ status: 0, stderr: "" });
  expect(idsOf(store, source)).toEqual([1, 2]);
  await using running = await startRun(server, store, only);
  await source.run("INSERT INTO item VALUES (5)");
  await waitUntilStored(source, store);
  await stopRun(running);
  expect(idsOf(store, source)).toEqual([1, 2, 3, 4, 5]);
  expect(readNotes(store).map(({ kind }) => kind)).toEqual(["start", "config", "start", "stop"]);
  expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
});

it("a disk that is full ends `run` with an error that says so, and started again with room it goes on", async ({
  skip,
}) => {
  using folder = openTempFolder();
  using disk = openSmallDisk(folder.file("disk"), 2);
  if (!disk.mounted) skip("this machine does not let us mount a small disk");
  const store = `${disk.path}/s.db`;
  const server = inject("mysql");
  await using source = await openSource("mysql", server);
  const only = ["--databases", source.database];
  await source.run("CREATE TABLE item (id INT PRIMARY KEY, text LONGTEXT)");
  await using running = await startRun(server, store, only);
  for (let id = 1; id <= 12; id += 1) await source.run(`INSERT INTO item VALUES (${id}, REPEAT('x', 300000))`);
  const ended = await running.ended;
  expect(ended.status).toBe(6);
  expect(shownError(ended)).toMatchObject({
    code: "store.write_failed",
    hint: expect.stringContaining("Check free space") as string,
  });
  expect(idsOf(store, source).length).toBeLessThan(12);
  disk.enlarge(64);
  await using again = await startRun(server, store, only);
  await waitUntilStored(source, store);
  await stopRun(again);
  expect(idsOf(store, source)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
});
