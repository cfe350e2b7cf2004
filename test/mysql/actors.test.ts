// Who made a change, as far as a real server tells: the tags of its statements, the account behind its connection, and
// nobody where that is not certain. Only where it is granted, and never of an earlier run of the server.
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { type Address, envOf, flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readStoreBytes, type StoredEvent, waitUntilStored } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

const table = "CREATE TABLE item (id INT PRIMARY KEY, note VARCHAR(200))";
const columnGrant = "SELECT (PROCESSLIST_ID, PROCESSLIST_USER, PROCESSLIST_HOST) ON performance_schema.threads";
const nobody = { id: null, kind: "unknown", grade: "unknown" };

interface Actor {
  id: string | null;
  grade: string;
}

async function connect({ host, port }: Address, user: string, password: string, database = ""): Promise<Connection> {
  const connection = await createConnection({ host, port, user, password, database });
  // A test stops the server under it.
  connection.on("error", () => {});
  return connection;
}

function rowsOf(store: string, source: Source): StoredEvent[] {
  return readEvents(store, source.database).filter(({ operation }) => operation !== "ddl");
}

describe.each(flavors)("a trail of %s", (flavor) => {
  let server: LocalServer;
  let root: Connection;
  beforeAll(async () => {
    server = await openLocalServer(flavor, { settings: { performance_schema: "ON" } });
    root = await connect(server, server.user, server.password);
    for (const name of ["plain", "seeing", "anna", "bert"])
      await root.query(`CREATE USER ${name}@'%' IDENTIFIED BY 'pw'`);
    for (const name of ["plain", "seeing"]) await root.query(`GRANT REPLICATION SLAVE ON *.* TO ${name}@'%'`);
    for (const name of ["anna", "bert"]) await root.query(`GRANT ALL ON *.* TO ${name}@'%'`);
    await root.query(`GRANT ${columnGrant} TO seeing@'%'`);
  });
  afterAll(async () => {
    root?.destroy();
    await server?.stop();
  });
  const reader = (user: string): Address => ({ ...server, user, password: "pw" });

  /** The log names the connection of a TRUNCATE on both servers. Gives the actor of the one that is made here. */
  async function eraseBy(connection: Connection, store: string, source: Source): Promise<Actor> {
    await connection.query("TRUNCATE item");
    await waitUntilStored(source, store);
    return rowsOf(store, source).at(-1)?.["actor"] as unknown as Actor;
  }

  /** A connection is nobody's until it has been looked at, which happens every second. */
  async function untilSeen(name: string, connection: Connection, store: string, source: Source): Promise<void> {
    await waitFor(`${name} to be seen`, async () => {
      const { id } = await eraseBy(connection, store, source);
      expect([null, `${name}@127.0.0.1`]).toContain(id);
      return id !== null;
    });
  }

  it("names who made each row change by the tags of its statement, where the server sends the texts", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    await using running = await startRun(reader("plain"), store);
    // MySQL sends texts where the session or the server asks for it, MariaDB always.
    if (flavor === "mysql") await source.run("SET SESSION binlog_rows_query_log_events = ON");
    await source.run(
      `${table} /* user_id='1' */`,
      "CREATE TABLE copied (id INT PRIMARY KEY)",
      "CREATE TRIGGER copy AFTER UPDATE ON item FOR EACH ROW INSERT INTO copied VALUES (new.id)",
      "INSERT INTO item VALUES (1, 'kept'), (2, 'it''s /* user_id=9 */') /*route='%2Fitems',user_id='42'*/",
      "INSERT INTO item VALUES (3, '/* user_id=9 */')",
      "START TRANSACTION",
      "UPDATE item SET note = 'x' WHERE id = 1 /* user=ann */",
      "SAVEPOINT s",
      "DELETE FROM item WHERE id = 2",
      "DELETE FROM item WHERE id = 3 /* app='shop' */",
      "COMMIT",
    );
    await waitUntilStored(source, store);
    await stopRun(running);
    const outline = rowsOf(store, source).map(({ operation, source_table, actor, metadata }) => {
      const { id, grade } = actor as unknown as Actor;
      return [`${operation} ${source_table}`, id, grade, (metadata as { tags?: object }).tags];
    });
    const tags = { route: "/items", user_id: "42" };
    expect(outline).toEqual([
      ["insert item", "42", "tag", tags],
      ["insert item", "42", "tag", tags],
      ["insert item", null, "unknown", undefined],
      // What a trigger does belongs to the statement that set it off.
      ["update item", "ann", "tag", { user: "ann" }],
      ["insert copied", "ann", "tag", { user: "ann" }],
      ["delete item", null, "unknown", undefined],
      ["delete item", null, "unknown", { app: "shop" }],
    ]);
    const created = readEvents(store, source.database).find(({ source_table }) => source_table === "item");
    expect(created).toMatchObject({ operation: "ddl", actor: { id: "1", grade: "tag" } });
    // Of the text of a statement that changed rows, nothing is kept but its tags.
    expect(readStoreBytes(store).includes("INSERT INTO item")).toBe(false);
  });

  it("can show accounts with a grant on three columns, which doctor offers and does not ask for", async () => {
    const doctor = async (user: string) => {
      const result = await runAuditctl(["doctor", "--json"], { env: envOf(reader(user)) });
      expect(result.status).toBe(0);
      return (JSON.parse(result.stdout) as { accounts: { readable: boolean; grant: string | null } }).accounts;
    };
    expect(await doctor("seeing")).toEqual({ readable: true, grant: null });
    expect(await doctor("plain")).toEqual({
      readable: false,
      grant: `GRANT ${columnGrant} TO 'plain'@'<this machine>';`,
    });
    const words = await runAuditctl(["doctor"], { env: envOf(reader("plain")) });
    expect(words.stdout).toMatch(/info accounts .*cannot be read[\s\S]*GRANT SELECT \(PROCESSLIST_ID[\s\S]*Ready/);
  });

  it("shows the account behind a connection that was seen, and keeps it beside a better source", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    await source.run(table);
    await using running = await startRun(reader("seeing"), store);
    const anna = await connect(server, "anna", "pw", source.database);
    if (flavor === "mysql") await anna.query("SET SESSION binlog_rows_query_log_events = ON");
    await untilSeen("anna", anna, store, source);
    await anna.query("TRUNCATE item");
    await anna.query("INSERT INTO item VALUES (1, 'x')");
    await anna.query("INSERT INTO item VALUES (2, 'x') /* user_id='42' */");
    await waitUntilStored(source, store);
    await stopRun(running);
    const evidence = { account: "anna@127.0.0.1", connection_id: anna.threadId };
    anna.destroy();
    const account = { id: "anna@127.0.0.1", kind: "db_account", grade: "account" };
    const [erased, first, second] = rowsOf(store, source).slice(-3);
    expect(erased).toMatchObject({ operation: "truncate", actor: account, metadata: evidence });
    // The log of MariaDB before 11.5 names the connection of a statement, not of row changes.
    const known = flavor === "mysql";
    expect(first).toMatchObject({ actor: known ? account : nobody });
    expect(first?.["metadata"]).toEqual({ unmapped: true, ...(known ? evidence : {}) });
    expect(second).toMatchObject({ actor: { id: "42", kind: "app_user", grade: "tag" } });
    expect(second?.["metadata"]).toEqual({ unmapped: true, tags: { user_id: "42" }, ...(known ? evidence : {}) });
  });

  it("shows no account without the grant, and is not troubled by that", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    await source.run(table);
    await using running = await startRun(reader("plain"), store);
    await source.run("TRUNCATE item", "INSERT INTO item VALUES (1, 'x')");
    await waitUntilStored(source, store);
    const { stderr } = await stopRun(running);
    expect(rowsOf(store, source).map(({ actor }) => actor)).toEqual([nobody, nobody]);
    expect(stderr).not.toMatch(/denied|error/i);
  });

  it("shows no account of a connection any more that was seen with two", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, server);
    await source.run(table);
    await using running = await startRun(reader("seeing"), store);
    const shared = await connect(server, "anna", "pw", source.database);
    await untilSeen("anna", shared, store, source);
    await shared.changeUser({ user: "bert", password: "pw", database: source.database });
    await waitFor("the connection to be nobody's", async () => (await eraseBy(shared, store, source)).id === null);
    await shared.changeUser({ user: "anna", password: "pw", database: source.database });
    // Long enough for another look: a connection that came later is seen.
    const later = await connect(server, "bert", "pw", source.database);
    await untilSeen("bert", later, store, source);
    expect(await eraseBy(shared, store, source)).toEqual(nobody);
    await stopRun(running);
    shared.destroy();
    later.destroy();
  });

  it("shows no account of an earlier run of the server, which gives its ids out again", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    const earlier = await openSource(flavor, server);
    await earlier.run(table);
    await stopRun(await startRun(reader("seeing"), store));
    // It takes the reader a moment, in which it looks at the accounts before it comes to the rest.
    const values = Array.from({ length: 20_000 }, (_, row) => `(${row}, 'x')`).join();
    await earlier.run(`INSERT INTO item VALUES ${values}`);
    const anna = await connect(server, "anna", "pw", earlier.database);
    await anna.query("TRUNCATE item");
    await anna.query("INSERT INTO item VALUES (1, 'x')");
    for (const each of [anna, earlier.connection, root]) each.destroy();
    await server.shutdown();
    await server.start();
    root = await connect(server, server.user, server.password);
    await using again = await openSource(flavor, server);

    const others: Connection[] = [];
    do others.push(await connect(server, "bert", "pw", earlier.database));
    while ((others.at(-1)?.threadId ?? Infinity) < anna.threadId);
    const bert = others.at(-1) as Connection;
    expect(bert.threadId).toBe(anna.threadId);
    await using running = await startRun(reader("seeing"), store);
    await waitUntilStored(again, store);
    const [erased, inserted] = rowsOf(store, earlier).slice(-2);
    expect(erased).toMatchObject({ operation: "truncate", actor: nobody });
    expect(inserted).toMatchObject({ operation: "insert", actor: nobody });
    // The same id in this run.
    await waitFor("bert to be seen", async () => {
      await bert.query("TRUNCATE item");
      await waitUntilStored(again, store);
      const actor = rowsOf(store, earlier).at(-1)?.["actor"] as unknown as Actor;
      return actor.id === "bert@127.0.0.1";
    });
    await stopRun(running);
    for (const each of others) each.destroy();
    await again.run(`DROP DATABASE \`${earlier.database}\``);
  });
});
