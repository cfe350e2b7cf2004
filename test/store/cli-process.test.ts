// `auditctl` in a process of its own: what it loads for a command, and that it says what the same words say inside this process.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadAllCommands, loadCommands } from "../../src/serve/cli/command-families.ts";
import { createLedgerFile } from "../support/ledger.ts";
import { runAuditctl, runAuditctlProcess } from "../support/run-auditctl.ts";
import { withoutRoom } from "../support/without-room.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const folder = openTempFolder();
const store = folder.file("shop.db");
beforeAll(() => createLedgerFile(store, 3));
afterAll(() => folder[Symbol.dispose]());

const preload = join(import.meta.dirname, "..", "support", "report-loaded.ts");

/** What a command line loads: the packages, and the files of ours by their path in src/. */
async function loadedBy(args: readonly string[]): Promise<{ packages: Set<string>; own: string[] }> {
  const { stderr } = await runAuditctlProcess(args, { preload });
  const files = stderr.split("\n").filter((line) => line.startsWith("file:"));
  const packages = files.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const own = files.flatMap((url) => /\/src\/(?!.*node_modules)(.*)$/.exec(url)?.[1] ?? []);
  return { packages: new Set(packages), own: own.toSorted() };
}

describe("a start loads only what it needs", () => {
  it("--version: next to nothing", async () => {
    const { packages, own } = await loadedBy(["--version"]);
    expect([...packages]).toEqual(["clipanion"]);
    expect(own).toEqual(["lib/package-root.ts", "main.ts", "serve/cli/cli.ts", "serve/cli/command-families.ts"]);
  });

  const capture = ["mysql2", "@vlasky/zongji"];
  const service = ["hono", "@hono/node-server", "@modelcontextprotocol/sdk", "pino"];
  it.for([
    [
      ["status", "--store", store],
      [...capture, ...service, "@marcbachmann/cel-js", "hyparquet-writer"],
    ],
    [
      ["export", "--store", store],
      [...capture, ...service, "@marcbachmann/cel-js", "hyparquet-writer"],
    ],
    [
      ["rules", "check", "x.yaml"],
      [...capture, ...service, "better-sqlite3"],
    ],
    [
      ["init", "--help"],
      [...capture, ...service, "@clack/prompts", "better-sqlite3"],
    ],
    [
      ["doctor", "--port", "1"],
      [...service, "@clack/prompts", "better-sqlite3", "@marcbachmann/cel-js"],
    ],
    [
      ["run", "--help"],
      [...capture, "hono", "@modelcontextprotocol/sdk", "better-sqlite3"],
    ],
    [
      ["status", "--url", "http://127.0.0.1:1"],
      [...capture, ...service, "better-sqlite3"],
    ],
  ] as const)("%s", async ([args, unneeded]) => {
    const { packages } = await loadedBy(args);
    expect(packages).toContain("clipanion");
    expect(unneeded.filter((name) => packages.has(name))).toEqual([]);
  });
});

describe("every command", () => {
  it("is of the family that its first word names", async () => {
    for (const command of await loadAllCommands())
      for (const [word = ""] of command.paths ?? []) expect(await loadCommands([word])).toContain(command);
  });

  it.for([
    ["status", "--json"],
    ["trace", "sale", "S-2"],
    ["events"],
    ["search", "shop"],
    ["summary", "--date", "2026-03-01"],
    ["anomalies"],
    ["explain", "none"],
    ["export", "--type", "sales"],
    ["verify"],
    ["token", "list"],
    ["access", "--json"],
    ["rules", "check", "no-such.yaml"],
    ["config", "show"],
    ["completion", "fish"],
    ["doctor", "--port", "1"],
    ["ingest", "no-such.json"],
    ["staus"],
  ])("says the same in a process of its own: %s", async (args) => {
    const words = args[0] === "staus" ? args : [...args, "--store", store];
    const inside = await runAuditctl(words);
    const apart = await runAuditctlProcess(words);
    const told = ({ stdout }: { stdout: string }): unknown =>
      withoutRoom(args[0] === "status" ? JSON.parse(stdout) : stdout);
    expect({ ...inside, stdout: told(inside) }).toEqual({ ...apart, stdout: told(apart) });
    expect(`${inside.stdout}${inside.stderr}`).not.toBe("");
  });
});
