// Rows 34 to 37: values as the server has them, whatever the type, the character set, the clock; and secrets nowhere.
import { deepEqual, equal, ok as assertOk } from "node:assert/strict";
import { toTimestamp } from "../../src/lib/clock.ts";
import { startAuditctl } from "../../test/support/run-auditctl.ts";
import { startRun, stopRun } from "../../test/support/run-capture.ts";
import { envOf, openSource } from "../../test/support/source.ts";
import { readDetails, readEvents, readStoreBytes, waitForState, waitUntilStored } from "../../test/support/trail.ts";
import { both, type FaultCase, type FaultContext, notApplicable, ok, type Outcome, pending } from "./fault-case.ts";
import { openCapture } from "./open-capture.ts";
import { follow } from "./trail-check.ts";
import { canonicalText, typeMatrix } from "./type-matrix.ts";

export const valueCases: readonly FaultCase[] = [
  { row: 34, name: "type-matrix", servers: both, run: types },
  { row: 35, name: "mariadb-collations", servers: ["mariadb"], run: collations },
  { row: 36, name: "forged-timestamp", servers: both, run: forgedTimestamp },
  { row: 37, name: "credential-in-ddl", servers: both, run: credentials },
];

const zones = ["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"];

/** Each value against the server's own text of it, with capture in five time zones. */
async function types(context: FaultContext): Promise<Outcome> {
  const columns = typeMatrix.filter(({ servers }) => servers === undefined || servers.includes(context.flavor));
  const source = context.use(await openSource(context.flavor, await context.server()));
  const definition = columns.map(({ type }, index) => `c${index} ${type}`).join(", ");
  await source.run(
    "SET SESSION sql_mode = ''",
    "SET SESSION time_zone = '+00:00'",
    `CREATE TABLE item (id INT PRIMARY KEY, \`__proto__\` VARCHAR(20), ${definition})`,
  );
  const wrong = new Set<string>();
  for (const [index, zone] of zones.entries()) {
    const store = context.file(`${index}.db`);
    await using running = startAuditctl(["run", "--json", "--databases", source.database], {
      env: { ...envOf(source.address), AUDIT_STORE: store, TZ: zone },
    });
    await waitForState(store, "RUNNING", running);
    await source.run(`INSERT INTO item VALUES (${index}, 'proto', ${columns.map(({ value }) => value).join(", ")})`);
    const followed = await follow(running, source, store);
    if (!followed.stored) return pending(`refused by name: ${followed.error.message}`);
    await stopRun(running);
    const shown = columns
      .map(({ show }, column) => `${(show ?? "CAST({} AS CHAR)").replaceAll("{}", `c${column}`)} AS c${column}`)
      .join(", ");
    const bytes = columns.map((_, column) => `LOWER(HEX(c${column})) AS h${column}`).join(", ");
    const real = (await source.rows(`SELECT ${shown}, ${bytes} FROM item WHERE id = ${index}`))[0]!;
    const stored = readEvents(store, source.database).at(-1)?.["after"] as Record<string, unknown>;
    equal(Object.entries(stored).find(([name]) => name === "__proto__")?.[1], "proto");
    columns.forEach(({ type, value }, column) => {
      const expected = String(real[`c${column}`]);
      const found = canonicalText(stored[`c${column}`]);
      // Text of a character set that is not known here may stand as the bytes it is.
      const isBytes = typeof stored[`c${column}`] === "object" && found === real[`h${column}`];
      if (expected !== found && !isBytes) wrong.add(`${type} ${value}: stored ${found}, the server says ${expected}`);
    });
  }
  return wrong.size === 0
    ? ok(`${columns.length} types in ${zones.length} time zones`)
    : pending([...wrong].join("; "));
}

