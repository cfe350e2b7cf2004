// capture: the tables of one database, as a first rule pack needs to know them. Takes a connection, gives their columns, keys
// and foreign keys, and the values of columns that look like a status where the account may read them.
import { AppError } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";
import { fullName } from "../model/snapshot.ts";
import {
  isStatusColumn,
  type SchemaColumn,
  type SchemaForeignKey,
  type SchemaTable,
  type SourceSchema,
} from "../model/source-schema.ts";
import { openTableConnection, type TableConnection } from "./server-connection.ts";
import { toSnapshotError } from "./snapshot-error.ts";
import { schemaColumnsStatement, schemaForeignKeysStatement, valuesStatement } from "./table-statements.ts";

/** Rows that are looked at for the values of a column, and values with which it no longer looks like a status. */
const lookedAtRows = 10_000;
const valuesMax = 20;

/** @throws source.unreachable, source.access_denied, snapshot.no_table when the account sees no table of it */
export async function readSourceSchema(connection: SourceConnection, database: string): Promise<SourceSchema> {
  await using server = await openTableConnection(connection);
  try {
    const tables = toTables(await server.rows(schemaColumnsStatement, [database]));
    if (tables.length === 0) throw noTables(connection, database);
    addForeignKeys(tables, await server.rows(schemaForeignKeysStatement, [database]));
    return { database, tables, notes: await lookAtValues(server, connection, database, tables) };
  } catch (error) {
    throw toSnapshotError(error, connection, `${database}.*`);
  }
}

function toTables(rows: readonly unknown[][]): SchemaTable[] {
  const tables = new Map<string, SchemaTable>();
  const keys = new Map<string, { column: string; position: number }[]>();
  for (const [table, column, dataType, columnType, keyPosition] of rows) {
    const name = String(table);
    const described = tables.get(name) ?? { name, columns: [], primaryKey: [], foreignKeys: [] };
    tables.set(name, described);
    const type = { dataType: String(dataType).toLowerCase(), columnType: String(columnType) };
    described.columns.push({ name: String(column), ...type, values: null });
    if (keyPosition === null) continue;
    keys.set(name, [...(keys.get(name) ?? []), { column: String(column), position: Number(keyPosition) }]);
  }
  for (const [name, table] of tables) {
    const inOrder = (keys.get(name) ?? []).sort((a, b) => a.position - b.position);
    table.primaryKey = inOrder.map(({ column }) => column);
  }
  return [...tables.values()];
}

function addForeignKeys(tables: readonly SchemaTable[], rows: readonly unknown[][]): void {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const known = new Map<string, SchemaForeignKey>();
  for (const [table, name, column, referencedTable, referencedColumn] of rows.map((row) => row.map(String))) {
    const id = JSON.stringify([table, name]);
    let key = known.get(id);
    if (key === undefined) {
      key = { columns: [], referencedTable: referencedTable ?? "", referencedColumns: [] };
      known.set(id, key);
      byName.get(table ?? "")?.foreignKeys.push(key);
    }
    key.columns.push(column ?? "");
    key.referencedColumns.push(referencedColumn ?? "");
  }
}

/** Fills in `values`; gives a sentence for what the account may not read. An ENUM names its values itself. */
async function lookAtValues(
  server: TableConnection,
  connection: SourceConnection,
  database: string,
  tables: readonly SchemaTable[],
): Promise<string[]> {
  const notes: string[] = [];
  for (const table of tables) {
    for (const column of table.columns.filter((each) => isStatusColumn(each))) {
      if (column.dataType === "enum") {
        column.values = enumValues(column);
        continue;
      }
      const name = { database, table: table.name };
      try {
        const rows = await server.rows(valuesStatement(name, column.name, lookedAtRows));
        if (rows.length <= valuesMax) column.values = rows.map(([value]) => String(value)).sort();
      } catch (error) {
        const fault = toSnapshotError(error, connection, fullName(name));
        if (fault.code !== "snapshot.access_denied") throw fault;
        notes.push(
          `The values of ${table.name}.${column.name} were not looked at: ${connection.user} has no SELECT on it.`,
        );
      }
    }
  }
  return notes;
}

function enumValues({ columnType }: SchemaColumn): string[] {
  return [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = ""]) => value.replaceAll("''", "'"));
}

function noTables({ user }: SourceConnection, database: string): AppError {
  return new AppError("snapshot.no_table", `${user} sees no table in database ${database}`, {
    hint: "Check --database. The server shows the structure of a table only to an account with a privilege on it: GRANT SELECT ON its database to one, and give it with --user. `run` does not need it.",
  });
}
