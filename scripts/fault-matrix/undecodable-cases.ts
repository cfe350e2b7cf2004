// Rows 6 to 9, 13, 30: what the client library would skip, garble or not tell. Either exact, or capture stops before it by name.
import { deepEqual, equal, match, ok as assertOk } from "node:assert/strict";
import { startRun, stopRun } from "../../test/support/run-capture.ts";
import { openSource } from "../../test/support/source.ts";
import { readEvents, readStatus, verifyStore, waitUntilStored } from "../../test/support/trail.ts";
import { both, type FaultCase, type FaultContext, notApplicable, ok, type Outcome, pending } from "./fault-case.ts";
import { type OpenCapture, openCapture } from "./open-capture.ts";
import { assertIntact, checkpointOf, type Followed, follow } from "./trail-check.ts";

export const undecodableCases: readonly FaultCase[] = [
  { row: 6, name: "compressed-tx", servers: both, run: compressed },
  { row: 7, name: "partial-json", servers: ["mysql"], run: partialJson },
  { row: 8, name: "vector-column", servers: both, run: vectorColumn },
  { row: 9, name: "json-opaque", servers: ["mysql"], run: opaqueJson },
  { row: 13, name: "incident-event", servers: both, run: incident },
  { row: 30, name: "statement-format", servers: both, run: statementFormat },
];

/** Stopped by name at the checkpoint it had, with a trail that verifies. */
function assertStopped(followed: Followed, store: string, checkpoint: string | undefined, state: string): void {
  assertOk(!followed.stored, "it was stored");
  equal(readStatus(store)?.capture?.state, state);
  equal(checkpointOf(store), checkpoint, "the checkpoint has moved");
  deepEqual(verifyStore(store).faults, []);
}

async function compressed(context: FaultContext): Promise<Outcome> {
  const { flavor } = context;
  const server = await context.ownServer(
    flavor === "mariadb" ? { log_bin_compress: "ON", log_bin_compress_min_len: "10" } : {},
  );
  const { source, store, running } = await openCapture(context, {
    server,
    setup: ["CREATE TABLE item (id INT PRIMARY KEY, note TEXT)"],
  });
  const add = (id: number): string => `INSERT INTO item VALUES (${id}, REPEAT('note ${id} ', 40))`;
  if (flavor === "mysql") await source.run("SET SESSION binlog_transaction_compression = ON");
  await source.run(add(1), add(2), "UPDATE item SET note = 'short' WHERE id = 1");
  const followed = await follow(running, source, store);
  assertOk(followed.stored, `refused: ${JSON.stringify(followed)}`);
  if (flavor === "mysql") {
    await source.run("SET GLOBAL binlog_transaction_compression = ON");
    const other = context.use(await openSource(flavor, server));
    await other.run(`INSERT INTO \`${source.database}\`.item VALUES (3, REPEAT('x', 5000))`);
    await waitUntilStored(source, store);
  }
  await stopRun(running);
  const rows = readEvents(store, source.database).filter(({ operation }) => operation !== "ddl");
  const known = new Map(
    rows.map((event) => [(event["source_pk"] as { id: number }).id, (event["after"] as { note: string }).note]),
  );
  const real = (await source.rows("SELECT id, note FROM item ORDER BY id")).map((row) => [row["id"], row["note"]]);
  deepEqual([...known], real);
  equal(rows.length, flavor === "mysql" ? 4 : 3);
  assertIntact(store);
  return ok(flavor === "mysql" ? "decoded: session, second and later, global" : "log_bin_compress is decoded");
}

async function partialJson(context: FaultContext): Promise<Outcome> {
  const body = JSON.stringify({ a: 1, b: "long enough to be worth a partial update" });
  const { source, store, running } = await openCapture(context, {
    setup: ["CREATE TABLE item (id INT PRIMARY KEY, body JSON)"],
  });
  await source.run(`INSERT INTO item VALUES (1, '${body}')`);
  await waitUntilStored(source, store);
  const before = checkpointOf(store);
  const set = (value: number): string => `UPDATE item SET body = JSON_SET(body, '$.a', ${value})`;
  await source.run("SET SESSION binlog_row_value_options = 'PARTIAL_JSON'", set(2), set(3));
  const followed = await follow(running, source, store);
  if (!followed.stored) {
    assertStopped(followed, store, before, "BLOCKED");
    return ok("BLOCKED before it");
  }
  const last = readEvents(store, source.database).at(-1)?.["after"] as { body: string };
  deepEqual(JSON.parse(last.body), { ...JSON.parse(body), a: 3 });
  return ok("decoded");
}

