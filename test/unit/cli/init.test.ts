// `auditctl init` where there is no server to ask: what it asks, what it writes, and what it does not touch.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configText, type InitSettings } from "../../../src/serve/cli/init-file.ts";
import { parseServer } from "../../../src/serve/cli/init-questions.ts";
import { loadConfig } from "../../../src/serve/cli/load-config.ts";
import { configSchema } from "../../../src/model/config.ts";
import { runAuditctl } from "../../support/run-auditctl.ts";
import { keys, startQuestions } from "../../support/run-questions.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

let folder: ReturnType<typeof openTempFolder>;
let file: string;
beforeEach(() => {
  folder = openTempFolder({ small: true });
  file = folder.file("audit-overlay.yaml");
});
afterEach(() => folder[Symbol.dispose]());

const password = "s3cret of mine";
const nowhere = ["--host", "127.0.0.1", "--port", "1"];
const mode = (path: string): number => statSync(path).mode & 0o777;
const load = (path = file) => loadConfig({ flags: {}, configFile: path, env: {} });

/** Says one thing to whoever connects, as a server does that lets nobody in: an error instead of a greeting. */
async function openRefusingServer(errno: number, message: string): Promise<AsyncDisposable & { port: number }> {
  const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(message)]);
  const server = createServer((socket) => socket.end(Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body])));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

