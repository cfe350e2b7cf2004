// The systemd unit in docs: its command exists, and what it does about an exit is what the exit means.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exitStatus } from "../../src/model/app-error.ts";
import { RunCommand } from "../../src/serve/cli/run-command.ts";
import { createCli } from "../../src/serve/cli/cli.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const unit = readFileSync(join(import.meta.dirname, "..", "..", "docs", "audit-overlay.service"), "utf8");
const valueOf = (key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";

it("does not start again what needs a person", () => {
  const { usage, misconfigured, rules, stopped } = exitStatus;
  expect(valueOf("RestartPreventExitStatus").split(" ").map(Number)).toEqual([usage, misconfigured, rules, stopped]);
  expect(valueOf("Restart")).toBe("on-failure");
});

it("starts `run` with flags that it has", () => {
  const [program, command, ...rest] = valueOf("ExecStart").split(" ");
  expect([program, command]).toEqual(["auditctl", "run"]);
  const known = createCli([RunCommand])
    .definitions()
    .flatMap(({ options }) => options.map(({ definition }) => definition));
  for (const flag of rest.filter((word) => word.startsWith("--")))
    expect(known.some((definition) => definition.startsWith(`${flag} `))).toBe(true);
});

it("is in the package where its document says", () => {
  const root = join(import.meta.dirname, "..", "..");
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const { name, files } = JSON.parse(read("package.json")) as { name: string; files: string[] };
  const path = /"\$\(npm root -g\)\/([\w-]+)\/(\w+)\/([\w.-]+)"/.exec(read("docs/systemd.md"))?.slice(1);
  expect(path).toEqual([name, "docs", "audit-overlay.service"]);
  expect(files).toContain("docs");
});

it.skipIf(!hasSystemd())("is a unit that systemd takes", () => {
  using folder = openTempFolder();
  // Neither the program nor its user need be on this machine.
  const here = unit.replace("ExecStart=auditctl", "ExecStart=/bin/true").replace(/^(User|Group)=.*/gm, "$1=root");
  writeFileSync(folder.file("audit-overlay.service"), here);
  expect(() => execFileSync("systemd-analyze", ["verify", folder.file("audit-overlay.service")])).not.toThrow();
});

function hasSystemd(): boolean {
  try {
    execFileSync("systemd-analyze", ["--version"]);
    return true;
  } catch {
    return false;
  }
}