async function vectorColumn(context: FaultContext): Promise<Outcome> {
  const probe = context.use(await openSource(context.flavor, await context.server()));
  const there = await probe.run("CREATE TABLE probe (v VECTOR(2))").then(
    () => true,
    () => false,
  );
  if (!there) return notApplicable("this version has no VECTOR");
  const value = context.flavor === "mysql" ? "STRING_TO_VECTOR('[1,-2.5,3]')" : "VEC_FROMTEXT('[1,-2.5,3]')";
  const shapes = [
    ["alone", "v VECTOR(3)", value],
    ["first", "v VECTOR(3), id INT, note VARCHAR(20)", `${value}, 7, 'seven'`],
    ["last", "id INT, note VARCHAR(20), v VECTOR(3)", `7, 'seven', ${value}`],
    ["null", "id INT, v VECTOR(3), note VARCHAR(20)", "7, NULL, 'seven'"],
  ] as const;
  const results: string[] = [];
  for (const [name, columns, values] of shapes) {
    const store = context.file(`${name}.db`);
    await using source = await openSource(context.flavor, await context.server());
    await using running = await startRun(source.address, store, ["--databases", source.database]);
    await source.run(`CREATE TABLE item (${columns})`);
    await waitUntilStored(source, store);
    const before = checkpointOf(store);
    await source.run(`INSERT INTO item VALUES (${values})`);
    const followed = await follow(running, source, store);
    const rows = readEvents(store, source.database).filter(({ operation }) => operation === "insert");
    if (!followed.stored) {
      assertStopped(followed, store, before, "BLOCKED");
      equal(rows.length, 0);
      results.push(`${name} BLOCKED`);
      continue;
    }
    const real = (await source.rows("SELECT HEX(v) AS v FROM item"))[0]?.["v"] as string | null;
    const stored = (rows[0]?.["after"] as { v?: unknown } | undefined)?.v;
    equal(rows.length, 1, `${name}: ${rows.length} rows for one`);
    assertOk(
      real === null
        ? stored === null
        : JSON.stringify(stored).toLowerCase().includes(real.toLowerCase()) || isVector(stored),
      `${name}: stored ${JSON.stringify(stored)}, the server has ${real}`,
    );
    results.push(`${name} exact`);
  }
  return ok(results.join(", "));
}

function isVector(value: unknown): boolean {
  return JSON.stringify(value).replaceAll('"', "") === "[1,-2.5,3]";
}

async function opaqueJson(context: FaultContext): Promise<Outcome> {
  const values: Record<string, string> = {
    blob: "JSON_OBJECT('v', CAST(0x00ff41 AS BINARY))",
    bit: "JSON_OBJECT('v', b'101')",
    decimal: "JSON_OBJECT('v', CAST(1.10 AS DECIMAL(10,2)))",
    date: "JSON_OBJECT('v', DATE '2026-02-28')",
    time: "JSON_OBJECT('v', TIME '-12:30:00.5')",
    datetime: "JSON_OBJECT('v', TIMESTAMP '2026-02-28 23:59:59.000001')",
  };
  const blocked: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const store = context.file(`${name}.db`);
    await using source = await openSource(context.flavor, await context.server());
    await source.run("CREATE TABLE item (id INT PRIMARY KEY, body JSON)");
    await using running = await startRun(source.address, store, ["--databases", source.database]);
    const before = checkpointOf(store);
    await source.run(`INSERT INTO item VALUES (1, ${value})`);
    const followed = await follow(running, source, store);
    if (!followed.stored) {
      assertStopped(followed, store, before, "BLOCKED");
      blocked.push(name);
      continue;
    }
    const real = String((await source.rows("SELECT CAST(body AS CHAR) AS body FROM item"))[0]?.["body"]);
    const { body: stored } = readEvents(store, source.database)[0]!["after"] as { body: string };
    const bare = (text: string): string => text.replace(/\s/g, "");
    if (bare(stored) !== bare(real))
      return pending(`JSON that holds a ${name}: stored ${stored}, the server shows ${real}`);
  }
  return ok(blocked.length === 0 ? "all exact" : `BLOCKED: ${blocked.join(", ")}; the others exact`);
}

