// `auditctl mcp install`: shows the change, keeps everything else and a backup, and what it writes starts a server that answers.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runAuditctlProcess } from "../support/run-auditctl.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";

let folder: ReturnType<typeof openTempFolder>;
let store: string;
beforeAll(() => {
  folder = openTempFolder();
  store = folder.file("store.db");
  createTradeStore(store);
});
afterAll(() => folder[Symbol.dispose]());

interface Written {
  theme?: string;
  mcpServers: Record<string, { command: string; args: string[]; env?: Record<string, string> }>;
}

function makeHome(name: string): { path: string; file: string; env: Record<string, string> } {
  const path = folder.file(name);
  mkdirSync(path);
  return {
    path,
    file: join(path, ".config", "Claude", "claude_desktop_config.json"),
    env: { HOME: path, XDG_CONFIG_HOME: join(path, ".config") },
  };
}

const read = (file: string): Written => JSON.parse(readFileSync(file, "utf8")) as Written;
const install = (args: readonly string[], env: Record<string, string>, cwd?: string) =>
  runAuditctlProcess(["mcp", "install", "--store", store, ...args], { env, ...(cwd === undefined ? {} : { cwd }) });

it("writes a file that was not there, and what it writes starts a server that answers", async () => {
  const home = makeHome("new");
  const { status, stdout, stderr } = await install(["--client", "claude-desktop", "--yes"], home.env);
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining("(new)") });
  expect(stdout).toContain("Restart the assistant");
  expect(statSync(home.file).mode & 0o777).toBe(0o600);
  const { command, args } = read(home.file).mcpServers["audit-overlay"]!;
  const client = new Client({ name: "test", version: "1" });
  // As an assistant does it: another folder, an environment of its own.
  await client.connect(new StdioClientTransport({ command, args, cwd: home.path, env: getDefaultEnvironment() }));
  const { structuredContent } = await client.callTool({ name: "trail_coverage" });
  expect(structuredContent).toMatchObject({ untrusted_data: { entity_types: ["product", "sale"] } });
  await client.close();
});

it("keeps what else is in the file, and the file as it was", async () => {
  const home = makeHome("kept");
  mkdirSync(join(home.path, ".config", "Claude"), { recursive: true });
  const text =
    '{\n    "theme": "dark",\n    "mcpServers": {\n        "other": { "command": "x", "args": [] }\n    }\n}\n';
  writeFileSync(home.file, text, { mode: 0o640 });
  const asked = await install(["--client", "claude-desktop"], home.env);
  expect(asked).toMatchObject({ status: 2, stdout: "" });
  expect(asked.stderr).toContain('+        "audit-overlay": {');
  expect(readFileSync(home.file, "utf8")).toBe(text);

  const { status, stdout } = await install(["--client", "claude-desktop", "--yes", "--json"], home.env);
  const { backup, changed } = JSON.parse(stdout) as { backup: string; changed: boolean };
  expect({ status, changed }).toEqual({ status: 0, changed: true });
  expect(readFileSync(backup, "utf8")).toBe(text);
  expect(read(home.file)).toMatchObject({ theme: "dark", mcpServers: { other: { command: "x", args: [] } } });
  expect(Object.keys(read(home.file).mcpServers)).toEqual(["other", "audit-overlay"]);
  expect(statSync(home.file).mode & 0o777).toBe(0o640);

  const again = await install(["--client", "claude-desktop", "--yes"], home.env);
  expect(again.stdout).toContain("has it already");
  expect(readdirSync(join(home.path, ".config", "Claude"))).toHaveLength(2);
});

it.each([
  ["claude-code", ".mcp.json"],
  ["vscode", ".vscode/mcp.json"],
])("%s keeps its servers in the project's folder", async (client, file) => {
  const home = makeHome(client);
  expect(await install(["--client", client, "--yes"], home.env, home.path)).toMatchObject({ status: 0 });
  expect(readFileSync(join(home.path, file), "utf8")).toContain('"type": "stdio"');
});

it("leaves a file alone that is not JSON, and says so", async () => {
  const home = makeHome("broken");
  const file = join(home.path, "config.json");
  writeFileSync(file, '{ "mcpServers": {}, }\n');
  const { status, stderr } = await install(["--client", "cursor", "--file", file, "--yes"], home.env);
  expect(status).toBe(2);
  expect(stderr).toContain("is not JSON that can be added to");
  expect(readFileSync(file, "utf8")).toBe('{ "mcpServers": {}, }\n');
  expect(readdirSync(home.path)).toEqual(["config.json"]);
});

it("tells of a service where its token is, and never writes the token itself", async () => {
  const home = makeHome("remote");
  const url = ["--client", "claude-desktop", "--url", "http://127.0.0.1:1", "--yes"];
  const refused = await runAuditctlProcess(["mcp", "install", ...url], {
    env: { ...home.env, AUDIT_TOKEN: "ao_secret" },
  });
  expect(refused.status).toBe(2);
  expect(existsSync(home.file)).toBe(false);
  writeFileSync(folder.file("token.txt"), "ao_secret");
  await runAuditctlProcess(["mcp", "install", ...url, "--token-file", folder.file("token.txt")], { env: home.env });
  expect(read(home.file).mcpServers["audit-overlay"]).toMatchObject({
    args: [expect.any(String), "mcp", "--url", "http://127.0.0.1:1"],
    env: { AUDIT_TOKEN_FILE: folder.file("token.txt") },
  });
});

it("knows the assistants that it can tell", async () => {
  const { status, stderr } = await install(["--client", "emacs", "--yes"], {});
  expect(status).toBe(2);
  expect(stderr).toContain("claude-desktop, claude-code, cursor, vscode");
});
