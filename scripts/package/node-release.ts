// Takes a major version of Node.js; gives its newest release from the registry, with the npm that comes with that line, and a
// folder to be the whole PATH: node, env and sh, so that a compiler that is needed is missed.
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../mysql/run-command.ts";

export interface NodeRelease {
  version: string;
  program: string;
  npmVersion: string;
  npmProgram: string;
  barePath: string;
}

/** Each line of Node.js with the npm that it is installed with. From 12 on, npm runs no install script that nobody allowed. */
const npmOf: Record<string, string> = { 22: "10", 24: "11", 26: "12" };

export const supportedMajors: readonly string[] = Object.keys(npmOf);

export async function getNode(major: string, folder: string): Promise<NodeRelease> {
  const name = `node-${process.platform}-${process.arch}`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), "{}");
  const args = ["install", "--silent", "--no-save", "--ignore-scripts", "--prefix", folder];
  await runCommand("npm", [...args, `${name}@${major}`, `npm@${npmOf[major] ?? "latest"}`], { timeoutMs: 300_000 });
  const modules = join(folder, "node_modules");
  const program = join(modules, name, "bin", "node");
  const barePath = join(folder, "bare");
  await mkdir(barePath);
  await symlink(program, join(barePath, "node"));
  for (const tool of ["env", "sh"]) await symlink(await placeOf(tool), join(barePath, tool));
  return {
    version: (await runCommand(program, ["--version"], { timeoutMs: 10_000 })).trim(),
    program,
    npmVersion: (JSON.parse(await readFile(join(modules, "npm", "package.json"), "utf8")) as { version: string })
      .version,
    npmProgram: join(modules, "npm", "bin", "npm-cli.js"),
    barePath,
  };
}

async function placeOf(tool: string): Promise<string> {
  return (await runCommand("sh", ["-c", `command -v ${tool}`], { timeoutMs: 10_000 })).trim();
}
