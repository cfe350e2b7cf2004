// Takes a server program; gives a data folder that was initialised once for its version and is
// copied for each server, as initialising takes seconds and copying does not.

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { cachePath, exists, fillOnce } from "./cache-folder.ts";
import type { OpenRequest, ServerProgram } from "./local-server.ts";
import { runCommand } from "./run-command.ts";
import { fixedAtFirst, runAsArguments, settingArguments } from "./server-settings.ts";

const INITIALISE_TIMEOUT_MS = 180_000;

// root@localhost alone would let nobody in: with skip_name_resolve a TCP client is 127.0.0.1, not localhost.
const ROOT_FROM_ANYWHERE = [
  "create user root@'%' identified by '';",
  "grant all on *.* to root@'%' with grant option;",
];

/** Copies the template to `dataDir`, which must not exist yet. */
export async function copyDataTemplate(program: ServerProgram, dataDir: string, request: OpenRequest): Promise<void> {
  const fixed = fixedAtFirst(request.settings);
  const key = createHash("sha256").update(JSON.stringify([program.version, program.command, fixed]));
  const number = /\d+(\.\d+)+/.exec(program.version)?.[0] ?? "unknown";
  const name = `${program.flavor}-${number}-${key.digest("hex").slice(0, 8)}`;
  const template = cachePath("data-template", name);
  await fillOnce(
    template,
    async (folder) => {
      request.log(`${program.flavor}: making a data folder for ${program.version} (once)`);
      await initialise(program, folder, fixed, request.signal);
    },
    request.signal,
  );
  await cp(join(template, "data"), dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

async function initialise(
  program: ServerProgram,
  folder: string,
  fixed: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const dataDir = join(folder, "data");
  const [file, ...first] = program.command;
  const args = [...first, "--no-defaults", ...program.placeArguments, ...runAsArguments(), `--datadir=${dataDir}`];
  args.push(...settingArguments(program.flavor, fixed));
  const options = { timeoutMs: INITIALISE_TIMEOUT_MS, signal };
  if (program.flavor === "mysql") {
    const initFile = join(folder, "first.sql");
    await writeFile(initFile, `${ROOT_FROM_ANYWHERE.join("\n")}\n`);
    // With GTIDs on, every copy would begin with two purged transactions of a server that never was.
    const how = ["--gtid_mode=OFF", "--initialize-insecure", `--init-file=${initFile}`];
    await runCommand(file, [...args, ...how], options);
    await rm(initFile);
  } else {
    await mkdir(join(dataDir, "mysql"), { recursive: true });
    const sizes = ["--skip-log-bin", "--max_allowed_packet=8M", "--net_buffer_length=16K", "--enforce_storage_engine="];
    const input = await mariadbBootstrapSql(program);
    await runCommand(file, [...args, "--bootstrap", ...sizes], { ...options, input });
  }
  await makeAnonymous(dataDir);
}

/** The identity and the binlogs of the template must not be shared by its copies. */
async function makeAnonymous(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name === "auto.cnf" || name.startsWith("binlog.")) await rm(join(dataDir, name));
  }
}

// What mariadb-install-db does, less what needs a shell, perl or helper programs, and less the help
// tables. Its files were renamed from mysql_* to mariadb_* in MariaDB 11.
async function mariadbBootstrapSql(program: ServerProgram): Promise<string> {
  const files = [
    ["mariadb_system_tables.sql", "mysql_system_tables.sql"],
    ["mariadb_performance_tables.sql", "mysql_performance_tables.sql"],
    ["mariadb_system_tables_data.sql", "mysql_system_tables_data.sql"],
    ["maria_add_gis_sp_bootstrap.sql"],
    ["mariadb_sys_schema.sql", "mysql_sys_schema.sql"],
  ];
  // `SET @auth_root_socket=NULL`: root has an empty password, not the socket's owner as its name.
  const parts = ["create database if not exists mysql;", "use mysql;", "SET @auth_root_socket=NULL;"];
  for (const names of files) parts.push(await readFirst(program.shareFolders, names));
  // Bootstrap mode runs with the grant tables switched off until they are read.
  parts.push("flush privileges;", ...ROOT_FROM_ANYWHERE);
  return `${parts.join("\n")}\n`;
}

async function readFirst(folders: readonly string[], names: readonly string[]): Promise<string> {
  for (const folder of folders) {
    for (const name of names) {
      const path = join(folder, name);
      if (await exists(path)) return await readFile(path, "utf8");
    }
  }
  throw new Error(`none of ${names.join(", ")} is in ${folders.join(", ")}`);
}
