// Rows 10, 11, 12, 29: what the log says about its own columns, and what it leaves out.
import { deepEqual, equal, ok as assertOk } from "node:assert/strict";
import { createConnection } from "mysql2/promise";
import { runToEnd, startRun, stopRun } from "../../test/support/run-capture.ts";
import { openSource } from "../../test/support/source.ts";
import { readEvents, readStatus, waitUntilStored } from "../../test/support/trail.ts";
import { both, type FaultCase, type FaultContext, ok, type Outcome } from "./fault-case.ts";
import { openCapture } from "./open-capture.ts";
import { assertIntact, checkpointOf, follow, refusalOf } from "./trail-check.ts";

export const metadataCases: readonly FaultCase[] = [
  { row: 10, name: "metadata-minimal", servers: both, run: minimalMetadata },
  { row: 11, name: "alter-while-lagging", servers: both, run: alterWhileLagging },
  { row: 12, name: "table-id-reuse", servers: both, run: tableIdReuse },
  { row: 29, name: "row-image-minimal", servers: both, run: minimalImage },
];

/** With an account that may read the log and nothing else, as in production: the library cannot look columns up. */
async function minimalMetadata(context: FaultContext): Promise<Outcome> {
  const server = await context.ownServer();
  const { host, port } = server;
  const source = context.use(await openSource(context.flavor, server));
  await source.run(
    "CREATE USER reader@'%' IDENTIFIED BY 'r'",
    "GRANT REPLICATION SLAVE ON *.* TO reader@'%'",
    "CREATE TABLE item (id INT PRIMARY KEY)",
  );
  const reader = { host, port, user: "reader", password: "r" };
  const store = context.file("s.db");
  await using running = await startRun(reader, store);
  await source.run("INSERT INTO item VALUES (1)");
  await waitUntilStored(source, store);
  const before = checkpointOf(store);
  await source.run("SET GLOBAL binlog_row_metadata = 'MINIMAL'", "INSERT INTO item VALUES (2)");
  const followed = await follow(running, source, store);
  assertOk(!followed.stored, "rows without column names were stored");
  deepEqual([followed.status, followed.error.code], [4, "source.misconfigured"], followed.error.message);
  equal(readStatus(store)?.capture?.state, "MISCONFIGURED");
  equal(checkpointOf(store), before);
  const again = refusalOf(await runToEnd(reader, context.file("new.db")));
  deepEqual([again.status, again.error.code], [4, "source.misconfigured"]);
  return ok("at the start, and at the first event after a live switch");
}

async function alterWhileLagging(context: FaultContext): Promise<Outcome> {
  const { source, store, running } = await openCapture(context, {
    setup: [
      "CREATE TABLE item (id INT PRIMARY KEY, x INT, y VARCHAR(20), e ENUM('yes','no'))",
      "CREATE TABLE other (id INT PRIMARY KEY)",
    ],
  });
  await stopRun(running);
  const row = (id: number): string => `INSERT INTO item VALUES (${id}, 11, 'why', 'yes')`;
  await source.run(
    row(1),
    "ALTER TABLE item RENAME COLUMN x TO tmp, RENAME COLUMN y TO x",
    "ALTER TABLE item RENAME COLUMN tmp TO y",
    "INSERT INTO item (id, x, y, e) VALUES (2, 'ex', 22, 'no')",
    "ALTER TABLE item ADD COLUMN n INT DEFAULT 5 FIRST",
    "INSERT INTO item (n, id, y, x, e) VALUES (6, 3, 33, 'x3', 'yes')",
    "ALTER TABLE item DROP COLUMN n, ADD COLUMN z VARCHAR(10)",
    "INSERT INTO item (id, z) VALUES (4, 'zet')",
    "ALTER TABLE item MODIFY e ENUM('no','yes')",
    "UPDATE item SET z = 'upd' WHERE id = 1",
    "RENAME TABLE item TO moved, other TO item",
    "INSERT INTO moved (id) VALUES (5)",
    "DROP TABLE moved",
    "INSERT INTO item VALUES (9)",
  );
  await using again = await startRun(source.address, store, ["--databases", source.database]);
  await waitUntilStored(source, store);
  await stopRun(again);
  const told = readEvents(store, source.database)
    .filter(({ operation }) => operation !== "ddl")
    .map((event) => [event.operation, event.source_table, event["after"]]);
  deepEqual(told, [
    ["insert", "item", { id: 1, x: 11, y: "why", e: "yes" }],
    ["insert", "item", { id: 2, y: 22, x: "ex", e: "no" }],
    ["insert", "item", { n: 6, id: 3, y: 33, x: "x3", e: "yes" }],
    ["insert", "item", { id: 4, y: null, x: null, e: null, z: "zet" }],
    ["update", "item", { id: 1, y: 11, x: "why", e: "yes", z: "upd" }],
    ["insert", "moved", { id: 5, y: null, x: null, e: null, z: null }],
    ["insert", "item", { id: 9 }],
  ]);
  assertIntact(store);
  return ok("rename and swap, add first, drop, drop and add, enum reordered, tables exchanged, dropped");
}

async function tableIdReuse(context: FaultContext): Promise<Outcome> {
  const server = await context.ownServer();
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, server));
  await using running = await startRun(server, store);
  await source.run(
    "CREATE DATABASE d1",
    "CREATE DATABASE d2",
    "CREATE TABLE d1.users (id INT, name TEXT)",
    "CREATE TABLE d2.users (id INT, secret TEXT)",
  );
  await source.run("INSERT INTO d1.users VALUES (1, 'public')");
  await waitUntilStored(source, store);
  await server.shutdown();
  await server.start();
  const { host, port, user, password } = server;
  // The first table that is opened gets the first id, which was the other one's.
  const connection = await createConnection({ host, port, user, password });
  await connection.query("INSERT INTO d2.users VALUES (2, 's3cret')");
  await connection.query("INSERT INTO d1.users VALUES (3, 'public')");
  connection.destroy();
  await using after = await openSource(context.flavor, server);
  await waitUntilStored(after, store, 60_000);
  await stopRun(running);
  const inserts = (database: string): unknown[] =>
    readEvents(store, database)
      .filter(({ operation }) => operation === "insert")
      .map((event) => event["after"]);
  deepEqual(
    [inserts("d1"), inserts("d2")],
    [
      [
        { id: 1, name: "public" },
        { id: 3, name: "public" },
      ],
      [{ id: 2, secret: "s3cret" }],
    ],
  );
  return ok();
}

async function minimalImage(context: FaultContext): Promise<Outcome> {
  const { source, store, running } = await openCapture(context, {
    setup: ["CREATE TABLE item (id INT PRIMARY KEY, a INT, b TEXT)", "INSERT INTO item VALUES (1, 1, 'one')"],
  });
  for (const image of ["MINIMAL", "NOBLOB"]) {
    await source.run(
      `SET SESSION binlog_row_image = '${image}'`,
      "UPDATE item SET a = NULL WHERE id = 1",
      "UPDATE item SET a = 2 WHERE id = 1",
    );
  }
  const followed = await follow(running, source, store);
  if (!followed.stored) {
    equal(followed.error.code, "source.misconfigured");
    return ok("MISCONFIGURED by name");
  }
  await stopRun(running);
  const [first, , third] = readEvents(store, source.database);
  deepEqual([first?.["before"], first?.["after"]], [{ id: 1 }, { a: null }]);
  deepEqual(
    [third?.["before"], third?.["after"]],
    [
      { id: 1, a: 2 },
      { id: 1, a: null },
    ],
  );
  return ok("a column that was not logged is absent, a NULL is null");
}
