// capture: TABLE_MAP events -> what reads rows of the tables they describe. A description that comes again, byte for byte
// (it comes with every statement), is not read again.
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import type { RawRow, RawTable } from "../model/raw-transaction.ts";
import { createReadableColumn, oldTimeTypes, type ReadableColumn } from "./column-reader.ts";
import { readTableHead, readTableMap, type TableMap, undecodableType } from "./table-map.ts";

export interface TableReader {
  tableId: number;
  table: RawTable;
  columns: readonly ReadableColumn[];
  /** Makes the row images of this table. */
  Image: new () => RawRow;
}

/** The table's id alone: a table that is not kept. */
export type TableEntry = TableReader | { tableId: number; table: undefined };

/** Tables whose last description is remembered. */
const rememberedMax = 1_000;
export const reportHint =
  "Nothing was stored from there on. Please report it with the server's version and the table's CREATE TABLE; leaving the table's database out (`databases`) lets capture go on.";

/** `keeps`: by database name. @throws AppError, see readTableMap. */
export function createTableReaders(flavor: Flavor, keeps: (database: string) => boolean): (body: Buffer) => TableEntry {
  const remembered = new Map<number, { body: Buffer; entry: TableEntry }>();
  return (body) => {
    const head = readTableHead(body);
    const known = remembered.get(head.tableId);
    if (known?.body.equals(body) === true) return known.entry;
    const entry = keeps(head.database) ? createTableReader(body, flavor) : { tableId: head.tableId, table: undefined };
    if (remembered.size >= rememberedMax) remembered.clear();
    // A copy: the event's own bytes are a part of something larger.
    remembered.set(head.tableId, { body: Buffer.from(body), entry });
    return entry;
  };
}

export function createTableReader(body: Buffer, flavor: Flavor): TableReader {
  const map = readTableMapByName(body, flavor);
  const columns = map.columns.map((column) => {
    if (oldTimeTypes.has(column.type)) {
      const cure = `Rebuild the table on the server: ALTER TABLE ${map.table} FORCE; (MariaDB: with mysql56_temporal_format = ON, its default). The log does not say how such a column is written.`;
      throw undecodableType(map, column.name, column.type, cure);
    }
    try {
      return createReadableColumn(column);
    } catch (error) {
      throw undecodableValue(map, column, error);
    }
  });
  const primaryKey = map.primaryKey.map((index) => columns[index]?.name ?? "");
  const { tableId, database, table } = map;
  const described = columns.map(({ name, sqlType, charset }) => ({ name, sqlType, charset }));
  return { tableId, table: { database, table, columns: described, primaryKey }, columns, Image: createImageClass() };
}

function readTableMapByName(body: Buffer, flavor: Flavor): TableMap {
  try {
    return readTableMap(body, flavor);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const { database, table } = readTableHead(body);
    const what = error instanceof Error ? error.message : String(error);
    throw new AppError("capture.undecodable", `the log's description of ${database}.${table} cannot be read: ${what}`, {
      hint: reportHint,
      cause: error,
    });
  }
}

/** No prototype with names of its own: a column may be called __proto__ or constructor. A class, because its objects are made ten times faster. */
function createImageClass(): new () => RawRow {
  const Image = function Image() {} as unknown as new () => RawRow;
  Image.prototype = Object.create(null);
  return Image;
}

/** Names what could not be read; everything the reading itself throws is about bytes. */
export function undecodableValue(
  table: { database: string; table: string },
  column: { name: string; sqlType?: string; type?: number },
  cause: unknown,
): AppError {
  if (cause instanceof AppError) return cause;
  const what = cause instanceof Error ? cause.message : String(cause);
  const type = column.sqlType ?? `type ${column.type ?? "?"}`;
  return new AppError(
    "capture.undecodable",
    `a value of column ${column.name} (${type}) of ${table.database}.${table.table} cannot be decoded: ${what}`,
    {
      hint: reportHint,
      cause,
    },
  );
}
