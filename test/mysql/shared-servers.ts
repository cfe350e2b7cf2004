// One MySQL and one MariaDB for all test files that need no settings of their own; each test works in its own database.
import type { TestProject } from "vitest/node";
import { openLocalServer } from "../../scripts/mysql.ts";
import { flavors } from "../support/source.ts";

export interface ServerAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  version: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    mysql: ServerAddress;
    mariadb: ServerAddress;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  // Both at once: in a fresh clone each is downloaded, unpacked and given its first data folder.
  const opened = await Promise.allSettled(flavors.map((flavor) => openLocalServer(flavor, { log })));
  const servers = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.stop())));
  const failure = opened.find((one) => one.status === "rejected");
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  for (const server of servers) {
    const { flavor, host, port, user, password, version } = server;
    project.provide(flavor, { host, port, user, password, version });
  }
  return stop;
}
