// Settings from flags, environment, file and defaults: which one wins, how text becomes numbers and lists, and what is refused.
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/app-error.ts";
import { loadConfig, toSourceConnection } from "../../../src/serve/cli/load-config.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

let folder: ReturnType<typeof openTempFolder>;
beforeEach(() => {
  folder = openTempFolder();
});
afterEach(() => folder[Symbol.dispose]());

function write(text: string, name = "config.yaml"): string {
  writeFileSync(folder.file(name), text, { mode: 0o600 });
  return folder.file(name);
}

interface Given {
  flags?: Record<string, string>;
  env?: Record<string, string>;
  file?: string;
}

function load({ flags = {}, env = {}, file }: Given) {
  const configFile = write(file ?? "");
  return loadConfig({ flags, configFile, env });
}

function failure(given: Given): AppError {
  try {
    load(given);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("precedence", () => {
  const file = "host: from-file\nport: 1\nuser: from-file\n";
  const env = { AUDIT_HOST: "from-env", AUDIT_PORT: "2" };

  it("is flags, then environment, then file, then the default", () => {
    const config = load({ flags: { host: "from-flag" }, env, file });
    expect(config).toMatchObject({ host: "from-flag", port: 2, user: "from-file", tls: "auto", silence_seconds: 15 });
  });

  it("does not let a flag that was not given hide another source", () => {
    expect(load({ flags: { host: undefined as unknown as string }, env, file }).host).toBe("from-env");
  });

  it("takes the file that AUDIT_CONFIG names, unless a flag names another", () => {
    const one = write("host: one\n", "one.yaml");
    const two = write("host: two\n", "two.yaml");
    expect(loadConfig({ flags: {}, configFile: undefined, env: { AUDIT_CONFIG: one } }).host).toBe("one");
    expect(loadConfig({ flags: {}, configFile: two, env: { AUDIT_CONFIG: one } }).host).toBe("two");
  });

  it("is at its defaults with nothing given, and an empty file is nothing", () => {
    expect(load({ file: "# only a comment\n" })).toMatchObject({
      store: "audit-overlay.db",
      host: "127.0.0.1",
      port: 3306,
      databases: [],
      start_from: "now",
    });
  });
});

describe("values", () => {
  it.for([
    ["shop", ["shop"]],
    ["shop, stock ,,", ["shop", "stock"]],
    ["", []],
    [" , ", []],
  ] as const)("reads the list %j as %j", ([text, list]) => {
    expect(load({ env: { AUDIT_DATABASES: text } }).databases).toEqual(list);
    expect(load({ flags: { rules: text } }).rules).toEqual(list);
  });

  it("reads a list of the file's own", () => {
    expect(load({ file: "databases: [shop, stock]\n" }).databases).toEqual(["shop", "stock"]);
  });

  it.for(["3307", "0xceb", "3307.0"])("reads the number %s", (text) => {
    expect(load({ env: { AUDIT_PORT: text } }).port).toBe(3307);
  });

  it.for(["many", "3307.5", "0", "65536", "-1", "1e9", "", "Infinity"])(
    "refuses %j as a port and says where it came from",
    (text) => {
      const error = failure({ env: { AUDIT_PORT: text } });
      expect(error).toMatchObject({ code: "usage.config", exitStatus: 2 });
      expect(error.message).toMatch(/^setting port: ./);
      expect(error.hint).toMatch(/^From AUDIT_PORT\. The settings: /);
    },
  );

  it("refuses a word that a setting does not know", () => {
    expect(failure({ flags: { tls: "sometimes" } }).message).toMatch(/^setting tls: .*verify/);
    expect(failure({ flags: { start_from: "yesterday" } }).hint).toMatch(/^From --start-from\./);
  });
});

describe("what is not a setting", () => {
  it("is refused in the environment, in the file and as a flag, each with its origin", () => {
    expect(failure({ env: { AUDIT_NONSENSE: "1" } })).toMatchObject({
      message: expect.stringMatching(/^setting nonsense: /) as string,
      hint: expect.stringMatching(/^From AUDIT_NONSENSE\./) as string,
    });
    expect(failure({ file: "hots: x\n" }).hint).toMatch(/^From the config file\./);
    expect(failure({ flags: { nonsense: "1" } }).hint).toMatch(/^From --nonsense\./);
  });

  it("is let be where it is no word of ours: other variables, the config file's place, the tests' own", () => {
    expect(() =>
      load({ env: { AUDITOR: "x", PATH: "/", AUDIT_TEST_MYSQL_URL: "x", AUDIT_CONFIG: "unused" } }),
    ).not.toThrow();
  });

  it.for(["- a\n- list\n", "just text\n", "42\n"])("refuses the file %j", (file) => {
    expect(failure({ file }).message).toMatch(/config\.yaml: must be `key: value` lines$/);
  });

  it("refuses a file that is named and not there", () => {
    expect(() => loadConfig({ flags: {}, configFile: folder.file("none.yaml"), env: {} })).toThrow(
      /^there is no config file .*none\.yaml$/,
    );
  });
});

describe("the connection", () => {
  it("takes the password from its file, without the line end, before any other", () => {
    const passwordFile = write("from file \n", "password.txt");
    const config = load({ env: { AUDIT_PASSWORD: "from env", AUDIT_PASSWORD_FILE: passwordFile } });
    expect(toSourceConnection(config).password).toBe("from file");
    expect(toSourceConnection(load({ env: { AUDIT_PASSWORD: " kept as it is " } })).password).toBe(" kept as it is ");
  });

  it.for([
    ["password", "password_file"],
    ["token", "token_file"],
  ] as const)("takes %s from the environment before the file that a weaker source names", ([secret, file]) => {
    const given = { file: `${file}: /etc/secret\n` };
    const variable = `AUDIT_${secret.toUpperCase()}`;
    expect(load({ ...given, env: { [variable]: "from env" } })).toMatchObject({ [secret]: "from env" });
    expect(load({ ...given, env: { [variable]: "from env" } })[file]).toBeUndefined();
    expect(load({ ...given, env: { [variable]: "" } })[file]).toBe("/etc/secret");
    const flags = { [file]: "/from/flag" };
    expect(load({ ...given, env: { [variable]: "from env" }, flags })[file]).toBe("/from/flag");
  });

  it("reads the certificate authority's text", () => {
    const ca = write("-----BEGIN CERTIFICATE-----\n", "ca.pem");
    expect(toSourceConnection(load({ env: { AUDIT_TLS: "verify", AUDIT_TLS_CA: ca } }))).toMatchObject({
      tls: "verify",
      tlsCa: "-----BEGIN CERTIFICATE-----\n",
    });
  });

  it.for(["password_file", "tls_ca"] as const)("says which setting names the file it cannot read: %s", (key) => {
    const config = load({ env: { [`AUDIT_${key.toUpperCase()}`]: folder.file("none") } });
    expect(() => toSourceConnection(config)).toThrow(new RegExp(`^setting ${key}: cannot read .*none$`));
  });
});

it.for(["model_url", "webhook_url", "url", "syslog"])("refuses what is no URL at all as %s", (key) => {
  expect(failure({ file: `${key}: nonsense\n` }).message).toMatch(new RegExp(`^setting ${key}: must be `));
});

it.each([
  ["model_url", "http://user:hunter2@127.0.0.1:11434", "model_key_file"],
  ["webhook_url", "https://user:hunter2@alerts.example.com/x", "the secret"],
])("refuses a password in %s, and does not repeat it", (key, url, hint) => {
  const { message } = failure({ file: `${key}: ${url}\n` });
  expect(message).toContain(`setting ${key}: must not hold a user or a password`);
  expect(message).toContain(hint);
  expect(message).not.toContain("hunter2");
});
