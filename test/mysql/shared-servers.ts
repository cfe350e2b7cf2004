// One MySQL and one MariaDB for all test files that need no settings of their own; each test works in its own database.
import type { TestProject } from "vitest/node";
import { openLocalServer } from "../../scripts/mysql.ts";

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
  const mysql = await openLocalServer("mysql", { log });
  const mariadb = await openLocalServer("mariadb", { log });
  for (const server of [mysql, mariadb]) {
    const { flavor, host, port, user, password, version } = server;
    project.provide(flavor, { host, port, user, password, version });
  }
  return async () => {
    await Promise.all([mysql.stop(), mariadb.stop()]);
  };
}
