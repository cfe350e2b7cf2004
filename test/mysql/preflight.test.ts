// A server whose log would not tell everything: each wrong setting and missing privilege is found, with its cure, by `doctor` and by `run`,
// all of them at once, and nothing is read. An account with REPLICATION SLAVE and nothing else is enough.
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import type { PreflightCheck } from "../../src/capture/preflight.ts";
import type { Flavor } from "../../src/model/capture-state.ts";
import { type AuditctlResult, runAuditctl, runAuditctlProcess } from "../support/run-auditctl.ts";
import { runToEnd, shownError, startRun, stopRun } from "../support/run-capture.ts";
import { type Address, envOf, flavors, openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, readStatus, waitUntilStored } from "../support/trail.ts";

interface WrongSetting {
  variable: string;
  wrong: string;
  right: string;
  servers: readonly Flavor[];
  fix: RegExp;
}

const settings: readonly WrongSetting[] = [
  { variable: "binlog_format", wrong: "STATEMENT", right: "ROW", servers: flavors, fix: /binlog_format = 'ROW'/ },
  { variable: "binlog_format", wrong: "MIXED", right: "ROW", servers: flavors, fix: /binlog_format = 'ROW'/ },
  { variable: "binlog_row_image", wrong: "MINIMAL", right: "FULL", servers: flavors, fix: /binlog_row_image = 'FULL'/ },
  {
    variable: "binlog_row_metadata",
    wrong: "MINIMAL",
    right: "FULL",
    servers: flavors,
    fix: /binlog_row_metadata = 'FULL'/,
  },
  { variable: "binlog_checksum", wrong: "NONE", right: "CRC32", servers: flavors, fix: /binlog_checksum = 'CRC32'/ },
  {
    variable: "binlog_row_value_options",
    wrong: "PARTIAL_JSON",
    right: "",
    servers: ["mysql"],
    fix: /binlog_row_value_options = ''/,
  },
  {
    variable: "gtid_mode",
    wrong: "ON_PERMISSIVE",
    right: "ON",
    servers: ["mysql"],
    fix: /enforce_gtid_consistency = ON/,
  },
];

interface DoctorReport {
  ok: boolean;
  checks: PreflightCheck[];
}

async function doctor(
  address: Address,
  args: readonly string[] = [],
): Promise<{ result: AuditctlResult; failed: PreflightCheck[] }> {
  const result = await runAuditctl(["doctor", "--json", ...args], { env: envOf(address) });
  const report = JSON.parse(result.stdout) as DoctorReport;
  expect(report.ok).toBe(result.status === 0);
  return { result, failed: report.checks.filter(({ ok }) => !ok) };
}

