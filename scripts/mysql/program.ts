// The command line of scripts/mysql.ts: takes arguments, starts the servers they name, prints how to
// reach them and keeps them until Ctrl-C; gives the exit code.

import { delimiter, join, relative } from "node:path";

import { unpackedClient } from "./debian-packages.ts";
import { isExecutable } from "./installed.ts";
import type { Flavor, LocalServer, LocalServerOptions } from "./local-server.ts";
import { messageOf } from "./local-server.ts";

const HELP = `Usage: node scripts/mysql.ts [mysql | mariadb | --both]

Starts a private server (mysql unless told otherwise) with a full row binlog on 127.0.0.1, prints how
to reach it, and removes it with its data at Ctrl-C.

It is got, whichever works first: from AUDIT_TEST_MYSQL_URL or AUDIT_TEST_MARIADB_URL, from Docker
(not with AUDIT_TEST_DOCKER=0), from a mysqld or mariadbd installed here, or from Debian's packages,
which are unpacked in .cache without installing them.

  --both   one of each
  --help   this text
`;

type Open = (flavor: Flavor, options: LocalServerOptions) => Promise<LocalServer>;

export async function runAsProgram(args: readonly string[], open: Open): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(HELP);
    return 0;
  }
  const flavors = parseFlavors(args);
  if (flavors === undefined) {
    process.stderr.write(`Not understood: ${args.join(" ")} (mysql, mariadb, --both or --help)\n`);
    return 2;
  }
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new Error("interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const servers: LocalServer[] = [];
  try {
    for (const flavor of flavors) {
      const log = (line: string): void => void process.stderr.write(`${line}\n`);
      const server = await open(flavor, { log, signal: stopping.signal });
      servers.push(server);
      process.stdout.write(await describe(server));
    }
    process.stdout.write("Ctrl-C stops and removes it.\n");
    await untilAborted(stopping.signal);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function parseFlavors(args: readonly string[]): Flavor[] | undefined {
  const [only, ...more] = args;
  if (more.length > 0) return undefined;
  if (only === "--both") return ["mysql", "mariadb"];
  if (only === undefined || only === "mysql") return ["mysql"];
  return only === "mariadb" ? ["mariadb"] : undefined;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  // A signal handler does not keep a process alive; a timer does.
  const alive = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  clearInterval(alive);
}

async function describe(server: LocalServer): Promise<string> {
  const password = server.password === "" ? "" : `:${encodeURIComponent(server.password)}`;
  const url = `mysql://${encodeURIComponent(server.user)}${password}@${server.host}:${server.port}`;
  const lines = [`${server.flavor} ${server.version}`, `  from    ${server.way}`, `  url     ${url}`];
  const client = await findClient(server.flavor);
  if (client !== undefined) {
    const secret = server.password === "" ? "" : ` -p${server.password}`;
    lines.push(`  client  ${client} -h ${server.host} -P ${server.port} -u ${server.user}${secret}`);
  }
  return `${lines.join("\n")}\n`;
}

async function findClient(flavor: Flavor): Promise<string | undefined> {
  for (const name of flavor === "mysql" ? ["mysql"] : ["mariadb", "mysql"]) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      if (folder !== "" && (await isExecutable(join(folder, name)))) return name;
    }
  }
  const unpacked = await unpackedClient(flavor);
  return unpacked === undefined ? undefined : relative(process.cwd(), unpacked);
}
