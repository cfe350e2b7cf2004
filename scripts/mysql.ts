// A MySQL or MariaDB server of one's own for tests, the demo and benchmarks: takes a flavor, gives a
// running server that writes a full row binlog. As a program: keeps one until Ctrl-C.

import { existsSync, realpathSync } from "node:fs";

import { unpackDebianPackages } from "./mysql/debian-packages.ts";
import { openFromDocker } from "./mysql/from-docker.ts";
import { openFromUrl, urlVariable } from "./mysql/from-url.ts";
import { findInstalled } from "./mysql/installed.ts";
import { messageOf } from "./mysql/local-server.ts";
import type { Flavor, LocalServer, LocalServerOptions, OpenRequest } from "./mysql/local-server.ts";
import { runAsProgram } from "./mysql/program.ts";
import { openServerProcess } from "./mysql/server-process.ts";

export type { Flavor, LocalServer, LocalServerOptions } from "./mysql/local-server.ts";

interface Way {
  name: string;
  open: (request: OpenRequest) => Promise<LocalServer>;
}

export async function openLocalServer(flavor: Flavor, options: LocalServerOptions = {}): Promise<LocalServer> {
  const request: OpenRequest = {
    flavor,
    settings: options.settings ?? {},
    log: options.log ?? (() => {}),
    signal: options.signal,
  };
  const problems: string[] = [];
  for (const way of ways(flavor)) {
    try {
      const server = await way.open(request);
      request.log(`${flavor} ${server.version} on port ${server.port}, from: ${server.way}`);
      return server;
    } catch (error) {
      request.signal?.throwIfAborted();
      const problem = `${way.name}: ${messageOf(error)}`;
      request.log(`${flavor}: passed over ${problem}`);
      problems.push(problem);
    }
  }
  throw new Error(failure(flavor, problems));
}

function ways(flavor: Flavor): Way[] {
  const docker = { name: "Docker", open: openFromDocker };
  const own = [
    {
      name: flavor === "mysql" ? "installed mysqld" : "installed mariadbd",
      open: async (request: OpenRequest) => await openServerProcess(await findInstalled(flavor), request),
    },
    {
      name: "Debian packages",
      open: async (request: OpenRequest) => await openServerProcess(await unpackDebianPackages(request), request),
    },
  ];
  // Seen from within a container, a server in another one is not on this machine: its accounts know us by another address, and TLS
  // is asked for, which MariaDB 10.11 comes without.
  const inOrder = existsSync("/.dockerenv") ? [...own, docker] : [docker, ...own];
  return [{ name: urlVariable(flavor), open: openFromUrl }, ...inOrder];
}

function failure(flavor: Flavor, problems: readonly string[]): string {
  return [
    `No ${flavor === "mysql" ? "MySQL" : "MariaDB"} server could be got. Tried:`,
    ...problems.map((problem) => `- ${problem.replaceAll("\n", "\n    ")}`),
    "Do one of these:",
    flavor === "mysql" ? "- install MySQL 8.0.14 or newer" : "- apt-get install mariadb-server",
    "- start Docker",
    `- set ${urlVariable(flavor)} to mysql://user:password@host:port of a server for tests`,
  ].join("\n");
}

// Not import.meta.main, which Node.js has only since 24.2: before, this would silently do nothing.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) {
  process.exitCode = await runAsProgram(process.argv.slice(2), openLocalServer);
}
