// capture: the only importer of mysql2. Opens the control connection that preflight asks its questions on, and the one
// on which a snapshot reads tables.
import type { Connection } from "mysql2";
import { type ConnectionOptions, createConnection, type RowDataPacket } from "mysql2/promise";
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
  try {
    const inner = await createConnection({
      ...toConnectionOptions(connection),
      supportBigNumbers: true,
      dateStrings: true,
    });
    const rows = async (sql: string) => (await inner.query<RowDataPacket[]>({ sql, timeout: connectTimeoutMs }))[0];
    return {
      rows,
      row: async (sql) => (await rows(sql))[0],
      // destroy, not end: a server that hangs must not hold up our own stop.
      [Symbol.asyncDispose]: async () => inner.destroy(),
    };
  } catch (error) {
    throw toSourceError(error, connection);
  }
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
