// Rows changed in statement format, which a session may switch to: capture goes on, the statement is kept, and the trail says
// in its own chain that it does not know which rows changed.
import { Readable } from "node:stream";
import { describe, expect, inject, it } from "vitest";
import { startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readStatus, verifyStore, waitUntilStored } from "../support/trail.ts";

const outline = (store: string, source: Source): string[] =>
  readEvents(store, source.database).map(
    ({ operation, metadata }) => `${operation} ${((metadata as { statement?: string }).statement ?? "").slice(0, 22)}`,
  );

async function loadData(source: Source): Promise<void> {
  // Off by default on MySQL.
  await source.run("SET GLOBAL local_infile = ON");
  await source.connection.query({
    sql: "LOAD DATA LOCAL INFILE 'rows.csv' INTO TABLE item (note)",
    infileStreamFactory: () => Readable.from([Buffer.from("from a file\nand another\n")]),
  });
}

describe.each(flavors)("rows that %s logs in statement format", (flavor) => {
  it("are kept as statements, each transaction with a gap, and capture goes on", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, inject(flavor));
    await source.run(
      "CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(200))",
      "CREATE FUNCTION add_item() RETURNS INT MODIFIES SQL DATA DETERMINISTIC BEGIN INSERT INTO item (note) VALUES ('f'); RETURN 1; END",
      "CREATE PROCEDURE put_item(what INT) BEGIN INSERT INTO item (note) VALUES (what); END",
    );
    await using running = await startRun(source.address, store, ["--databases", source.database]);
    await source.run(
      "SET SESSION binlog_format = 'STATEMENT'",
      "SET @note = 'from a variable'",
      "INSERT INTO item (note) VALUES (@note)",
      "INSERT INTO item (note) SELECT RAND()",
      "SELECT add_item()",
      "CALL put_item(3)",
      "START TRANSACTION",
      "UPDATE item SET note = 'x' WHERE id = LAST_INSERT_ID()",
      "DELETE FROM item WHERE id = 1",
      "COMMIT",
    );
    await loadData(source);
    await source.run("SET SESSION binlog_format = 'ROW'", "INSERT INTO item (note) VALUES ('a row')");
    const { capture, coverage } = await waitUntilStored(source, store);
    await stopRun(running);

    expect(capture).toMatchObject({ state: "RUNNING", reason: null });
    expect(outline(store, source)).toEqual([
      "statement INSERT INTO item (note",
      "statement INSERT INTO item (note",
      expect.stringMatching(/^statement SELECT `/) as string,
      "statement INSERT INTO item (note",
      "statement UPDATE item SET note =",
      "statement DELETE FROM item WHERE",
      expect.stringMatching(/^statement LOAD DATA/) as string,
      "insert ",
    ]);
    const gaps = coverage?.gaps ?? [];
    expect(gaps).toHaveLength(6);
    for (const { reason, from_gtid_set, to_gtid_set, accepted_at } of gaps) {
      expect(reason).toBe(
        `transaction ${from_gtid_set} changed rows of ${source.database} in statement format: which rows is not in the log`,
      );
      expect([to_gtid_set, accepted_at]).toEqual([from_gtid_set, null]);
    }
    const warnings = running
      .stderr()
      .split("\n")
      .filter((line) => line.includes("in statement format"));
    expect(warnings).toHaveLength(6);
    expect(verifyStore(store)).toMatchObject({ ok: true, faults: [] });
  });

  it("raise no alarm in a database that is not audited", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, inject(flavor));
    await using other = await openSource(flavor, inject(flavor));
    await using running = await startRun(source.address, store, ["--databases", other.database]);
    await source.run(
      "CREATE TABLE item (id INT)",
      "SET SESSION binlog_format = 'STATEMENT'",
      "INSERT INTO item VALUES (1)",
    );
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(readStatus(store)?.coverage).toMatchObject({ change_events: 0, gaps: [] });
  });
});
