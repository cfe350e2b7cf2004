// capture: a value as a SELECT gives it -> the value as the log's reader gives it, so that both look the same in the trail.
import type { TableColumn } from "./table-statements.ts";

/** A cell of a text-protocol row, as the client library hands it to a reader of one's own. */
export interface Cell {
  /** The protocol's name of the type, for example `NEWDECIMAL`. */
  type: string;
  string(encoding?: string): string | null;
  buffer(): Buffer | null;
  geometry(): unknown;
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
      return cell.buffer();
    case "GEOMETRY":
      return cell.geometry();
    default:
      // Texts, times (as text) and bytes.
      return next();
  }
}

/** What only the column tells. */
export function toLoggedValue(value: unknown, column: TableColumn): unknown {
  if (typeof value !== "string") return value;
  if (column.dataType === "json") return toLoggedJson(value);
  // MariaDB's type: the log has its bytes.
  if (column.dataType === "uuid") return Buffer.from(value.replaceAll("-", ""), "hex");
  return value;
}

function readInteger(text: string | null): number | string | null {
  if (text === null) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function readDouble(text: string | null): number | null {
  return text === null ? null : Number(text);
}

const jsonParts = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** The log's reader writes a JSON document's DOUBLE as JavaScript does: 1.0 is 1, 1e100 is 1e+100. */
function toLoggedJson(text: string): string {
  return text.replace(jsonParts, (part) =>
    part.startsWith('"') || !/[.e]/i.test(part) ? part : String(Number(part) + 0),
  );
}
