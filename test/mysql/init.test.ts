// `auditctl init` against real servers: the SQL that it prints is all that is missing, what it writes is what doctor and run need,
// and on a terminal a person gets from nothing to a ready server.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { runAuditctl } from "../support/run-auditctl.ts";
import { keys, startQuestions } from "../support/run-questions.ts";
import { flavors, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const password = "planted-p4ss";
const program = join(import.meta.dirname, "..", "..", "src", "main.ts");

interface Told {
  ready: boolean;
  sql: string[];
  accounts: { grant: string | null } | null;
}

/** As a person would, with the password in its place. */
async function runSql(source: Source, sql: readonly string[]): Promise<void> {
  const statements = sql.filter((line) => !line.startsWith("--") && !line.includes("performance_schema"));
  await source.run(...statements.map((line) => line.replace("<the password you gave>", password)));
}

describe.each(flavors)("init on %s", (flavor) => {
  it("prints the SQL that is missing, first all of it, then the grant alone, then none", async () => {
    using folder = openTempFolder();
    await using source = await openSource(flavor, inject(flavor), "init");
    const { host, port } = source.address;
    const user = source.database;
    const config = folder.file("audit-overlay.yaml");
    const where = ["--host", host, "--port", String(port), "--user", user, "--databases", user];
    const init = async () => {
      const args = ["init", "--yes", "--force", "--json", "--config", config, ...where];
      const { status, stdout, stderr } = await runAuditctl(args, { env: { AUDIT_PASSWORD: password } });
      expect([stderr, stdout.includes(password)]).toEqual(["", false]);
      return { status, told: JSON.parse(stdout) as Told };
    };

    const refused = await init();
    expect([refused.status, refused.told.ready]).toEqual([5, false]);
    expect(refused.told.sql[0]).toMatch(/^CREATE USER '\w+'@'(127\.0\.0\.1|localhost)' IDENTIFIED BY '<the password/);
    await runSql(source, refused.told.sql);
    const account = /'\w+'@'[^']+'/.exec(refused.told.sql[0] ?? "")?.[0] ?? "";
    const ready = await init();
    expect(ready).toMatchObject({ status: 0, told: { ready: true, sql: [] } });
    expect(ready.told.accounts?.grant ?? account).toContain(account);
    expect((await runAuditctl(["doctor", "--config", config])).status).toBe(0);

    await source.run(`REVOKE REPLICATION SLAVE ON *.* FROM ${account}`);
    const blind = await init();
    expect([blind.status, blind.told.sql[0]]).toEqual([4, `GRANT REPLICATION SLAVE ON *.* TO ${account};`]);
    expect((await runAuditctl(["doctor", "--config", config])).status).toBe(4);
    await source.run(`DROP USER ${account}`);
  });

  it("offers the databases that the account sees, and those that were named", async () => {
    using folder = openTempFolder();
    await using source = await openSource(flavor, inject(flavor), "shown");
    const { host, port, user } = source.address;
    const config = folder.file("audit-overlay.yaml");
    const where = ["--host", host, "--port", String(port), "--user", user];
    writeFileSync(folder.file("password"), source.address.password);
    const given = ["--databases", `${source.database},unseen`, "--password-file", folder.file("password")];
    const asked = startQuestions(["init", "--config", config, ...given, ...where]);
    await asked.answer("Which server", keys.enter);
    await asked.answer("which account", keys.enter);
    await asked.answer(source.database, keys.enter);
    await asked.answer("In which file", keys.enter);
    expect(await asked.status).toBe(0);
    expect(readFileSync(config, "utf8")).toContain(`\ndatabases: [${source.database}, unseen]\n`);
    expect(asked.shown()).toContain(`auditctl run --config ${config}\n  auditctl status --config ${config}\n`);
  });
});

it("takes a person at a real terminal from a refused login to a ready server", async () => {
  using folder = openTempFolder();
  await using source = await openSource("mysql", inject("mysql"), "tty");
  const { host, port } = source.address;
  // script (util-linux) gives the program a terminal of its own, of a width that nobody knows.
  const command = `exec ${process.execPath} ${program} init --user ${source.database} --host ${host} --port ${port}`;
  const env = { PATH: process.env["PATH"], TERM: "xterm", NO_COLOR: "1" };
  const child = spawn("script", ["-qfec", command, "/dev/null"], { cwd: folder.path, env });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const answer = async (words: string, typed: string): Promise<void> => {
    await waitFor(`"${words}" on the terminal`, () => shown.includes(words) || undefined);
    child.stdin.write(typed);
  };
  try {
    await answer("Which server", "\r");
    await answer("which account", "\r");
    await answer("Its password", `${password}\r`);
    await answer("What now", "");
    await runSql(
      source,
      shown.split(/\r?\n/).filter((line) => /^(CREATE USER|GRANT) /.test(line)),
    );
    child.stdin.write("\r");
    await answer("Which databases", "\r");
    await answer("In which file", "\r");
    expect(await ended).toBe(0);
    expect((await runAuditctl(["doctor", "--config", folder.file("audit-overlay.yaml")])).status).toBe(0);
  } finally {
    child.kill("SIGKILL");
    await source.run(`DROP USER IF EXISTS '${source.database}'@'127.0.0.1', '${source.database}'@'localhost'`);
  }
  expect(shown).toContain("The server is ready.");
  expect(shown).not.toContain(password);
});
