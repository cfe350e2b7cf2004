// What a person gets wrong, and what the program says: one line, a hint, the documented exit status, no stack trace.
// The cases are data. Each is run twice, for a person and with --json.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { findFreePort } from "../../scripts/mysql/free-port.ts";
import { type ErrorCode, errorCodes, exitStatus } from "../../src/model/app-error.ts";
import { type AuditctlResult, runAuditctl, runAuditctlProcess } from "../support/run-auditctl.ts";
import { shownError, startRun, stopRun } from "../support/run-capture.ts";
import { envOf, openSource, type Source } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readNotes, waitUntilStored } from "../support/trail.ts";

interface BadInput {
  what: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** Files to write into the working directory first. */
  files?: Record<string, string>;
  code: ErrorCode;
  message: RegExp;
  hint: RegExp;
  /** Set when it is the store that is there already and must stay as it is. */
  store?: "good.db";
}

const pack = (rest: string): string => `pack: test\nversion: 1\nentities: {}\n${rest}`;

const cases: readonly BadInput[] = [
  {
    what: "a host name that nobody has",
    args: ["doctor", "--host", "nobody.invalid"],
    code: "source.unreachable",
    message: /^cannot reach nobody\.invalid:\d+ \((ENOTFOUND|EAI_AGAIN)\)$/,
    hint: /Check host and port/,
  },
  {
    what: "a port where nothing listens",
    args: ["run", "--host", "127.0.0.1", "--port", "{freePort}"],
    code: "source.unreachable",
    message: /^cannot reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/,
    hint: /Check host and port, that the server is up/,
    store: "good.db",
  },
  {
    what: "a wrong password",
    args: ["run"],
    env: { AUDIT_USER: "root", AUDIT_PASSWORD: "not-the-password" },
    code: "source.access_denied",
    message: /refuses user root: Access denied/,
    hint: /AUDIT_PASSWORD/,
    store: "good.db",
  },
  {
    what: "a user who is not there",
    args: ["doctor", "--user", "nobody"],
    code: "source.access_denied",
    message: /refuses user nobody: Access denied/,
    hint: /allowed from this machine's address/,
  },
  {
    what: "a store written by a newer version",
    args: ["run", "--store", "newer.db"],
    code: "store.newer",
    message: /newer\.db has schema 999, this program knows up to \d+$/,
    hint: /The file was left as it is/,
  },
  {
    what: "a newer store that is only read",
    args: ["status", "--store", "newer.db"],
    code: "store.newer",
    message: /newer\.db has schema 999/,
    hint: /or a newer one/,
  },
  {
    what: "a file that is no store",
    args: ["run", "--store", "text.txt"],
    files: { "text.txt": "This is not a database, but a text that somebody needs.\n".repeat(40) },
    code: "store.damaged",
    message: /text\.txt/,
    hint: /./,
  },
  {
    what: "no store where one is asked for",
    args: ["trace", "sale", "1", "--store", "nowhere.db"],
    code: "store.missing",
    message: /^there is no store at nowhere\.db$/,
    hint: /--store or AUDIT_STORE/,
  },
  {
    what: "a rule with a mistake in its expression",
    args: ["rules", "test", "./bad.yaml"],
    files: {
      "bad.yaml": pack(
        "rules:\n  - name: r\n    version: 1\n    type: a.b\n    on: { table: t, operation: insert, when: after.x == }\n    confidence: 1\n",
      ),
    },
    code: "rules.invalid",
    message: /bad\.yaml:8:\d+/,
    hint: /./,
  },
  {
    what: "a rule pack with a misspelt key",
    args: ["rules", "test", "./bad.yaml"],
    files: { "bad.yaml": pack("rulez: []\n") },
    code: "rules.invalid",
    message: /bad\.yaml:4:1\b.*rulez/,
    hint: /./,
  },
  {
    what: "a rule pack that is not there",
    args: ["rules", "test", "farmacy"],
    code: "rules.invalid",
    message: /^there is no rule pack farmacy$/,
    hint: /`pharmacy`/,
  },
  {
    what: "an entity type the trail does not know",
    args: ["trace", "sail", "1", "--store", "good.db"],
    code: "trace.not_found",
    message: /^the trail holds nothing about sail 1$/,
    hint: /^Entity types in this trail: .*\bitem\b/,
    store: "good.db",
  },
  {
    what: "an id the trail does not know",
    args: ["trace", "item", "4711", "--store", "good.db"],
    code: "trace.not_found",
    message: /^the trail holds nothing about item 4711$/,
    hint: /Check the id/,
    store: "good.db",
  },
  {
    what: "an unknown setting in the config file",
    args: ["run", "--store", "none.db"],
    files: { "audit-overlay.yaml": "hots: example.com\n" },
    code: "usage.config",
    message: /^setting hots: /,
    hint: /^From the config file\. The settings: store, host, /,
  },
  {
    what: "an unknown setting in the environment",
    args: ["status"],
    env: { AUDIT_NONSENSE: "1" },
    code: "usage.config",
    message: /^setting nonsense: /,
    hint: /^From AUDIT_NONSENSE/,
  },
  {
    what: "a port that is no number",
    args: ["run", "--port", "many"],
    code: "usage.config",
    message: /^setting port: /,
    hint: /^From --port/,
  },
  {
    what: "a port out of range",
    args: ["doctor"],
    env: { AUDIT_PORT: "70000" },
    code: "usage.config",
    message: /^setting port: /,
    hint: /^From AUDIT_PORT/,
  },
  {
    what: "a config file that is not there",
    args: ["run", "--config", "missing.yaml"],
    code: "usage.config",
    message: /^there is no config file missing\.yaml$/,
    hint: /--config or AUDIT_CONFIG/,
  },
  {
    what: "a config file that cannot be read",
    args: ["run", "--config", "folder.yaml"],
    code: "usage.config",
    message: /folder\.yaml/,
    hint: /./,
  },
  {
    what: "a config file that is no YAML",
    args: ["status", "--config", "broken.yaml"],
    files: { "broken.yaml": "host: [unclosed\n" },
    code: "usage.config",
    message: /^config file broken\.yaml: .* at line \d+, column \d+/,
    hint: /It is YAML/,
  },
  {
    what: "a password file that is not there",
    args: ["doctor", "--password-file", "missing.txt"],
    code: "usage.config",
    message: /^setting password_file: cannot read missing\.txt$/,
    hint: /Check the path/,
  },
  {
    what: "an unknown command",
    args: ["runn"],
    code: "usage.argument",
    message: /^there is no command "runn"; did you mean `run`\?$/,
    hint: /`auditctl --help`/,
  },
  {
    what: "an unknown flag",
    args: ["status", "--stroe", "x"],
    code: "usage.argument",
    message: /^there is no flag --stroe; did you mean `--store`\?$/,
    hint: /`auditctl --help`/,
  },
  {
    what: "a missing argument",
    args: ["trace", "sale"],
    code: "usage.argument",
    message: /^something is missing: auditctl trace .*<entity_id>/,
    hint: /`auditctl <command> --help`/,
  },
  {
    what: "two mistakes in the config file",
    args: ["status", "--config", "two.yaml"],
    files: { "two.yaml": "hostt: x\ntls: sometimes\n" },
    code: "usage.config",
    message: /^setting tls: .* \(and 1 more\)$/,
    hint: /^From the config file\. Also: setting hostt: there is none of that name; did you mean `host`\?/,
  },
  {
    what: "a limit of nothing",
    args: ["trace", "item", "1", "--limit", "0", "--store", "good.db"],
    code: "usage.argument",
    message: /^--limit 0: must be a whole number from 1 to 10000$/,
    hint: /--limit 100/,
    store: "good.db",
  },
  {
    what: "a limit that is no number",
    args: ["trace", "item", "1", "--limit", "all"],
    code: "usage.argument",
    message: /^--limit all: /,
    hint: /--limit 100/,
  },
  {
    what: "an anchor that is none",
    args: ["verify", "--anchor", "12:xyz"],
    code: "usage.argument",
    message: /^--anchor 12:xyz: /,
    hint: /`head` line/,
  },
];

