// capture: the only file that holds SQL for the source's tables. Takes a table's description, gives the text of a SELECT.
import { assert } from "../lib/assert.ts";
import type { SnapshotKey, TableName } from "../model/snapshot.ts";

export interface TableColumn {
  name: string;
  /** For example `decimal`. */
  dataType: string;
  /** For example `decimal(10,2) unsigned`. */
  columnType: string;
  charset: string | null;
}

export const tablesStatement =
  "SELECT table_schema AS `database`, table_name AS `table`, engine AS engine, table_rows AS estimate " +
  "FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = ? ORDER BY table_name";

export const columnsStatement =
  "SELECT column_name AS `name`, data_type AS data_type, column_type AS column_type, character_set_name AS charset " +
  "FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position";

export const keyStatement =
  "SELECT column_name AS `name` FROM information_schema.key_column_usage " +
  "WHERE constraint_name = 'PRIMARY' AND table_schema = ? AND table_name = ? ORDER BY ordinal_position";

/** Who is logged in. Of these three columns nobody's statements can be read. */
export const threadsStatement =
  "SELECT processlist_id AS id, processlist_user AS user, processlist_host AS host " +
  "FROM performance_schema.threads WHERE processlist_id IS NOT NULL AND processlist_user IS NOT NULL";

/** The same where there is no performance schema. Whoever is still logging in has no account yet. */
export const processlistStatement =
  "SELECT id AS id, user AS user, host AS host FROM information_schema.processlist " +
  "WHERE user NOT IN ('unauthenticated user', 'system user')";

/** Foreign keys by which the server itself changes rows. */
export const cascadesStatement =
  "SELECT constraint_schema AS `database`, table_name AS `table`, constraint_name AS `name`, " +
  "delete_rule AS on_delete, update_rule AS on_update FROM information_schema.referential_constraints " +
  "WHERE delete_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT') OR update_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT') " +
  "ORDER BY constraint_schema, table_name, constraint_name";

/** Every column of a database's tables, with its place in the primary key. */
export const schemaColumnsStatement =
  "SELECT c.table_name AS `table`, c.column_name AS `column`, c.data_type AS data_type, c.column_type AS column_type, k.ordinal_position AS key_position " +
  "FROM information_schema.tables t JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name " +
  "LEFT JOIN information_schema.key_column_usage k ON k.constraint_name = 'PRIMARY' AND k.table_schema = c.table_schema " +
  "AND k.table_name = c.table_name AND k.column_name = c.column_name " +
  "WHERE t.table_type = 'BASE TABLE' AND t.table_schema = ? ORDER BY c.table_name, c.ordinal_position";

/** Foreign keys within a database. */
export const schemaForeignKeysStatement =
  "SELECT table_name AS `table`, constraint_name AS `name`, column_name AS `column`, " +
  "referenced_table_name AS referenced_table, referenced_column_name AS referenced_column " +
  "FROM information_schema.key_column_usage WHERE table_schema = ? AND referenced_table_schema = table_schema " +
  "ORDER BY table_name, constraint_name, ordinal_position";

/** The different values among a table's first rows: a look, not a count. */
export function valuesStatement(table: TableName, column: string, rows: number): string {
  return `SELECT DISTINCT v FROM (SELECT ${quote(column)} AS v FROM ${quoteTable(table)} LIMIT ${rows}) AS looked_at WHERE v IS NOT NULL`;
}

/** Asks for nothing but the privilege. */
export function probeStatement(table: TableName): string {
  return `SELECT 1 FROM ${quoteTable(table)} LIMIT 0`;
}

/** Every row in no order, for a table that has no key to walk along. */
export function streamStatement(table: TableName, columns: readonly TableColumn[]): string {
  // Names of our own: the client library refuses some that a column may have. `t.` keeps them apart from the columns'.
  const selected = columns.map((column, index) => `${selectColumn(column)} AS c${index}`);
  return `SELECT ${selected.join(", ")} FROM ${quoteTable(table)} AS t`;
}

/** The next rows along the primary key, after the row whose key is given. */
export function chunkStatement(
  table: TableName,
  columns: readonly TableColumn[],
  key: readonly TableColumn[],
  after: SnapshotKey | null,
  limit: number,
): { sql: string; values: unknown[] } {
  const order = key.map(({ name }) => `t.${quote(name)}`);
  const { sql, values } = after === null ? { sql: "", values: [] } : afterKey(order, after.map(toOperand));
  return { sql: `${streamStatement(table, columns)}${sql} ORDER BY ${order.join(", ")} LIMIT ${limit}`, values };
}

interface Operand {
  sql: string;
  values: unknown[];
}

/** A number stands in the statement itself: compared with a text, a BIGINT or DECIMAL would go through a double. */
function toOperand(value: SnapshotKey[number]): Operand {
  if (typeof value === "string") return { sql: "?", values: [value] };
  if ("$hex" in value) return { sql: "?", values: [Buffer.from(value.$hex, "hex")] };
  assert(/^-?\d+(\.\d+)?$/.test(value.$number), `a key is the number ${value.$number}`);
  return { sql: value.$number, values: [] };
}

/** (a, b) > (x, y), spelled out: for the row form MySQL reads the whole index. The first condition bounds the range. */
function afterKey(order: readonly string[], after: readonly Operand[]): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const bind = (column: number, comparison: string): string => {
    const operand = after[column];
    assert(operand !== undefined, "a key of fewer columns than the table's");
    values.push(...operand.values);
    return `${order[column]} ${comparison} ${operand.sql}`;
  };
  const first = bind(0, ">=");
  const alternatives = order.map(
    (_, index) =>
      `(${[...order.slice(0, index).map((_column, equal) => bind(equal, "=")), bind(index, ">")].join(" AND ")})`,
  );
  return { sql: ` WHERE ${first} AND (${alternatives.join(" OR ")})`, values };
}

function selectColumn(column: TableColumn): string {
  const name = `t.${quote(column.name)}`;
  // As text a FLOAT has six digits, 16777216 is 16777200; as a DOUBLE it has all of them.
  if (column.dataType === "float") return `(${name} + 0e0)`;
  // MariaDB's own types: the log has their bytes.
  if (column.dataType === "inet4") return `CAST(${name} AS BINARY(4))`;
  if (column.dataType === "inet6") return `CAST(${name} AS BINARY(16))`;
  return name;
}

function quoteTable({ database, table }: TableName): string {
  return `${quote(database)}.${quote(table)}`;
}

function quote(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
