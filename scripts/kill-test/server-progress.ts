// Takes a server's address; gives how far its log has got, asked anew all the time and through its crashes.
// One server, one writer of its log: GTIDs are numbered 1, 2, 3 … and the last number says it all.
import { setTimeout as delay } from "node:timers/promises";
import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from "mysql2/promise";
import type { Flavor } from "../mysql.ts";

export interface ServerProgress extends AsyncDisposable {
  /** Number of the newest transaction, as last heard. */
  sequence(): number;
}

const askEveryMs = 50;

export function openServerProgress(server: ConnectionOptions, flavor: Flavor): ServerProgress {
  let sequence = 0;
  const stopping = new AbortController();
  const watching = watch(server, flavor, stopping.signal, (gtidSet) => {
    sequence = lastNumber(gtidSet);
  });
  return {
    sequence: () => sequence,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await watching;
    },
  };
}

/** Every transaction the server has committed, as it says itself. */
export async function readGtidSet(connection: Connection, flavor: Flavor): Promise<string> {
  const variable = flavor === "mysql" ? "gtid_executed" : "gtid_binlog_pos";
  const [rows] = await connection.query<RowDataPacket[]>(`SELECT @@global.${variable} AS gtid_set`);
  return String(rows[0]?.["gtid_set"]).replace(/\s/g, "");
}

export function lastNumber(gtidSet: string): number {
  return Number(/\d+$/.exec(gtidSet)?.[0] ?? 0);
}

/** In the order of the log. @throws when there is more than one numbering: another server's, or a tagged one */
export function expandGtidSet(gtidSet: string, flavor: Flavor): string[] {
  const form = flavor === "mysql" ? /^([0-9a-f-]{36}):1-(\d+)$/ : /^(\d+-\d+)-(\d+)$/;
  const [, name, last] = form.exec(gtidSet) ?? [];
  if (name === undefined) throw new Error(`the server's transactions are not one unbroken series: ${gtidSet}`);
  const separator = flavor === "mysql" ? ":" : "-";
  return Array.from({ length: Number(last) }, (_, index) => `${name}${separator}${index + 1}`);
}

async function watch(
  server: ConnectionOptions,
  flavor: Flavor,
  signal: AbortSignal,
  onGtidSet: (gtidSet: string) => void,
): Promise<void> {
  let connection: Connection | undefined;
  while (!signal.aborted) {
    try {
      connection ??= await connect(server);
      onGtidSet(await readGtidSet(connection, flavor));
    } catch {
      // The server is being killed and started: asked again until it answers.
      connection?.destroy();
      connection = undefined;
    }
    await delay(askEveryMs, undefined, { signal }).catch(() => {});
  }
  connection?.destroy();
}

async function connect(server: ConnectionOptions): Promise<Connection> {
  const connection = await createConnection(server);
  connection.on("error", () => {});
  return connection;
}