async function collations(context: FaultContext): Promise<Outcome> {
  const source = context.use(await openSource(context.flavor, await context.server()));
  const names = (
    await source.rows(
      "SELECT COLLATION_NAME AS name, CHARACTER_SET_NAME AS cs FROM information_schema.COLLATIONS WHERE ID >= 1024 ORDER BY ID",
    )
  ).filter(
    (row) =>
      row["cs"] !== null &&
      ["latin1", "cp1251", "utf8mb4", "ucs2", "utf16", "utf32", "greek", "latin2"].includes(String(row["cs"])),
  );
  if (names.length === 0) return notApplicable("this version has no collation with so high an id");
  const texts: Record<string, string> = { latin1: "é€", cp1251: "Привет", greek: "Ωμέγα", latin2: "Łódź" };
  const columns = names.map(
    (row, index) => `c${index} VARCHAR(30) CHARACTER SET ${String(row["cs"])} COLLATE ${String(row["name"])}`,
  );
  const store = context.file("s.db");
  await using running = await startRun(source.address, store, ["--databases", source.database]);
  await source.run(`CREATE TABLE item (id INT PRIMARY KEY, ${columns.join(", ")})`);
  await source.run(
    `INSERT INTO item VALUES (1, ${names.map((row) => `'${texts[String(row["cs"])] ?? "ünï Ω"}'`).join(", ")})`,
  );
  const followed = await follow(running, source, store);
  if (!followed.stored) return pending(`refused by name: ${followed.error.message}`);
  await stopRun(running);
  const real = (await source.rows("SELECT * FROM item"))[0]!;
  const stored = readEvents(store, source.database).at(-1)?.["after"] as Record<string, unknown>;
  const wrong = names.filter((_, index) => {
    const value = stored[`c${index}`];
    return typeof value === "string" && value !== real[`c${index}`];
  });
  return wrong.length === 0
    ? ok(`${names.length} collations`)
    : pending(
        `wrong text without a word in ${wrong.length} of ${names.length} collations, for example ${String(wrong[0]?.["name"])}`,
      );
}

async function forgedTimestamp(context: FaultContext): Promise<Outcome> {
  const { source, store, running } = await openCapture(context, { setup: ["CREATE TABLE item (id INT PRIMARY KEY)"] });
  const began = Date.now();
  const forged = [1_000_000_000, Math.round(began / 1000) + 86_400];
  for (const [id, seconds] of forged.entries())
    await source.run(`SET SESSION timestamp = ${seconds}`, `INSERT INTO item VALUES (${id})`);
  await source.run("SET SESSION timestamp = DEFAULT", "INSERT INTO item VALUES (9)");
  await waitUntilStored(source, store);
  await stopRun(running);
  const events = readEvents(store, source.database);
  const clocks = events.map(({ metadata }) => (metadata as { session_clock?: string }).session_clock);
  deepEqual(clocks, [...forged.map((seconds) => toTimestamp(seconds * 1000)), undefined]);
  const times = events.map(({ timestamp }) => timestamp as string);
  for (const timestamp of times)
    assertOk(Math.abs(Date.parse(timestamp) - began) < 60_000, `the time is the forged one: ${timestamp}`);
  const said = readDetails(store).flatMap((detail) => detail["session_clock"] ?? []);
  equal(said.length, forged.length);
  const known = context.flavor === "mysql" ? "server committed at" : "received at";
  said.forEach((text, index) => equal(text, `session said ${clocks[index]}, ${known} ${times[index]}`));
  return ok(
    `flagged, in the past and in the future; the time kept is when it was ${known.replace(/^server | at$/g, "")}`,
  );
}

async function credentials(context: FaultContext): Promise<Outcome> {
  const secret = "planted-s3cret-7d2e";
  const store = context.file("s.db");
  const source = context.use(await openSource(context.flavor, await context.server(), "cred"));
  const user = `\`${source.database}\`@'localhost'`;
  await using running = startAuditctl(["run", "--json", "--log-level", "debug"], {
    env: { ...envOf(source.address), AUDIT_STORE: store },
  });
  await waitForState(store, "RUNNING", running);
  const change =
    context.flavor === "mysql"
      ? `ALTER USER ${user} IDENTIFIED BY '${secret}-2'`
      : `SET PASSWORD FOR ${user} = PASSWORD('${secret}-2')`;
  await source.run(
    `CREATE USER ${user} IDENTIFIED BY '${secret}'`,
    `/* ${secret} */ ALTER USER ${user} IDENTIFIED BY '${secret}-1'`,
    change,
  );
  const hashes = (
    await source.rows(`SELECT authentication_string AS hash FROM mysql.user WHERE User = '${source.database}'`)
  ).map((row) => String(row["hash"]));
  await source.run(`DROP USER ${user}`);
  await waitUntilStored(source, store);
  await stopRun(running);
  const bytes = readStoreBytes(store);
  const output = `${running.stdout()}${running.stderr()}`;
  for (const word of [secret, ...hashes.filter((hash) => hash.length > 10)]) {
    assertOk(!bytes.includes(word) && !output.includes(word), "a password or its hash is in the store or the log");
  }
  deepEqual(readEvents(store, "").length + readEvents(store, source.database).length >= 4, true);
  return ok(`password and hash, in ${bytes.length} bytes of the store and ${output.length} of output`);
}
