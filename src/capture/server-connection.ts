// capture: the only importer of mysql2. Opens the control connection that preflight asks its questions on, and the one
// on which a snapshot reads tables.
import type { Connection } from "mysql2";
import { type ConnectionOptions, createConnection, type RowDataPacket } from "mysql2/promise";
import { AppError } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";
import { toSourceError } from "./source-error.ts";
import { readCell } from "./table-values.ts";

const connectTimeoutMs = 3_000;

export interface ServerConnection extends AsyncDisposable {
  /** One row as column name to value, or undefined. */
  row(sql: string): Promise<Record<string, unknown> | undefined>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
}

/** @throws source.unreachable, source.access_denied, source.misconfigured */
export async function openServerConnection(connection: SourceConnection): Promise<ServerConnection> {
  const inner = await createConnection({
    ...toConnectionOptions(connection),
    supportBigNumbers: true,
    dateStrings: true,
  }).catch((error: unknown) => {
    throw toSourceError(error, connection);
  });
  // A connection that is lost between two questions: the next question says so.
  inner.on("error", () => {});
  const rows = async (sql: string) => {
    try {
      return (await inner.query<RowDataPacket[]>({ sql, timeout: connectTimeoutMs }))[0];
    } catch (error) {
      throw toQuestionError(error, connection);
    }
  };
  return {
    rows,
    row: async (sql) => (await rows(sql))[0],
    // destroy, not end: a server that hangs must not hold up our own stop.
    [Symbol.asyncDispose]: async () => inner.destroy(),
  };
}

/** As for the stream of the log, but what the server refuses to answer is no fault of the log. */
function toQuestionError(error: unknown, connection: SourceConnection): AppError {
  const fault = toSourceError(error, connection);
  if (fault.code !== "capture.undecodable") return fault;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError("source.misconfigured", `the server does not answer a question about its settings: ${message}`, {
    hint: "Is it a MySQL 8.0.14 or MariaDB 10.5 server, or newer? Proxies in between may not pass such questions on.",
    cause: error,
  });
}

/** A connection that reads tables. Rows are arrays, because a column may be called `__proto__`. */
export interface TableConnection extends AsyncDisposable {
  /** @throws what the client library throws */
  rows(sql: string, values?: readonly unknown[]): Promise<unknown[][]>;
  /** Rows as they arrive; the server waits while nobody asks for more. */
  stream(sql: string): AsyncIterable<unknown[]>;
}

/** @throws source.unreachable, source.access_denied, source.misconfigured */
export async function openTableConnection(connection: SourceConnection): Promise<TableConnection> {
  try {
    const inner = await createConnection({
      ...toConnectionOptions(connection),
      dateStrings: true,
      jsonStrings: true,
      rowsAsArray: true,
      typeCast: readCell,
    });
    // Its death also fails the statement that is under way; an "error" nobody hears would end the process.
    inner.on("error", () => {});
    return {
      rows: async (sql, values = []) => (await inner.query<RowDataPacket[][]>({ sql, values: [...values] }))[0],
      // The promises wrap a connection of the older kind, which alone can stream.
      stream: (sql) =>
        (inner as unknown as { connection: Connection }).connection.query(sql).stream({ highWaterMark: 100 }),
      [Symbol.asyncDispose]: async () => inner.destroy(),
    };
  } catch (error) {
    throw toSourceError(error, connection);
  }
}

export function toConnectionOptions(connection: SourceConnection): ConnectionOptions {
  const { host, port, user, password } = connection;
  const tls = connection.tls === "auto" ? (isLoopback(host) ? "off" : "required") : connection.tls;
  const plain = { host, port, user, password, connectTimeout: connectTimeoutMs, enableKeepAlive: true };
  if (tls === "off") return plain;
  const ca = connection.tlsCa === undefined ? {} : { ca: connection.tlsCa };
  return { ...plain, ssl: { ...ca, rejectUnauthorized: tls === "verify", verifyIdentity: tls === "verify" } };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
