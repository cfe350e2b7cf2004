// capture: one rows event, as the bytes of the log, and the reader of its table -> RawRowChange[]. The client library's own
// decoder is not used: it guesses where it does not know, and goes on.
import { AppError } from "../model/app-error.ts";
import type { RawRow, RawRowChange } from "../model/raw-transaction.ts";
import { ByteCursor, MalformedBytes } from "./byte-cursor.ts";
import type { ReadableColumn } from "./column-reader.ts";
import { eventType } from "./event-packet.ts";
import { inflateEvent } from "./mariadb-compression.ts";
import { reportHint, type TableReader, undecodableValue } from "./table-reader.ts";

type Operation = RawRowChange["operation"];

interface RowsKind {
  operation: Operation;
  /** Version 2 has a field for extra data. */
  extra: boolean;
  compressed: boolean;
}

const kinds: Readonly<Record<number, RowsKind>> = {
  [eventType.writeRowsV1]: { operation: "insert", extra: false, compressed: false },
  [eventType.updateRowsV1]: { operation: "update", extra: false, compressed: false },
  [eventType.deleteRowsV1]: { operation: "delete", extra: false, compressed: false },
  [eventType.writeRows]: { operation: "insert", extra: true, compressed: false },
  [eventType.updateRows]: { operation: "update", extra: true, compressed: false },
  [eventType.deleteRows]: { operation: "delete", extra: true, compressed: false },
  [eventType.writeRowsCompressedV1]: { operation: "insert", extra: false, compressed: true },
  [eventType.updateRowsCompressedV1]: { operation: "update", extra: false, compressed: true },
  [eventType.deleteRowsCompressedV1]: { operation: "delete", extra: false, compressed: true },
  [eventType.writeRowsCompressed]: { operation: "insert", extra: true, compressed: true },
  [eventType.updateRowsCompressed]: { operation: "update", extra: true, compressed: true },
  [eventType.deleteRowsCompressed]: { operation: "delete", extra: true, compressed: true },
};

/** Event types that this reads. */
export const rowsEventTypes: ReadonlySet<number> = new Set(Object.keys(kinds).map(Number));

/** The id under which the table's description came. */
export function readTableId(body: Buffer): number {
  return new ByteCursor(body).uint(6);
}

/** Flag STMT_END_F: no more rows of this statement follow. */
export function endsStatement(body: Buffer): boolean {
  return (body.readUInt16LE(6) & 1) !== 0;
}

/** @throws capture.undecodable, naming table and column */
export function readRowChanges(type: number, body: Buffer, reader: TableReader): RawRowChange[] {
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`bug: event type ${type} holds no rows`);
  try {
    return readRows(kind, body, reader);
  } catch (error) {
    throw error instanceof AppError ? error : undecodableRows(reader, error);
  }
}

function readRows({ operation, extra, compressed }: RowsKind, body: Buffer, reader: TableReader): RawRowChange[] {
  const { table, columns } = reader;
  const header = new ByteCursor(body);
  // Table id and flags.
  header.skip(8);
  if (extra) header.skip(header.uint(2) - 2);
  const count = header.lengthEncoded();
  if (count !== columns.length) throw new MalformedBytes(`rows of ${count} columns, the table has ${columns.length}`);
  const first = readPresent(header, columns);
  const second = operation === "update" ? readPresent(header, columns) : first;
  const rows = header.take(header.left);
  const cursor = new ByteCursor(compressed ? inflateEvent(rows) : rows);
  if (first.length === 0 || second.length === 0) throw new MalformedBytes("row images without a column");
  const changes: RawRowChange[] = [];
  while (cursor.left > 0) {
    const image = readImage(cursor, first, reader);
    if (operation === "insert") changes.push({ kind: "row", operation, table, before: null, after: image });
    else if (operation === "delete") changes.push({ kind: "row", operation, table, before: image, after: null });
    else changes.push({ kind: "row", operation, table, before: image, after: readImage(cursor, second, reader) });
  }
  return changes;
}

/** A bit per column: whether the images hold it. A column that was not logged is absent from the row, because null is a value. */
function readPresent(cursor: ByteCursor, columns: readonly ReadableColumn[]): readonly ReadableColumn[] {
  const bits = cursor.take((columns.length + 7) >> 3);
  return columns.filter((_, index) => ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0);
}

/** A bit per present column: whether it is NULL; then the values of the others. */
function readImage(cursor: ByteCursor, columns: readonly ReadableColumn[], reader: TableReader): RawRow {
  const nulls = cursor.skip((columns.length + 7) >> 3);
  const { buffer } = cursor;
  const image = new reader.Image();
  let index = 0;
  try {
    for (; index < columns.length; index += 1) {
      const column = columns[index] as ReadableColumn;
      const isNull = ((buffer[nulls + (index >> 3)] as number) & (1 << (index & 7))) !== 0;
      image[column.name] = isNull ? null : column.read(cursor);
    }
  } catch (error) {
    throw undecodableValue(reader.table, columns[index] as ReadableColumn, error);
  }
  return image;
}

function undecodableRows({ table }: TableReader, cause: unknown): AppError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new AppError("capture.undecodable", `rows of ${table.database}.${table.table} cannot be decoded: ${what}`, {
    hint: reportHint,
    cause,
  });
}
