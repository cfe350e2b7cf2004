// Takes an administrator's connection; gives the database under load: two tables, and triggers by which the server
// itself notes each row change, in the same transaction, so that exactly what was committed is noted.
import type { Connection } from "mysql2/promise";
import { oracleTable } from "./compare.ts";

export const loadDatabase = "kill_test";

interface LoadTable {
  columns: readonly string[];
  primaryKey: readonly string[];
}

/** Columns in the order in which images are compared. */
export const loadTables: Readonly<Record<string, LoadTable>> = {
  account: { columns: ["id", "n", "label", "amount"], primaryKey: ["id"] },
  line: { columns: ["account_id", "line_no", "note", "qty"], primaryKey: ["account_id", "line_no"] },
};

export const oracleColumns = ["id", "tx", "tbl", "op", "pk", "before_image", "after_image"] as const;

/** The account that capture logs in with: the one privilege the manual asks for, and no other. */
export const captureAccount = { user: "audit_overlay", password: "kill test" } as const;

/** Decimals as text on both sides, for a JSON number may lose digits. */
const decimalColumns = new Set(["amount", "qty"]);

export async function createLoadDatabase(connection: Connection): Promise<void> {
  const { user, password } = captureAccount;
  const statements = [
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    `GRANT REPLICATION SLAVE ON *.* TO '${user}'@'%'`,
    `CREATE DATABASE ${loadDatabase} CHARACTER SET utf8mb4`,
    `USE ${loadDatabase}`,
    `CREATE TABLE account (id BIGINT PRIMARY KEY, n INT NOT NULL, label VARCHAR(80) NULL, amount DECIMAL(14,2) NOT NULL)`,
    `CREATE TABLE line (account_id BIGINT, line_no INT, note VARCHAR(120) NOT NULL, qty DECIMAL(30,10) NULL,
       PRIMARY KEY (account_id, line_no))`,
    `CREATE TABLE ${oracleTable} (id BIGINT AUTO_INCREMENT PRIMARY KEY, tx VARCHAR(40) NOT NULL, tbl VARCHAR(20) NOT NULL,
       op VARCHAR(6) NOT NULL, pk VARCHAR(60) NOT NULL, before_image TEXT NULL, after_image TEXT NULL)`,
    ...Object.entries(loadTables).flatMap(([name, table]) => triggersOf(name, table)),
  ];
  for (const statement of statements) await connection.query(statement);
}

function triggersOf(name: string, { columns, primaryKey }: LoadTable): string[] {
  const array = (side: "OLD" | "NEW", names: readonly string[]): string => {
    const values = names.map((column) =>
      decimalColumns.has(column) ? `CAST(${side}.${column} AS CHAR)` : `${side}.${column}`,
    );
    return `JSON_ARRAY(${values.join(", ")})`;
  };
  const trigger = (operation: string, key: "OLD" | "NEW", before: string, after: string): string =>
    `CREATE TRIGGER ${name}_${operation} AFTER ${operation} ON ${name} FOR EACH ROW
     INSERT INTO ${oracleTable} (tx, tbl, op, pk, before_image, after_image)
     VALUES (@tx, '${name}', '${operation}', ${array(key, primaryKey)}, ${before}, ${after})`;
  return [
    trigger("insert", "NEW", "NULL", array("NEW", columns)),
    trigger("update", "NEW", array("OLD", columns), array("NEW", columns)),
    trigger("delete", "OLD", array("OLD", columns), "NULL"),
  ];
}
