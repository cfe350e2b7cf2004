// Takes a server's address; gives what it says of itself, at once or as soon as it answers.

import { setTimeout as delay } from "node:timers/promises";

import { createConnection } from "mysql2/promise";
import type { RowDataPacket } from "mysql2/promise";

import { messageOf } from "./local-server.ts";

const POLL_MS = 50;

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface ServerAnswer {
  readonly version: string;
  readonly dataDir: string;
  readonly logBin: boolean;
  readonly binlogFormat: string;
}

interface AnswerRow extends RowDataPacket {
  version: string;
  data_dir: string;
  log_bin: number;
  binlog_format: string;
}

const QUESTION =
  "select version() as version, @@datadir as data_dir, @@log_bin as log_bin, @@binlog_format as binlog_format";

export async function askServer(address: ServerAddress, timeoutMs: number): Promise<ServerAnswer> {
  const { host, port, user, password } = address;
  const connection = await createConnection({ host, port, user, password, connectTimeout: timeoutMs });
  // Without a listener, a connection that breaks between two questions would end the process.
  connection.on("error", () => {});
  try {
    const [rows] = await connection.query<AnswerRow[]>({ sql: QUESTION, timeout: timeoutMs });
    const row = rows[0];
    if (row === undefined) throw new Error("the server gave no row for select version()");
    return {
      version: row.version,
      dataDir: row.data_dir,
      logBin: row.log_bin === 1,
      binlogFormat: row.binlog_format,
    };
  } finally {
    connection.destroy();
  }
}

export interface Patience {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Throws when waiting on is vain: the server's process has ended. */
  throwIfVain?: () => void;
}

export async function waitForAnswer(address: ServerAddress, patience: Patience): Promise<ServerAnswer> {
  const deadline = Date.now() + patience.timeoutMs;
  let last = "nothing";
  while (Date.now() < deadline) {
    patience.signal?.throwIfAborted();
    patience.throwIfVain?.();
    try {
      return await askServer(address, Math.max(100, Math.min(5_000, deadline - Date.now())));
    } catch (error) {
      last = messageOf(error);
    }
    await delay(POLL_MS, undefined, { signal: patience.signal });
  }
  throw new Error(
    `the server on ${address.host}:${address.port} did not answer within ${patience.timeoutMs / 1_000} s (last: ${last})`,
  );
}
