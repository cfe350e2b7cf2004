// A password is in no output, no log line and no byte of the store, however it was given and whatever goes wrong.
import { writeFileSync } from "node:fs";
import { expect, inject, it } from "vitest";
import { readLog } from "../support/log-files.ts";
import { runAuditctl, runAuditctlProcess, startAuditctl } from "../support/run-auditctl.ts";
import { openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readStoreBytes, waitForState, waitUntilStored } from "../support/trail.ts";

const secret = "planted-s3cret-9f1c";

/** Where a password comes from has nothing to do with the server, what it says of a wrong one has. */
const ways = [
  ["mysql", "environment"],
  ["mysql", "config file"],
  ["mysql", "password file"],
  ["mariadb", "environment"],
] as const;

it.for(ways)("a password for %s from the %s is never shown, logged or stored", async ([flavor, place]) => {
  const { host, port } = inject(flavor);
  using folder = openTempFolder();
  const store = folder.file("s.db");
  await using source = await openSource(flavor, inject(flavor), "secret");
  const user = source.database;
  await source.run(
    `CREATE USER \`${user}\`@'%' IDENTIFIED BY '${secret}'`,
    `GRANT REPLICATION SLAVE ON *.* TO \`${user}\`@'%'`,
  );
  const config = {
    host,
    port,
    user,
    store,
    log_level: "debug",
    log_file: folder.file("logs/run.log"),
    log_file_bytes: 1024,
    databases: source.database,
    ...(place === "config file" ? { password: secret } : {}),
  };
  writeFileSync(
    folder.file("config.yaml"),
    Object.entries(config)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(""),
    { mode: 0o600 },
  );
  writeFileSync(folder.file("password.txt"), `${secret}\n`);
  const args = [
    "--config",
    folder.file("config.yaml"),
    ...(place === "password file" ? ["--password-file", folder.file("password.txt")] : []),
  ];
  const env = place === "environment" ? { AUDIT_PASSWORD: secret } : {};
  // Commands without a log: once each as a process, and for the other places inside this one, which saves starts.
  const ask = place === "environment" ? runAuditctlProcess : runAuditctl;
  const outputs: string[] = [];
  const keep = ({ stdout, stderr }: { stdout: string; stderr: string }): void => void outputs.push(stdout, stderr);

  await using running = startAuditctl(["run", ...args], { env });
  await waitForState(store, "RUNNING", running);
  await source.run("CREATE TABLE item (id INT PRIMARY KEY)", "INSERT INTO item VALUES (1)");
  await source.run(`ALTER USER \`${user}\`@'%' IDENTIFIED BY '${secret}'`);
  await waitUntilStored(source, store);
  running.child.kill("SIGTERM");
  const ended = await running.ended;
  expect(ended.status).toBe(0);
  keep(ended);
  for (const command of ["doctor", "doctor --json"]) {
    const result = await ask([...command.split(" "), ...args], { env });
    expect(result.status).toBe(0);
    keep(result);
  }
  for (const command of ["status --json", "trace item 1", "verify"]) {
    const result = await ask([...command.split(" "), "--config", folder.file("config.yaml")], { env });
    expect(result.status).toBe(0);
    keep(result);
  }

  // Then it stops being the right one.
  await source.run(`ALTER USER \`${user}\`@'%' IDENTIFIED BY 'another'`);
  const denied = await runAuditctlProcess(["run", ...args], { env });
  expect(denied.status).toBe(5);
  keep(denied);
  const wrongKey = await runAuditctlProcess(["run", ...args, "--port", "many"], { env });
  expect(wrongKey.status).toBe(2);
  keep(wrongKey);
  await source.run(`DROP USER \`${user}\`@'%'`);
  const log = readLog(folder.file("logs/run.log"));
  expect(log.text).toContain("source.access_denied");
  outputs.push(log.text);

  expect(outputs.join("").length).toBeGreaterThan(1_000);
  expect(outputs.join("")).not.toContain(secret);
  expect(readStoreBytes(store).includes(secret)).toBe(false);
});

it.for([
  { what: "misspelt setting", text: `pasword: ${secret}\n` },
  { what: "password that is no text", text: `password: [${secret}]\n` },
  { what: "line that is no YAML", text: `password: a: ${secret}\n` },
  { what: "file that is one word", text: `${secret}\n` },
])("a config file with a $what is refused without repeating the password in it", async ({ text }) => {
  using folder = openTempFolder();
  writeFileSync(folder.file("config.yaml"), text, { mode: 0o600 });
  for (const json of [[], ["--json"]]) {
    const result = await runAuditctl(["doctor", "--config", folder.file("config.yaml"), ...json]);
    expect(result.status).toBe(2);
    expect(`${result.stdout}${result.stderr}`).not.toContain(secret);
  }
});