describe("bad input", () => {
  const temp = openTempFolder();
  const good = temp.file("good.db");
  const newer = temp.file("newer.db");
  let source: Source;
  let freePort = 0;

  beforeAll(async () => {
    source = await openSource("mysql", inject("mysql"));
    await using running = await startRun(source.address, good, ["--databases", source.database]);
    await source.run("CREATE TABLE item (id INT PRIMARY KEY)", "INSERT INTO item VALUES (1)");
    await waitUntilStored(source, good);
    await stopRun(running);
    const db = new Database(newer);
    db.pragma("application_id = 0x41554f56");
    db.pragma("user_version = 999");
    db.close();
    mkdirSync(temp.file("folder.yaml"));
    freePort = await findFreePort();
  });
  afterAll(async () => {
    await source?.[Symbol.asyncDispose]();
    temp[Symbol.dispose]();
  });

  it.for(cases)(
    "$what is told in one line with a hint",
    async ({ args, env, files = {}, code, message, hint, store }) => {
      using folder = openTempFolder();
      const put: Record<string, string> = {
        "good.db": good,
        "newer.db": newer,
        "folder.yaml": temp.file("folder.yaml"),
      };
      for (const [name, text] of Object.entries(files)) writeFileSync((put[name] = folder.file(name)), text);
      const real = args.map((arg) => put[arg.replace(/^\.\//, "")] ?? arg.replace("{freePort}", String(freePort)));
      const settings = { ...envOf(source.address), ...(store === "good.db" ? { AUDIT_STORE: good } : {}), ...env };
      const existing = [good, newer, ...Object.keys(files).map(folder.file)];
      const before = existing.map(contentOf);
      const shown = (text: string): string => text.replaceAll(`${folder.path}/`, "").replaceAll(`${temp.path}/`, "");

      const person = await runAuditctlProcess(real, { env: settings, cwd: folder.path });
      expect(person).toMatchObject({ status: exitStatus[errorCodes[code].exit] });
      const [first = "", second = "", ...more] = person.stderr
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("{"));
      expect(shown(first)).toMatch(/^error .* \[[a-z_.]+\]$/);
      expect(shown(first).slice("error ".length, -` [${code}]`.length)).toMatch(message);
      expect(first.endsWith(` [${code}]`)).toBe(true);
      expect(second.replace(/^hint: /, "")).toMatch(hint);
      expect(more).toEqual([]);

      // Half of it inside this process, which saves starts; not a `run`, which writes a log past us.
      const runForProgram = real[0] === "run" ? runAuditctlProcess : runAuditctl;
      const program = await runForProgram([...real, "--json"], { env: settings, cwd: folder.path });
      expect(program.status).toBe(person.status);
      const error = shownError(program);
      const { details = [], ...rest } = error;
      expect({ ...rest, message: shown(error.message) }).toEqual({
        code,
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      });
      expect(details.every((detail) => typeof detail === "string" && detail !== "")).toBe(true);

      for (const { stdout, stderr } of [person, program]) {
        expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at /);
      }
      expect(existing.map(contentOf)).toEqual(before);
      // Only a run that got as far as its store makes one.
      expect(existsSync(folder.file("none.db"))).toBe(false);
    },
  );

  it("refuses a store that another run is writing, which goes on undisturbed", async () => {
    using folder = openTempFolder();
    const store = folder.file("s.db");
    await using running = await startRun(source.address, store);
    const second: AuditctlResult = await runAuditctlProcess(["run", "--json"], {
      env: { ...envOf(source.address), AUDIT_STORE: store },
    });
    expect(second.status).toBe(6);
    expect(shownError(second)).toMatchObject({ code: "store.in_use" });
    await source.run("INSERT INTO item VALUES (2)");
    await waitUntilStored(source, store);
    await stopRun(running);
    expect(readNotes(store).map(({ kind }) => kind)).toEqual(["start", "stop"]);
  });
});

/** A trail by what it holds: a run that fails notes its state in the file. Any other file by its bytes. */
function contentOf(path: string): unknown {
  if (!path.endsWith("good.db")) return readFileSync(path);
  const db = new Database(path, { readonly: true });
  try {
    return ["ledger_entry", "change_event", "business_event", "checkpoint", "source"].map((table) =>
      db.prepare(`SELECT * FROM ${table}`).all(),
    );
  } finally {
    db.close();
  }
}
