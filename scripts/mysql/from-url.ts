// Takes the URL in AUDIT_TEST_MYSQL_URL or AUDIT_TEST_MARIADB_URL; gives the server behind it, which
// belongs to somebody else: it cannot be stopped or killed from here.

import type { Flavor, LocalServer, OpenRequest } from "./local-server.ts";
import { versionProblem } from "./local-server.ts";
import { askServer } from "./server-answer.ts";

const ANSWER_TIMEOUT_MS = 5_000;

export function urlVariable(flavor: Flavor): string {
  return flavor === "mysql" ? "AUDIT_TEST_MYSQL_URL" : "AUDIT_TEST_MARIADB_URL";
}

export async function openFromUrl({ flavor, settings }: OpenRequest): Promise<LocalServer> {
  const variable = urlVariable(flavor);
  const text = process.env[variable];
  if (text === undefined || text === "") throw new Error("not set");
  const url = URL.parse(text);
  if (url === null || !["mysql:", "mariadb:"].includes(url.protocol)) {
    throw new Error("not of the form mysql://user:password@host:port");
  }
  if (Object.keys(settings).length > 0) {
    throw new Error(`a server of its own is needed for ${Object.keys(settings).join(", ")}`);
  }
  const address = {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 3306 : Number(url.port),
    user: url.username === "" ? "root" : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  const answer = await askServer(address, ANSWER_TIMEOUT_MS);
  const problem = versionProblem(flavor, answer.version);
  if (problem !== undefined) throw new Error(problem);
  if (!answer.logBin) throw new Error("its binary log is off (log_bin)");
  if (answer.binlogFormat !== "ROW") throw new Error(`its binlog_format is ${answer.binlogFormat}, not ROW`);
  const refuse = async (): Promise<void> => {
    throw new Error(`The server of ${variable} is not ours to control; unset ${variable} to get one that is.`);
  };
  return {
    flavor,
    ...address,
    version: answer.version,
    way: variable,
    controllable: false,
    dataDir: undefined,
    kill: refuse,
    start: refuse,
    shutdown: refuse,
    pause: refuse,
    resume: refuse,
    stop: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
