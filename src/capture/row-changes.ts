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

/** @throws source.misconfigured when the log does not describe its own columns. */
export function toRawTable(event: TableMapEvent): RawTable {
  const { columnNames } = event;
  if (columnNames === undefined || !event.hasSelfDescribingMetadata()) {
    throw new AppError("source.misconfigured", `the log does not name the columns of ${event.schemaName}.${event.tableName}`, {
      hint: "SET GLOBAL binlog_row_metadata = 'FULL'; and in the server's configuration. Names are never guessed.",
    });
  }
  const columns = event.buildColumnSchemas().map((column) => ({
    name: column.COLUMN_NAME,
    sqlType: column.COLUMN_TYPE,
    charset: column.CHARACTER_SET_NAME,
  }));
  const primaryKey = (event.primaryKey ?? []).map((index) => columnNames[index] ?? "");
  return { database: event.schemaName, table: event.tableName, columns, primaryKey };
}

export function toRowChanges(event: RowsEvent, table: RawTable): RawRowChange[] {
  const keep = (row: RawRow, bitmap: Buffer): RawRow => presentOnly(row, bitmap, table);
  const base = { kind: "row", table } as const;
  const present = event.columns_present_bitmap;
  switch (event.getTypeName()) {
    case "WriteRows":
      return (event.rows as RawRow[]).map((row) => ({ ...base, operation: "insert", before: null, after: keep(row, present) }));
    case "DeleteRows":
      return (event.rows as RawRow[]).map((row) => ({ ...base, operation: "delete", before: keep(row, present), after: null }));
    case "UpdateRows": {
      const presentAfter = event.columns_present_bitmap2 ?? present;
      return (event.rows as { before: RawRow; after: RawRow }[]).map(({ before, after }) => ({
        ...base,
        operation: "update",
        before: keep(before, present),
        after: keep(after, presentAfter),
      }));
    }
  }
}

/** The library gives null for a column that was not logged; here it is absent, because null is a value. */
function presentOnly(row: RawRow, bitmap: Buffer, table: RawTable): RawRow {
  table.columns.forEach((column, index) => {
    if (((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) === 0) delete row[column.name];
  });
  return row;
}
