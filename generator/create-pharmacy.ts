// Takes a connection and a database name, gives the pharmacy's empty tables in it. Drops nothing, ever.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeId } from "mysql2/promise";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { packageRoot } from "../src/lib/package-root.ts";
import { AppError } from "../src/model/app-error.ts";

/**
 * Creates the database if there is none and leaves the connection in it.
 * @throws AppError `demo.failed` when the database already has tables.
 */
export async function createPharmacy(connection: Connection, database: string): Promise<void> {
  const tables = await countTables(connection, database);
  if (tables > 0) {
    throw new AppError(
      "demo.failed",
      `database "${database}" already has ${tables} ${tables === 1 ? "table" : "tables"}`,
      {
        hint: "Choose another database name, or drop that database yourself: the generator deletes nothing.",
      },
    );
  }
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${escapeId(database)} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${escapeId(database)}`);
  for (const statement of splitStatements(await readFile(join(packageRoot, "schema/demo/pharmacy.sql"), "utf8"))) {
    await connection.query(statement);
  }
}

/** Statements end with ";" at the end of a line; lines that are only a comment are left out. */
export function splitStatements(sql: string): string[] {
  const code = sql
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("--"))
    .join("\n");
  return code
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

export async function countTables(connection: Connection, database: string): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT COUNT(*) AS table_count FROM information_schema.tables WHERE table_schema = ?",
    [database],
  );
  return Number(rows[0]?.["table_count"]);
}
