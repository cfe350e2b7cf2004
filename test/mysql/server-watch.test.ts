// The server's settings are watched for life: one that would blind the trail is an entry in it and a state, within seconds.
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { openLocalServer } from "../../scripts/mysql.ts";
import { startRun } from "../support/run-capture.ts";
import { flavors, openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

function configEntries(store: string): { problems: string[] }[] {
  const db = new Database(store, { readonly: true });
  try {
    const rows = db.prepare<[], { detail: string }>(
      "SELECT detail FROM ledger_entry WHERE kind = 'config' ORDER BY entry_id",
    );
    return rows.all().map(({ detail }) => JSON.parse(detail) as { problems: string[] });
  } finally {
    db.close();
  }
}

describe.each(flavors)("settings of %s", (flavor) => {
  it("that go wrong while the log is read are an entry and a state, and so is their cure", async () => {
    await using server = await openLocalServer(flavor);
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    await using running = await startRun(server, store);
    await source.run("CREATE TABLE item (id INT PRIMARY KEY)", "SET GLOBAL binlog_row_image = 'MINIMAL'");
    const state = (name: string) => () => readStatus(store)?.capture?.state === name;
    await waitFor("the state to say so", state("MISCONFIGURED"));
    expect(readStatus(store)?.capture?.reason).toMatch(/binlog_row_image: is MINIMAL, must be FULL/);
    // Reading goes on meanwhile.
    await source.run("INSERT INTO item VALUES (1)");
    await waitUntilStored(source, store);

    await source.run("SET GLOBAL binlog_row_image = 'FULL'");
    await waitFor("the state to be well again", state("RUNNING"));
    expect(configEntries(store)).toEqual([
      { problems: [expect.stringMatching(/^binlog_row_image: /) as string] },
      { problems: [] },
    ]);
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ status: 0 });
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });
});
