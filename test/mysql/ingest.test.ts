// Posts of Debezium beside a capture that reads a real server: both in one trail, and the checkpoint is the log's alone.
import { expect, inject, test } from "vitest";
import { mysqlMessage, postgresMessage, toBody } from "../support/debezium.ts";
import { openIngestService, postTo } from "../support/ingest-service.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { listeningUrl } from "../support/serve-ingest.ts";
import { openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";

test("two sources in one trail", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  const server = inject("mysql");
  await using source = await openSource("mysql", server);
  await source.run("CREATE TABLE customers (id INT PRIMARY KEY, first_name TEXT)");
  const args = ["--listen", "127.0.0.1:0", "--databases", source.database];
  let checkpoint: string | undefined;
  {
    await using running = await startRun(server, store, args);
    const url = await listeningUrl(running);
    const posts = Array.from({ length: 40 }, (_, number) =>
      postTo(url, toBody([postgresMessage("c", { after: { id: number }, source: { txId: number, lsn: number } })])),
    );
    for (let id = 1; id <= 40; id += 1) await source.run(`INSERT INTO customers VALUES (${id}, 'from the log')`);
    const answers = await Promise.all(posts);
    expect(answers.reduce((all, { stored_changes = 0 }) => all + stored_changes, 0)).toBe(40);
    ({ gtid_set: checkpoint } = (await waitUntilStored(source, store)).checkpoint!);
    expect(readEvents(store, source.database)).toHaveLength(40);
    expect(readEvents(store, "postgres")).toHaveLength(40);

    // A post alone moves no checkpoint.
    await postTo(url, toBody([postgresMessage("d", { before: { id: 7 }, source: { txId: 100, lsn: 100 } })]));
    expect(readStatus(store)?.checkpoint?.gtid_set).toBe(checkpoint);

    // The same server through Debezium too: what was read is known, what is to be read will come from the log.
    const [held] = readEvents(store, source.database).map((event) => event["transaction_id"] as string);
    const own = { db: source.database, name: "same", server_id: 1 };
    const read = mysqlMessage("c", { after: { id: 1 }, source: { ...own, gtid: held ?? null } });
    expect(await postTo(url, toBody([read]))).toMatchObject({ duplicates: 1, stored_changes: 0 });
    const uuid = held?.split(":")[0];
    const coming = mysqlMessage("c", { after: { id: 99 }, source: { ...own, gtid: `${uuid}:999999999` } });
    expect(await postTo(url, toBody([coming]))).toMatchObject({ duplicates: 1, stored_changes: 0 });
    await stopRun(running);
  }
  const status = readStatus(store);
  expect(status?.coverage).toMatchObject({ gaps: [] });
  expect(status?.coverage?.limits).toContainEqual(
    expect.stringContaining("changes of ledger (postgresql) come through Debezium"),
  );
  expect(status?.coverage?.from_gtid_set).not.toBe("");
  expect(verifyStore(store).ok).toBe(true);
  const traced = await runAuditctl(["trace", "customers", "7", "--store", store]);
  expect(traced.stdout).toContain(`insert ${source.database}.customers 7`);
  expect(traced.stdout).toContain("delete postgres.customers 7");

  // The log goes on where it was.
  await source.run("INSERT INTO customers VALUES (41, 'later')");
  await using running = await startRun(server, store, args);
  await waitUntilStored(source, store);
  expect(readEvents(store, source.database)).toHaveLength(41);
  await stopRun(running);
});

test("a trail that was only posted to can be given a log", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  const server = inject("mysql");
  await using source = await openSource("mysql", server);
  await source.run("CREATE TABLE customers (id INT PRIMARY KEY)");
  {
    await using service = await openIngestService(store);
    await service.post(toBody([postgresMessage("c", { after: { id: 1 } })]));
  }
  expect(readStatus(store)).toMatchObject({ source: null, capture: null, checkpoint: null });
  await using running = await startRun(server, store, ["--databases", source.database]);
  await source.run("INSERT INTO customers VALUES (1)");
  const { coverage } = await waitUntilStored(source, store);
  expect(coverage?.from_gtid_set).not.toBe("");
  expect([readEvents(store, "postgres").length, readEvents(store, source.database).length]).toEqual([1, 1]);
  await stopRun(running);
  expect(verifyStore(store).ok).toBe(true);
});
