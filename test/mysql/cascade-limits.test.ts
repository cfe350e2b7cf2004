// Foreign keys whose CASCADE or SET NULL the server does not log: which of them an account sees, and what is said when it sees
// none. That the child rows really are not in the log is row 28 of the fault matrix.
import { describe, expect, inject, it } from "vitest";
import { openServerConnection, type ServerConnection } from "../../src/capture/server-connection.ts";
import { readCascadeLimits } from "../../src/capture/unlogged-cascades.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startRun, stopRun } from "../support/run-capture.ts";
import { envOf, flavors, openSource, type Source, toSourceConnection } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readNotes, readStatus } from "../support/trail.ts";

/** A version whose log lacks them; the MySQL of these tests logs them by default. */
const older = "8.4.9";

const any = "any foreign key with CASCADE or SET NULL changes child rows that this server does not log; ";

interface Account extends AsyncDisposable {
  user: string;
  server: ServerConnection;
}

/** An account of its own, named as the source's database, with these privileges. */
async function openAccount(source: Source, ...grants: string[]): Promise<Account> {
  const user = source.database;
  await source.run(`CREATE USER ${user} IDENTIFIED BY 'x'`, ...grants.map((grant) => `GRANT ${grant} TO ${user}`));
  const server = await openServerConnection(toSourceConnection({ ...source.address, user, password: "x" }));
  return {
    user,
    server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await source.run(`DROP USER ${user}`);
    },
  };
}

const parent = "CREATE TABLE parent (id INT PRIMARY KEY)";
const child = (name: string, rules: string): string =>
  `CREATE TABLE ${name} (p INT, CONSTRAINT fk_${name} FOREIGN KEY (p) REFERENCES parent (id) ${rules})`;

describe.each(flavors)("foreign keys on %s", (flavor) => {
  it("are named with their rules, but for those that change nothing by themselves", async () => {
    await using source = await openSource(flavor, inject(flavor));
    await source.run(
      parent,
      child("a", "ON DELETE CASCADE ON UPDATE SET NULL"),
      child("b", "ON UPDATE CASCADE"),
      child("c", "ON DELETE RESTRICT"),
    );
    await using account = await openAccount(source, `REFERENCES ON \`${source.database}\`.*`);
    const db = source.database;
    expect(await readCascadeLimits(account.server, flavor, older)).toEqual([
      `foreign keys change child rows that this server does not log: ${db}.a.fk_a (ON DELETE CASCADE, ON UPDATE SET NULL), ` +
        `${db}.b.fk_b (ON UPDATE CASCADE); perhaps others, which this account cannot list`,
    ]);
  });

  it("are counted when they are many", async () => {
    await using source = await openSource(flavor, inject(flavor));
    const names = Array.from({ length: 22 }, (_, index) => `t${index + 10}`);
    await source.run(parent, ...names.map((name) => child(name, "ON DELETE CASCADE")));
    await using account = await openAccount(source, `REFERENCES ON \`${source.database}\`.*`);
    const [limit] = await readCascadeLimits(account.server, flavor, older);
    expect(limit).toMatch(/\.t29\.fk_t29 \(ON DELETE CASCADE\) and 2 more; perhaps others/);
  });

  it("are a limit too where the account sees none, or the server cannot be asked", async () => {
    await using source = await openSource(flavor, inject(flavor));
    await using account = await openAccount(source, "REPLICATION SLAVE ON *.*");
    expect(await readCascadeLimits(account.server, flavor, older)).toEqual([`${any}this account cannot list them`]);
    await account.server[Symbol.asyncDispose]();
    expect(await readCascadeLimits(account.server, flavor, older)).toEqual([
      expect.stringContaining(`${any}they could not be listed (`) as string,
    ]);
  });

  it("are no reason to refuse the server, and stand in doctor, in the start and in every answer", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using source = await openSource(flavor, inject(flavor));
    await using account = await openAccount(source, "REPLICATION SLAVE ON *.*");
    const address = { ...source.address, user: account.user, password: "x" };
    // MySQL 9.7 logs them.
    const limits = flavor === "mysql" ? [] : [`${any}this account cannot list them`];
    const json = await runAuditctl(["doctor", "--json"], { env: envOf(address) });
    expect(json.status).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, limits });
    const words = await runAuditctl(["doctor"], { env: envOf(address) });
    expect(words.status).toBe(0);
    expect(words.stdout.match(/^ {2}LIMIT any foreign key/gm) ?? []).toHaveLength(limits.length);
    expect(words.stdout).toMatch(
      flavor === "mysql"
        ? /tells everything\.$/m
        : /tells everything within the limit above, which no setting cures\.$/m,
    );
    const running = await startRun(address, store);
    await stopRun(running);
    expect(readNotes(store)[0]).toMatchObject({ kind: "start", detail: { limits } });
    expect(readStatus(store)?.coverage?.limits).toEqual(limits);
  });
});