describe.each(flavors)("preflight on %s", (flavor) => {
  const of = settings.filter(({ servers }) => servers.includes(flavor));
  let server: LocalServer;
  let root: Connection;
  beforeAll(async () => {
    server = await openLocalServer(flavor);
    const { host, port, user, password } = server;
    root = await createConnection({ host, port, user, password });
    root.on("error", () => {});
  });
  afterAll(async () => {
    root?.destroy();
    await server?.stop();
  });
  const set = async (variable: string, value: string): Promise<unknown> =>
    await root.query(`SET GLOBAL ${variable} = '${value}'`);

  it.for(of)("refuses $variable = $wrong and says how to mend it", async ({ variable, wrong, right, fix }) => {
    using folder = openTempFolder();
    await set(variable, wrong);
    try {
      const { result, failed } = await doctor(server);
      expect(result.status).toBe(4);
      expect(failed).toMatchObject([{ name: variable, found: wrong, fix: expect.stringMatching(fix) as string }]);
      expect(failed[0]?.problem).toMatch(new RegExp(`^is ${wrong}, must be ${right || "''"}: .+`));

      const run = await runToEnd(server, folder.file("s.db"));
      expect(run.status).toBe(4);
      const error = shownError(run);
      expect(error).toMatchObject({
        code: "source.misconfigured",
        hint: expect.stringContaining("auditctl doctor") as string,
      });
      expect(error.message).toContain(`${variable}: is ${wrong}`);
      expect(error.details).toHaveLength(1);
      expect(readStatus(folder.file("s.db"))).toMatchObject({
        capture: { state: "MISCONFIGURED" },
        checkpoint: null,
        coverage: null,
      });
    } finally {
      await set(variable, right);
    }
  });

  it("tells all that is wrong at once, not just the first", async () => {
    using folder = openTempFolder();
    const user = { ...server, user: "blind", password: "b" };
    await root.query("CREATE USER blind@'%' IDENTIFIED BY 'b'");
    const once = of.filter(({ wrong }) => wrong !== "MIXED");
    for (const { variable, wrong } of once) await set(variable, wrong);
    try {
      const names = [...once.map(({ variable }) => variable), "privilege REPLICATION SLAVE"].toSorted();
      const { failed } = await doctor(user);
      expect(failed.map(({ name }) => name).toSorted()).toEqual(names);
      const words = await runAuditctl(["doctor"], { env: envOf(user) });
      expect(words.status).toBe(4);
      expect(words.stdout.match(/^ +FAIL /gm)).toHaveLength(names.length);
      expect(words.stdout.match(/^ +fix: /gm)).toHaveLength(names.length);
      const run = await runAuditctlProcess(["run", "--store", folder.file("s.db")], { env: envOf(user) });
      expect(run.status).toBe(4);
      for (const name of names) expect(run.stderr).toContain(name);
    } finally {
      for (const { variable, right } of once) await set(variable, right);
    }
    expect((await doctor(server)).failed).toEqual([]);
  });

  it("needs nothing but REPLICATION SLAVE, and works with just that", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await root.query("CREATE USER reader@'%' IDENTIFIED BY 'only-reading'");
    await root.query("GRANT REPLICATION SLAVE ON *.* TO reader@'%'");
    const reader = { ...server, user: "reader", password: "only-reading" };
    const { result, failed } = await doctor(reader);
    expect(failed).toEqual([]);
    expect(result.status).toBe(0);
    const words = await runAuditctl(["doctor"], { env: envOf(reader) });
    expect(words.stdout).toContain("Ready: this server's log tells everything");

    await using source = await openSource(flavor, server);
    await using running = await startRun(reader, store, ["--start-from", "earliest"]);
    await source.run(
      "CREATE TABLE item (id INT PRIMARY KEY, at TIMESTAMP(6), t TIME, dt DATETIME)",
      "INSERT INTO item VALUES (1, now(), '01:02:03', now())",
    );
    await waitUntilStored(source, store);
    await stopRun(running);
    // CREATE DATABASE came first, before the start.
    expect(readEvents(store, source.database).map(({ operation }) => operation)).toEqual(["ddl", "ddl", "insert"]);
  });

  it("refuses an account that may do everything but read the log, before anything is read", async () => {
    using folder = openTempFolder();
    await root.query("CREATE USER writer@'%' IDENTIFIED BY 'w'");
    await root.query("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON *.* TO writer@'%'");
    const writer = { ...server, user: "writer", password: "w" };
    const { result, failed } = await doctor(writer);
    expect(result.status).toBe(4);
    expect(failed).toMatchObject([
      {
        name: "privilege REPLICATION SLAVE",
        fix: "On the server: GRANT REPLICATION SLAVE ON *.* TO 'writer'@'<this machine>';",
      },
    ]);
    const run = await runToEnd(writer, folder.file("s.db"));
    expect(run.status).toBe(4);
    expect(shownError(run).message).toContain("privilege REPLICATION SLAVE: is not granted");
    expect(readNotes(folder.file("s.db"))).toEqual([]);
  });

  it("refuses a setting that was spoilt after the store had begun, and goes on from there when it is mended", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    {
      await using running = await startRun(server, store);
      await source.run("CREATE TABLE item (id INT PRIMARY KEY)", "INSERT INTO item VALUES (1)");
      await waitUntilStored(source, store);
      await stopRun(running);
    }
    await set("binlog_row_image", "MINIMAL");
    try {
      expect((await runToEnd(server, store)).status).toBe(4);
    } finally {
      await set("binlog_row_image", "FULL");
    }
    await source.run("INSERT INTO item VALUES (2)");
    await using running = await startRun(server, store);
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(readEvents(store, source.database).map((event) => event["source_pk"])).toEqual([{}, { id: 1 }, { id: 2 }]);
  });
});

it("refuses a MySQL without GTIDs", async () => {
  await using server = await openLocalServer("mysql", {
    settings: { gtid_mode: "OFF", enforce_gtid_consistency: "OFF" },
  });
  const { result, failed } = await doctor(server);
  expect(result.status).toBe(4);
  expect(failed).toMatchObject([
    { name: "gtid_mode", found: "OFF", problem: expect.stringContaining("must be ON") as string },
  ]);
});

it("tells by the server's own words when a store meets another server", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  await using running = await startRun(inject("mysql"), store);
  await stopRun(running);
  const result = await runToEnd(inject("mariadb"), store);
  expect(result.status).toBe(6);
  expect(shownError(result)).toMatchObject({
    code: "store.other_source",
    hint: expect.stringContaining("--store") as string,
  });
});
