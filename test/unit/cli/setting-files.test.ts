// The files that settings come from: which `.env` is read, what wins over it, and what is refused because others may read it.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig, settingOrigins, withAlertSecrets } from "../../../src/serve/cli/load-config.ts";
import { configSchema, secretKeys } from "../../../src/model/config.ts";
import { runAuditctl, runAuditctlProcess } from "../../support/run-auditctl.ts";
import { openTempFolder } from "../../support/temp-folder.ts";

let folder: ReturnType<typeof openTempFolder>;
beforeEach(() => {
  folder = openTempFolder({ small: true });
});
afterEach(() => folder[Symbol.dispose]());

function write(name: string, text: string, mode = 0o600): string {
  writeFileSync(folder.file(name), text);
  chmodSync(folder.file(name), mode);
  return folder.file(name);
}

const sources = (env: Record<string, string> = {}, flags: Record<string, string> = {}) => ({
  flags,
  env,
  configFile: write("config.yaml", "host: from-file\nport: 1\nuser: from-file\ntls: off\n"),
});

describe("a .env", () => {
  it("loses to the environment and wins over the config file beside it", () => {
    write(".env", "# ours\nAUDIT_HOST=dotted\nAUDIT_PORT='2'\nexport AUDIT_USER=\"dotted\"\nOTHER=1\n");
    const given = sources({ AUDIT_PORT: "3" }, { user: "flag" });
    expect(loadConfig(given)).toMatchObject({ host: "dotted", port: 3, user: "flag", tls: "off" });
    expect(Object.fromEntries(settingOrigins(given))).toEqual({
      host: ".env",
      port: "AUDIT_PORT",
      user: "--user",
      tls: given.configFile,
    });
  });

  it("is the one in the folder one stands in, where no config file is named; else only the one beside that file", async () => {
    write(".env", "AUDIT_USER=here\n");
    mkdirSync(folder.file("there"));
    write("there/config.yaml", "host: there\n");
    write("there/.env", "AUDIT_PORT=7\n");
    const show = async (...args: string[]) => {
      const { stdout } = await runAuditctlProcess(["config", "show", "--json", ...args], { cwd: folder.path });
      const { settings } = JSON.parse(stdout) as { settings: { setting: string; value: unknown; origin: string }[] };
      return settings.filter(({ origin }) => origin === ".env").map(({ setting, value }) => [setting, value]);
    };
    expect(await show()).toEqual([["user", "here"]]);
    expect(await show("--config", "there/config.yaml")).toEqual([["port", 7]]);
  });

  it.for(["644", "640", "660", "604", "602", "620"])("is refused with mode %s, and says what to do", async (mode) => {
    write(".env", "AUDIT_PASSWORD=planted\n", parseInt(mode, 8));
    const { configFile } = sources();
    const { status, stderr } = await runAuditctl(["status", "--config", configFile, "--json"]);
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: "usage.config", hint: `chmod 600 ${folder.file(".env")}` },
    });
    expect(stderr).not.toContain("planted");
    chmodSync(folder.file(".env"), 0o400);
    expect(loadConfig(sources()).password).toBe("planted");
  });

  it("of another program is none of our business, whoever may read it", () => {
    write(".env", "DATABASE_URL=mysql://x\nAUDITOR=y\nAUDIT_TEST_DOCKER=0\n", 0o644);
    expect(loadConfig(sources()).host).toBe("from-file");
  });

  it("may be a folder", () => {
    mkdirSync(folder.file(".env"));
    expect(loadConfig(sources()).host).toBe("from-file");
  });

  it.for([
    ["AUDIT_PASWORD=x", /^setting pasword: there is none of that name/, /^From AUDIT_PASWORD in \.env\./],
    ["AUDIT_PORT=many", /^setting port: /, /^From AUDIT_PORT in \.env\./],
    ["AUDIT_CONFIG=other.yaml", /AUDIT_CONFIG cannot stand there$/, /--config/],
  ] as const)("with %s is refused", ([line, message, hint]) => {
    write(".env", `${line}\n`);
    expect(() => loadConfig(sources())).toThrow(message);
    expect(() => loadConfig(sources())).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(hint) as string }) as Error,
    );
  });
});

describe("a config file with a secret in clear", () => {
  it.for([...secretKeys])("is refused when others may read it: %s", (key) => {
    const configFile = write("config.yaml", `${key}: http://planted.example/x\n`, 0o644);
    expect(() => loadConfig({ flags: {}, env: {}, configFile })).toThrow(
      `${configFile} holds \`${key}\` in clear, and others may use it (mode 0644)`,
    );
    chmodSync(configFile, 0o600);
    expect(loadConfig({ flags: {}, env: {}, configFile })[key]).toBe("http://planted.example/x");
  });

  it("is only one that holds one: others may read the rest", () => {
    const configFile = write("config.yaml", 'host: h\npassword: ""\npassword_file: /x\n', 0o644);
    expect(loadConfig({ flags: {}, env: {}, configFile }).host).toBe("h");
  });
});

it("every secret setting can be in a file of its own", () => {
  expect([...secretKeys].filter((key) => !(`${key}_file` in configSchema.shape))).toEqual([]);
});

describe("webhook_url_file", () => {
  it("gives the address, before webhook_url", () => {
    const path = write("hook", "https://alerts.example.com/s3cret\n");
    const config = loadConfig({
      ...sources({ AUDIT_WEBHOOK_URL: "https://other.example.com/", AUDIT_WEBHOOK_URL_FILE: path }),
    });
    expect(withAlertSecrets(config).webhook_url).toBe("https://alerts.example.com/s3cret");
  });

  it.for(["", "ftp://x.example/planted", "https://planted:x@alerts.example.com/"])(
    "is refused with %j in it, which is not repeated",
    (text) => {
      const config = loadConfig(sources({ AUDIT_WEBHOOK_URL_FILE: write("hook", text) }));
      expect(() => withAlertSecrets(config)).toThrow(/^setting webhook_url_file: must (?!.*planted)/);
    },
  );
});
