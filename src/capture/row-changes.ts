// capture: one decoded rows event and its table's description -> RawRowChange[].
import { AppError } from "../model/app-error.ts";
import type { RawRow, RawRowChange, RawTable } from "../model/raw-transaction.ts";
import type { BinlogEvent } from "./binlog-client.ts";

type TableMapEvent = Extract<BinlogEvent, { getTypeName(): "TableMap" }>;
export type RowsEvent = Extract<BinlogEvent, { getTypeName(): "WriteRows" | "UpdateRows" | "DeleteRows" }> & {
  /** Which columns the images hold, one bit each; the second one is the after image of an update. */
  columns_present_bitmap: Buffer;
  columns_present_bitmap2?: Buffer;
};

/** What the library is made to call a column `__proto__`: it writes rows into plain objects, where a value of that name is lost. */
const protoColumn = "\0__proto__";

/** @throws source.misconfigured when the log does not describe its own columns. */
export function toRawTable(event: TableMapEvent): RawTable {
  const { columnNames } = event;
  if (columnNames === undefined || !event.hasSelfDescribingMetadata()) {
    throw new AppError(
      "source.misconfigured",
      `the log does not name the columns of ${event.schemaName}.${event.tableName}`,
      {
        hint: "SET GLOBAL binlog_row_metadata = 'FULL'; and in the server's configuration. Names are never guessed.",
      },
    );
  }
  const columns = event.buildColumnSchemas().map((column) => ({
    name: column.COLUMN_NAME,
    sqlType: column.COLUMN_TYPE,
    charset: column.CHARACTER_SET_NAME,
  }));
  for (const column of event.tableMap[event.tableId]?.columns ?? []) {
    if (column.name === "__proto__") column.name = protoColumn;
  }
  const primaryKey = (event.primaryKey ?? []).map((index) => columnNames[index] ?? "");
  return { database: event.schemaName, table: event.tableName, columns, primaryKey };
}

export function toRowChanges(event: RowsEvent, table: RawTable): RawRowChange[] {
  const present = event.columns_present_bitmap;
  if (event.getTypeName() === "UpdateRows") {
    const presentAfter = event.columns_present_bitmap2 ?? present;
    return (event.rows as { before: RawRow; after: RawRow }[]).map(({ before, after }) => ({
      kind: "row",
      table,
      operation: "update",
      before: presentOnly(before, present, table),
      after: presentOnly(after, presentAfter, table),
    }));
  }
  const inserts = event.getTypeName() === "WriteRows";
  return (event.rows as RawRow[]).map((row) => {
    const image = presentOnly(row, present, table);
    return inserts
      ? { kind: "row", table, operation: "insert", before: null, after: image }
      : { kind: "row", table, operation: "delete", before: image, after: null };
  });
}

/** The library gives null for a column that was not logged; here it is absent, because null is a value. */
function presentOnly(row: RawRow, bitmap: Buffer, table: RawTable): RawRow {
  // No prototype: an absent column may be called `constructor`, a present one `__proto__`.
  const image = Object.create(null) as RawRow;
  table.columns.forEach(({ name }, index) => {
    if (((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0)
      image[name] = row[name === "__proto__" ? protoColumn : name];
  });
  return image;
}
