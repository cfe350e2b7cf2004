// capture: a value as a SELECT gives it -> the value as the log's reader gives it, so that both look the same in the trail.
import type { RawBytes } from "../model/raw-transaction.ts";
import { geometryNames } from "./sql-type.ts";
import type { TableColumn } from "./table-statements.ts";

/** A cell of a text-protocol row, as the client library hands it to a reader of one's own. */
export interface Cell {
  /** The protocol's name of the type, for example `NEWDECIMAL`. */
  type: string;
  string(encoding?: string): string | null;
  buffer(): Buffer | null;
}

/** Reads every number from its text: the library's own parsers go through arithmetic that can lose a digit. */
export function readCell(cell: Cell, next: () => unknown): unknown {
  switch (cell.type) {
    case "TINY":
    case "SHORT":
    case "INT24":
    case "LONG":
    case "LONGLONG":
    case "YEAR":
      return readInteger(cell.string("ascii"));
    case "FLOAT":
    case "DOUBLE":
      return readDouble(cell.string("ascii"));
    case "DECIMAL":
    case "NEWDECIMAL":
      // ZEROFILL is how a client shows it; the log has the number.
      return cell.string("ascii")?.replace(/^(-?)0+(?=\d)/, "$1") ?? null;
    case "JSON":
      return cell.string("utf8");
    case "BIT":
    case "VECTOR":
    case "GEOMETRY":
      return cell.buffer();
    default:
      // Texts, times (as text) and bytes.
      return next();
  }
}

/** What only the column tells. */
export function toLoggedValue(value: unknown, column: TableColumn): unknown {
  if (Buffer.isBuffer(value)) return toLoggedBytes(value, column);
  // MariaDB's type: the log has its bytes.
  if (column.dataType === "uuid" && typeof value === "string") return Buffer.from(value.replaceAll("-", ""), "hex");
  return value;
}

/** The server stores a GEOMETRY as its reference system and well-known binary, a VECTOR as 32-bit floats. */
function toLoggedBytes(bytes: Buffer, { dataType }: TableColumn): unknown {
  if (spatialTypes.has(dataType)) {
    const known: RawBytes = { bytes: bytes.subarray(4), type: dataType, srid: bytes.readUInt32LE(0) };
    return known;
  }
  if (dataType !== "vector") return bytes;
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

const spatialTypes: ReadonlySet<string> = new Set(geometryNames);

function readInteger(text: string | null): number | string | null {
  if (text === null) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function readDouble(text: string | null): number | null {
  return text === null ? null : Number(text);
}
