// capture: the body of a TABLE_MAP event -> the table it describes: names, types, character sets and key, as of the moment
// the rows were written. Nothing is asked of the server, which may have altered the table since.
import { AppError } from "../model/app-error.ts";
import type { Flavor } from "../model/capture-state.ts";
import { ByteCursor, MalformedBytes } from "./byte-cursor.ts";
import { charsetOfCollation } from "./collations.ts";
import { binaryCollation, type ColumnDescription, columnType, metadataBytes } from "./column-type.ts";
import { readTableMetadata, type TableMetadata } from "./table-metadata.ts";

export interface TableHead {
  tableId: number;
  database: string;
  table: string;
}

export interface TableMap extends TableHead {
  columns: readonly ColumnDescription[];
  primaryKey: readonly number[];
}

/** Only whose table it is: the cheap part, and all that is needed of a table that is not kept. */
export function readTableHead(body: Buffer): TableHead {
  try {
    return readHead(new ByteCursor(body));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new AppError("capture.undecodable", `a table's description does not even name the table: ${what}`, {
      hint: "The log came damaged, or the server is newer than this version of audit-overlay.",
      cause: error,
    });
  }
}

/** @throws source.misconfigured when the log does not name the columns; capture.undecodable for a type that cannot be read. */
export function readTableMap(body: Buffer, flavor: Flavor): TableMap {
  const cursor = new ByteCursor(body);
  const head = readHead(cursor);
  const types = [...cursor.take(cursor.lengthEncoded())];
  const metadata = new ByteCursor(cursor.take(cursor.lengthEncoded()));
  const columns: ColumnDescription[] = [];
  let refused: number | undefined;
  for (const type of types) {
    const bytes = metadataBytes[type];
    refused ??= bytes === undefined ? columns.length : undefined;
    // After a type with metadata of unknown length, only the names can still be read.
    columns.push(describe(type, refused === undefined ? metadata.take(bytes ?? 0) : Buffer.alloc(0)));
  }
  // A bit per column: whether it may be NULL.
  cursor.skip((types.length + 7) >> 3);
  const { names, primaryKey } = addMetadata(
    columns,
    readTableMetadata(cursor, columns, { flavor, namesOnly: refused !== undefined }),
  );
  if (names.length !== columns.length) throw unnamed(head);
  if (refused !== undefined) throw undecodableType(head, names[refused] ?? "", types[refused] ?? 0);
  if (metadata.left > 0) throw new MalformedBytes(`${metadata.left} bytes of the columns' metadata are left`);
  if (primaryKey.some((index) => index >= columns.length))
    throw new MalformedBytes("the primary key has a column that is not there");
  return { ...head, columns, primaryKey };
}

function readHead(cursor: ByteCursor): TableHead {
  const tableId = cursor.uint(6);
  // Flags.
  cursor.skip(2);
  const name = (): string => {
    const bytes = cursor.take(cursor.uint8());
    // Each name ends in a zero byte.
    cursor.skip(1);
    return bytes.toString("utf8");
  };
  return { tableId, database: name(), table: name() };
}

function describe(rawType: number, [first = 0, second = 0]: Buffer): ColumnDescription {
  const isMember = rawType === columnType.string && (first === columnType.enum || first === columnType.set);
  return {
    name: "",
    type: isMember ? first : rawType,
    first,
    second,
    unsigned: false,
    collation: undefined,
    charset: undefined,
    members: [],
    geometryType: 0,
  };
}

function addMetadata(
  columns: readonly ColumnDescription[],
  metadata: TableMetadata,
): Pick<TableMetadata, "names" | "primaryKey"> {
  for (const [index, column] of columns.entries()) {
    column.name = metadata.names[index] ?? "";
    column.unsigned = metadata.unsigned[index] ?? false;
    column.collation = metadata.collations[index];
    column.charset =
      column.collation === undefined || column.collation === binaryCollation
        ? undefined
        : charsetOfCollation(column.collation);
    column.members = metadata.members[index] ?? [];
    column.geometryType = metadata.geometryTypes[index] ?? 0;
  }
  return metadata;
}

function unnamed({ database, table }: TableHead): AppError {
  return new AppError("source.misconfigured", `the log does not name the columns of ${database}.${table}`, {
    hint: "SET GLOBAL binlog_row_metadata = 'FULL'; and in the server's configuration. Names are never guessed.",
  });
}

export function undecodableType(
  { database, table }: Pick<TableHead, "database" | "table">,
  column: string,
  type: number,
  cure?: string,
): AppError {
  return new AppError(
    "capture.undecodable",
    `column ${column} of ${database}.${table} has type ${type}, which cannot be decoded`,
    {
      hint:
        cure ??
        "The server is newer than this version of audit-overlay. Leave the table's database out (`databases`), or change the column's type.",
    },
  );
}
