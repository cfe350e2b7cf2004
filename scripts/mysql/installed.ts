// Gives the mysqld or mariadbd that is installed on this machine, if it is the right one and new enough.

import { access, constants, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

import type { Flavor, ServerProgram } from "./local-server.ts";
import { messageOf, versionProblem } from "./local-server.ts";
import { runCommand } from "./run-command.ts";

const VERSION_TIMEOUT_MS = 10_000;
// Distributions put servers where a plain user's PATH does not look.
const USUAL_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/mysql/bin"];
const NAMES: Record<Flavor, readonly string[]> = { mysql: ["mysqld"], mariadb: ["mariadbd", "mysqld"] };

export async function findInstalled(flavor: Flavor): Promise<ServerProgram> {
  const problems: string[] = [];
  for (const path of await candidates(flavor)) {
    try {
      const version = await programVersion([path]);
      const problem = versionProblem(flavor, version);
      if (problem === undefined) return await describe(flavor, path, version);
      problems.push(`${path}: ${problem}`);
    } catch (error) {
      problems.push(`${path}: ${messageOf(error)}`);
    }
  }
  const named = NAMES[flavor].join(" or ");
  throw new Error(problems.length === 0 ? `no ${named} in PATH or ${USUAL_FOLDERS.join(", ")}` : problems.join("; "));
}

/** As in `mysqld  Ver 9.7.4 for Linux on x86_64`: the part after `Ver`. */
export async function programVersion(command: readonly [string, ...string[]]): Promise<string> {
  const [file, ...first] = command;
  const printed = await runCommand(file, [...first, "--no-defaults", "--version"], { timeoutMs: VERSION_TIMEOUT_MS });
  const version = /\bVer (\S+)/.exec(printed)?.[1];
  if (version === undefined) throw new Error(`its --version says: ${printed.slice(0, 100)}`);
  return version;
}

async function candidates(flavor: Flavor): Promise<string[]> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...USUAL_FOLDERS];
  const found = new Set<string>();
  for (const name of NAMES[flavor]) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (folder !== "" && (await isExecutable(path))) found.add(await realpath(path));
    }
  }
  return [...found];
}

/** PATH may well name folders that are not there or not ours to look into. */
export async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function describe(flavor: Flavor, path: string, version: string): Promise<ServerProgram> {
  const prefix = dirname(dirname(path));
  return {
    flavor,
    version,
    way: `${flavor === "mysql" ? "mysqld" : "mariadbd"} on this machine (${path})`,
    command: [path],
    placeArguments: [`--basedir=${prefix}`],
    shareFolders: ["share/mysql", "share/mariadb", "share"].map((folder) => join(prefix, folder)),
  };
}
