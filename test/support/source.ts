// A database of the test's own on a server: `await using source = await openSource("mysql", inject("mysql"));`
// Gives SQL on it, the settings with which `auditctl` reads that server, and how far its log has come.
import { randomBytes } from "node:crypto";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { Flavor } from "../../src/model/capture-state.ts";
import type { SourceConnection } from "../../src/model/config.ts";

/** Part of a LocalServer and of what shared-servers.ts hands out. */
export interface Address {
  host: string;
  port: number;
  user: string;
  password: string;
}

export interface Source extends AsyncDisposable {
  readonly flavor: Flavor;
  readonly database: string;
  readonly address: Address;
  readonly connection: Connection;
  /** AUDIT_* variables for `auditctl`. */
  readonly env: Record<string, string>;
  run(...statements: string[]): Promise<void>;
  rows(sql: string): Promise<RowDataPacket[]>;
  /** GTID set of everything committed so far. */
  position(): Promise<string>;
  /** Whether a stored GTID set holds all of `target`. */
  covers(stored: string, target: string): Promise<boolean>;
}

export const flavors = ["mysql", "mariadb"] as const;

export function toSourceConnection({ host, port, user, password }: Address): SourceConnection {
  return { host, port, user, password, tls: "auto", tlsCa: undefined };
}

/** Without the slow lane, which costs each start a third of its time; what is about it turns it on. */
export function envOf({ host, port, user, password }: Address): Record<string, string> {
  const slowLane = { AUDIT_DETECT: "false", AUDIT_SUMMARY_AT: "off" };
  return { AUDIT_HOST: host, AUDIT_PORT: String(port), AUDIT_USER: user, AUDIT_PASSWORD: password, ...slowLane };
}

/** The database is dropped at the end, where the server is still there. */
export async function openSource(flavor: Flavor, address: Address, name = "t"): Promise<Source> {
  const { host, port, user, password } = address;
  const connection = await createConnection({ host, port, user, password, multipleStatements: true });
  // A test may kill the server; the connection's own "error" would end the test process.
  connection.on("error", () => {});
  const database = `${name}_${randomBytes(4).toString("hex")}`;
  await connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4; USE \`${database}\``);
  const rows = async (sql: string) => (await connection.query<RowDataPacket[]>(sql))[0];
  const one = async (sql: string): Promise<string> => String(Object.values((await rows(sql))[0] ?? {})[0]);
  return {
    flavor,
    database,
    address,
    connection,
    env: envOf(address),
    rows,
    run: async (...statements) => {
      for (const statement of statements) await connection.query(statement);
    },
    position: async () =>
      (await one(flavor === "mysql" ? "SELECT @@GLOBAL.gtid_executed" : "SELECT @@GLOBAL.gtid_binlog_pos")).replace(
        /\s/g,
        "",
      ),
    covers: async (stored, target) =>
      flavor === "mysql"
        ? (await one(`SELECT GTID_SUBSET('${target}', '${stored}')`)) === "1"
        : lastSequence(stored) >= lastSequence(target),
    [Symbol.asyncDispose]: async () => {
      await connection.query(`DROP DATABASE IF EXISTS \`${database}\``).catch(() => {});
      connection.destroy();
    },
  };
}

/** Our MariaDB servers write one domain: a position is its last sequence number. */
function lastSequence(position: string): number {
  return Number(position.split("-")[2] ?? 0);
}