describe("without questions", () => {
  const init = async (args: readonly string[], env: Record<string, string> = {}) =>
    await runAuditctl(["init", "--yes", "--config", file, ...nowhere, ...args], { env });

  it("writes settings that load, and the password into a file of its own; only their owner may read them", async () => {
    const args = ["--user", "reader", "--databases", "shop,true", "--rules", "pharmacy"];
    const result = await init(args, { AUDIT_PASSWORD: password });
    expect(result.status).toBe(5);
    expect(load()).toMatchObject({
      host: "127.0.0.1",
      port: 1,
      user: "reader",
      password: "",
      password_file: folder.file("audit-overlay.password"),
      databases: ["shop", "true"],
      store: folder.file("audit-overlay.db"),
      rules: ["pharmacy"],
    });
    expect(readFileSync(folder.file("audit-overlay.password"), "utf8")).toBe(`${password}\n`);
    expect(readdirSync(folder.path).toSorted()).toEqual(["audit-overlay.password", "audit-overlay.yaml"]);
    expect([mode(file), mode(folder.file("audit-overlay.password"))]).toEqual([0o600, 0o600]);
    expect(readFileSync(file, "utf8") + result.stdout + result.stderr).not.toContain(password);
    expect(result.stdout).toContain("GRANT REPLICATION SLAVE ON *.* TO 'reader'@'%';");
    expect(result.stdout).toContain(`  auditctl doctor --config ${file}\n  auditctl run --config ${file}\n`);
  });

  it("tells a program what it did", async () => {
    const { stdout, stderr, status } = await init(["--json"]);
    expect([status, stderr]).toEqual([5, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      ready: false,
      config: file,
      settings: { host: "127.0.0.1", port: 1, password_file: null },
      error: { code: "source.unreachable" },
      sql: expect.arrayContaining(["GRANT REPLICATION SLAVE ON *.* TO 'audit_overlay'@'%';"]) as string[],
      next: [`auditctl doctor --config ${file}`, `auditctl run --config ${file}`],
    });
  });

  it("names a password file that is there, and leaves it as it is", async () => {
    writeFileSync(folder.file("mine"), password);
    await init(["--password-file", folder.file("mine")]);
    expect(load().password_file).toBe(folder.file("mine"));
    expect(readdirSync(folder.path).toSorted()).toEqual(["audit-overlay.yaml", "mine"]);
  });

  it.for(["audit-overlay.yaml", "audit-overlay.password"])("does not write over %s", async (name) => {
    writeFileSync(folder.file(name), "precious");
    const refused = await init([], { AUDIT_PASSWORD: password });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`${folder.file(name)} (8 bytes, of `);
    expect(readdirSync(folder.path)).toEqual([name]);
    expect(readFileSync(folder.file(name), "utf8")).toBe("precious");
    expect((await init(["--force"], { AUDIT_PASSWORD: password })).status).toBe(5);
    expect(load().password_file).toBe(folder.file("audit-overlay.password"));
    expect(mode(folder.file(name))).toBe(0o600);
  });

  it("puts in the pack that comes with audit-overlay for a database of its name, where no other is asked for", async () => {
    const { stdout } = await init(["--databases", "shop,pharmacy"]);
    expect(load().rules).toEqual(["pharmacy"]);
    expect(stdout).toContain("The rule pack `pharmacy`");
    await init(["--force", "--databases", "pharmacy", "--rules", "./mine.yaml"]);
    expect(load().rules).toEqual([`${process.cwd()}/mine.yaml`]);
  });

  it("makes the folders of both, for their owner", async () => {
    file = folder.file("etc/overlay/audit-overlay.yaml");
    await init(["--store", folder.file("var/overlay/trail.db")]);
    expect(load().store).toBe(folder.file("var/overlay/trail.db"));
    expect([mode(folder.file("etc/overlay")) & 0o007, mode(folder.file("var/overlay"))]).toEqual([0, 0o700]);
  });

  it("leaves nothing behind where one of the files cannot be written", async () => {
    writeFileSync(folder.file("file"), "");
    const result = await init(["--store", folder.file("file/trail.db")], { AUDIT_PASSWORD: password });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain("cannot write");
    mkdirSync(file);
    expect((await init(["--force"], { AUDIT_PASSWORD: password })).status).toBe(2);
    expect(readdirSync(folder.path).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("says in words that a path cannot be", async () => {
    file = folder.file(`${"long".repeat(100)}.yaml`);
    const { status, stderr } = await init([]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${file} (ENAMETOOLONG)`)]);
  });

  it.for([`${password} `, `\t${password}`, "two\nlines"])(
    "refuses the password %j, which a file cannot keep",
    async (bad) => {
      const result = await init([], { AUDIT_PASSWORD: bad });
      expect([result.status, readdirSync(folder.path)]).toEqual([2, []]);
      expect(result.stderr).not.toContain(bad.trim());
    },
  );

  it("names this machine as the server does, and no password", async () => {
    await using server = await openRefusingServer(
      1130,
      "Host '10.0.0.7' is not allowed to connect to this MySQL server",
    );
    const { status, stdout } = await init(["--port", String(server.port), "--user", "o'hara\\"], {
      AUDIT_PASSWORD: password,
    });
    expect(status).toBe(5);
    expect(stdout).toContain("CREATE USER 'o''hara\\\\'@'10.0.0.7' IDENTIFIED BY '<the password you gave>';");
    expect(stdout).not.toContain("every machine");
  });

  it("takes what a .env beside the config file says", async () => {
    writeFileSync(folder.file(".env"), `AUDIT_USER=dotted\nAUDIT_PASSWORD='${password}'\n`, { mode: 0o600 });
    await init([]);
    expect(load().user).toBe("dotted");
    expect(readFileSync(folder.file("audit-overlay.password"), "utf8")).toBe(`${password}\n`);
  });

  it("needs somebody to answer, or --yes", async () => {
    const { status, stderr } = await runAuditctl(["init", "--config", file]);
    expect([status, readdirSync(folder.path)]).toEqual([2, []]);
    expect(stderr).toContain("Give --yes");
  });
});

describe("with questions", () => {
  const start = (env: Record<string, string> = {}, args: readonly string[] = nowhere) =>
    startQuestions(["init", "--config", file, ...args], env);

  it("writes what was answered, and never shows the password", async () => {
    const asked = start();
    await asked.answer("Which server", `nobody here:1${keys.enter}`);
    await asked.answer("must be host or host:port", `\u0015[::1]:1${keys.enter}`);
    await asked.answer("which account", `reader${keys.enter}`);
    await asked.answer("Its password", ` x${keys.enter}`);
    await asked.answer("must not begin or end", `\u0015${password}${keys.enter}`);
    await asked.answer("What now", keys.down + keys.down + keys.enter);
    await asked.answer("Which databases", `shop, stock${keys.enter}`);
    await asked.answer("In which file", keys.enter);
    expect(await asked.status).toBe(5);
    expect(load()).toMatchObject({
      host: "::1",
      port: 1,
      user: "reader",
      databases: ["shop", "stock"],
      store: folder.file("audit-overlay.db"),
    });
    expect(readFileSync(folder.file("audit-overlay.password"), "utf8")).toBe(`${password}\n`);
    expect(asked.shown()).not.toContain(password);
    expect(asked.shown()).toContain("The server is not ready yet");
  });

  it("asks in Spanish, shows what Enter means, and asks no password that it was given", async () => {
    const asked = start({ LANG: "es_PE.UTF-8", AUDIT_PASSWORD: password }, [...nowhere, "--databases", "tienda"]);
    await asked.answer("127.0.0.1:1", keys.enter);
    await asked.answer("audit_overlay", keys.enter);
    await asked.answer("La contraseña se toma de AUDIT_PASSWORD", "");
    await asked.answer("¿Y ahora?", keys.enter);
    await asked.answer("¿Y ahora?", keys.down + keys.enter);
    await asked.answer("¿De qué servidor", keys.enter);
    await asked.answer("¿Con qué cuenta?", keys.enter);
    await asked.answer("¿Y ahora?", keys.down + keys.down + keys.enter);
    await asked.answer("tienda", keys.enter);
    await asked.answer("¿En qué archivo", keys.enter);
    expect(await asked.status).toBe(5);
    expect(load().databases).toEqual(["tienda"]);
  });

  it.for([1, 2, 3, 4, 5, 6])("writes nothing when it is broken off at question %i", async (last) => {
    const questions = ["Which server", "which account", "Its password", "What now", "Which databases", "In which file"];
    const answers = ["\r", "\r", "x\r", keys.down + keys.down + keys.enter, "\r"];
    const asked = start();
    for (const [index, words] of questions.slice(0, last).entries())
      await asked.answer(words, index === last - 1 ? keys.ctrlC : (answers[index] ?? ""));
    expect(await asked.status).toBe(1);
    expect(asked.shown()).toContain("Nothing was written.");
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

it.for([
  ["db.example.com", { host: "db.example.com", port: 3306 }],
  ["10.0.0.7:3307", { host: "10.0.0.7", port: 3307 }],
  ["[fe80::1%eth0]:3306", { host: "fe80::1%eth0", port: 3306 }],
  ["db:0", null],
  ["db:65536", null],
  ["db:", null],
  ["mysql://db", null],
  ["a b", null],
  ["::1", null],
] as const)("reads the server %s as %j", ([text, server]) => {
  expect(parseServer(text)).toEqual(server);
});

it("writes a file whose every line, also those that are not in force, is a setting with a value of its form", () => {
  const settings: InitSettings = {
    ...configSchema.parse({}),
    host: "yes",
    user: "a: # b",
    password_file: "/a path/with 'quotes\".txt",
    databases: [],
    rules: [],
    store: "/line\nend.db",
  };
  const text = configText(settings);
  writeFileSync(file, text, { mode: 0o600 });
  expect(load()).toMatchObject({ host: "yes", user: "a: # b", store: "/line\nend.db" });
  expect(load().password_file).toBe(settings.password_file);
  const inForce = text.replaceAll(/^# (\w+: )/gm, "$1");
  expect(inForce.match(/^\w+: /gm)?.length).toBeGreaterThan(text.match(/^\w+: /gm)?.length ?? 0);
  writeFileSync(file, inForce, { mode: 0o600 });
  expect(load()).toMatchObject({ databases: ["shop"], tls: "verify", zone: "America/Lima" });
});