async function incident(context: FaultContext): Promise<Outcome> {
  const server = await context.ownServer({ max_binlog_stmt_cache_size: "4096", binlog_stmt_cache_size: "4096" });
  const { source, store, running } = await openCapture(context, {
    server,
    setup: ["CREATE TABLE loose (id INT, note TEXT) ENGINE = MyISAM"],
  });
  await waitUntilStored(source, store);
  const before = checkpointOf(store);
  const rows = Array.from({ length: 60 }, (_, id) => `(${id}, REPEAT('x', 400))`).join(", ");
  const refused = await source.run(`INSERT INTO loose VALUES ${rows}`).then(() => "", String);
  const kept = Number((await source.rows("SELECT COUNT(*) AS n FROM loose"))[0]?.["n"]);
  if (kept === 0)
    return notApplicable(`this version undoes the change that does not fit into its log (${refused.slice(0, 80)})`);
  // MariaDB's incident has no GTID of its own: one more transaction, so that there is something to wait for.
  await source.run("INSERT INTO loose VALUES (99, 'after')");
  const followed = await follow(running, source, store);
  const logged = readEvents(store, source.database).filter(({ operation }) => operation === "insert").length;
  if (followed.stored && logged === kept + 1)
    return notApplicable(`this version logs what does not fit as well: ${logged} of ${kept} rows`);
  assertStopped(followed, store, before, "GAP");
  assertOk(!followed.stored);
  deepEqual([followed.status, followed.error.code], [9, "capture.incident"]);
  equal(readStatus(store)?.coverage?.gaps.length, 1);
  await using again = await startRun(server, store, ["--databases", source.database, "--accept-gap"]);
  await waitUntilStored(source, store);
  await stopRun(again);
  const gaps = readStatus(store)?.coverage?.gaps ?? [];
  equal(gaps.length, 1);
  assertOk(gaps[0]!.accepted_at !== null && gaps[0]!.from_gtid_set === before);
  const ids = readEvents(store, source.database)
    .filter(({ operation }) => operation === "insert")
    .map((event) => (event["after"] as { id: number }).id);
  deepEqual(ids, [99]);
  deepEqual(verifyStore(store).faults, []);
  return ok(`${kept} rows are in the table and in no log: GAP, and accepted it reads on after them`);
}

async function statementFormat(context: FaultContext): Promise<Outcome> {
  for (const format of ["STATEMENT", "MIXED"]) {
    const { source, store, running } = await openOne(context, format);
    await source.run("CREATE TABLE item (id INT PRIMARY KEY)");
    await source.run(`SET SESSION binlog_format = '${format}'`, "INSERT INTO item VALUES (1)");
    const other = context.use(await openSource(context.flavor, source.address));
    await other.run(`INSERT INTO \`${source.database}\`.item VALUES (2)`);
    await waitUntilStored(source, store);
    const { capture, coverage } = readStatus(store) ?? {};
    await stopRun(running);
    equal(capture?.state, "RUNNING");
    deepEqual(
      readEvents(store, source.database).map(({ operation }) => operation),
      ["ddl", "statement", "insert"],
    );
    equal(coverage?.gaps.length, 1);
    match(coverage.gaps[0]!.reason, /in statement format: which rows is not in the log/);
    match(running.stderr(), /in statement format/);
    deepEqual(verifyStore(store).faults, []);
  }
  return ok("a gap in the chain, a warning and the statement's text, session STATEMENT and MIXED; capture goes on");
}

async function openOne(context: FaultContext, name: string): Promise<OpenCapture> {
  return await openCapture({ ...context, file: () => context.file(`${name}.db`) });
}
