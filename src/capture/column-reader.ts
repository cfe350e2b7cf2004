// capture: a column's description -> what reads its values from row images. Values are plain data: numbers, text, Buffers for
// binary columns, RawBytes for what has no text of its own or none that is certain.
import type { RawBytes, RawColumn } from "../model/raw-transaction.ts";
import { MalformedBytes } from "./byte-cursor.ts";
import { charsetWidth } from "./collations.ts";
import { binaryCollation, charBytes, type ColumnDescription, columnType, varcharBytes } from "./column-type.ts";
import { toText } from "./column-text.ts";
import { inflateColumn } from "./mariadb-compression.ts";
import { jsonText } from "./json-text.ts";
import {
  bigIntegerReader,
  decimalReader,
  integerReader,
  readDouble,
  readFloat,
  type ReadValue,
} from "./number-values.ts";
import { memberReader } from "./member-reader.ts";
import { sqlTypeOf } from "./sql-type.ts";
import { datetimeReader, readDate, readYear, timeReader, timestampReader } from "./time-values.ts";

export interface ReadableColumn extends RawColumn {
  /** Reads one value that is not NULL. @throws MalformedBytes */
  read: ReadValue;
}

/** What the rows of a column with an old type code would need to be known, and how to be rid of it. */
export const oldTimeTypes: ReadonlySet<number> = new Set([columnType.timestamp, columnType.time, columnType.datetime]);

export function createReadableColumn(column: ColumnDescription): ReadableColumn {
  const members = column.members.map((bytes) => toText(column, bytes, 0, bytes.length, ""));
  const sqlType = sqlTypeOf(
    column,
    charsetWidth(column.charset),
    members.map((member) => (typeof member === "string" ? member : member.bytes.toString("hex"))),
  );
  return { name: column.name, sqlType, charset: column.charset ?? null, read: createReader(column, sqlType) };
}

function createReader(column: ColumnDescription, sqlType: string): ReadValue {
  const { type, first, second } = column;
  switch (type) {
    case columnType.tiny:
      return integerReader(1, column.unsigned);
    case columnType.short:
      return integerReader(2, column.unsigned);
    case columnType.int24:
      return integerReader(3, column.unsigned);
    case columnType.long:
      return integerReader(4, column.unsigned);
    case columnType.longlong:
      return bigIntegerReader(column.unsigned);
    case columnType.float:
      return readFloat;
    case columnType.double:
      return readDouble;
    case columnType.newDecimal:
      return decimalReader(first, second);
    case columnType.year:
      return readYear;
    case columnType.date:
    case columnType.newDate:
      return readDate;
    case columnType.datetime2:
      return datetimeReader(first);
    case columnType.timestamp2:
      return timestampReader(first);
    case columnType.time2:
      return timeReader(first);
    case columnType.bit: {
      const bytes = second + (first > 0 ? 1 : 0);
      return (cursor) => cursor.take(bytes);
    }
    case columnType.enum:
    case columnType.set:
      return memberReader(column, sqlType);
    case columnType.json:
      return (cursor) => jsonText(cursor.take(cursor.uint(first)));
    case columnType.geometry:
      return (cursor) => toGeometry(cursor.take(cursor.uint(first)), sqlType);
    case columnType.vector:
      return (cursor) => toVector(cursor.take(cursor.uint(first)), sqlType);
    default:
      return stringReader(column, sqlType);
  }
}

function stringReader(column: ColumnDescription, sqlType: string): ReadValue {
  const lengthBytes = toLengthBytes(column);
  if (column.type === columnType.blobCompressed || column.type === columnType.varcharCompressed) {
    return (cursor) => {
      const bytes = inflateColumn(cursor.take(cursor.uint(lengthBytes)));
      return column.collation === binaryCollation ? bytes : toText(column, bytes, 0, bytes.length, sqlType);
    };
  }
  if (column.collation !== binaryCollation) {
    return (cursor) => {
      const length = cursor.uint(lengthBytes);
      const start = cursor.skip(length);
      return toText(column, cursor.buffer, start, start + length, sqlType);
    };
  }
  if (column.type !== columnType.string) return (cursor) => cursor.take(cursor.uint(lengthBytes));
  // The zero bytes at the end of a BINARY are not written.
  const width = charBytes(column);
  return (cursor) => {
    const bytes = cursor.take(cursor.uint(lengthBytes));
    if (bytes.length > width) throw new MalformedBytes(`${bytes.length} bytes in ${sqlType}`);
    return bytes.length === width ? bytes : Buffer.concat([bytes], width);
  };
}

function toLengthBytes(column: ColumnDescription): number {
  switch (column.type) {
    case columnType.string:
      return charBytes(column) > 255 ? 2 : 1;
    case columnType.varchar:
    case columnType.varcharCompressed:
      return varcharBytes(column) > 255 ? 2 : 1;
    default:
      if (column.first < 1 || column.first > 4) throw new MalformedBytes(`lengths of ${column.first} bytes`);
      return column.first;
  }
}

/** Well-known binary, with the number of the reference system that stands before it. */
function toGeometry(bytes: Buffer, type: string): RawBytes {
  if (bytes.length === 0) return { bytes, type };
  return { bytes: bytes.subarray(4), type, srid: bytes.readUInt32LE(0) };
}

/** 32-bit floats, little-endian. */
function toVector(bytes: Buffer, type: string): readonly number[] | RawBytes {
  if (bytes.length % 4 !== 0) return { bytes, type };
  const numbers = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  return numbers.every((number) => Number.isFinite(number)) ? numbers : { bytes, type };
}
