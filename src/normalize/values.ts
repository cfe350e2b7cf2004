// normalize: one decoded column value -> JSON. Digits are never lost: what JSON numbers cannot carry exactly is a string.
import { createHash } from "node:crypto";
import type { JsonValue } from "../lib/canonical-json.ts";
import { assert } from "../lib/assert.ts";
import type { RawColumn } from "../model/raw-transaction.ts";

/** Longer values are kept as their length, SHA-256 and first bytes. */
const valueBytesMax = 1_048_576;
const prefixBytes = 1_024;

export function normalizeValue(value: unknown, column: RawColumn): JsonValue {
  if (value === null) return null;
  // The client gives undefined for an ENUM's index 0, which the server shows as ''.
  if (value === undefined) return "";
  switch (typeof value) {
    case "string":
      return normalizeText(value);
    case "number":
      return normalizeNumber(value, column);
    case "bigint":
      return value.toString();
    case "boolean":
      return value;
    default:
      break;
  }
  if (Buffer.isBuffer(value)) return normalizeBinary(value);
  return normalizeObject(value, column);
}

function normalizeText(text: string): JsonValue {
  if (text.length * 3 <= valueBytesMax) return text;
  const bytes = Buffer.from(text);
  return bytes.length <= valueBytesMax ? text : { $text: text.slice(0, prefixBytes), ...oversized(bytes) };
}

function normalizeBinary(bytes: Buffer): JsonValue {
  if (bytes.length <= valueBytesMax) return { $hex: bytes.toString("hex") };
  return { $hex: bytes.subarray(0, prefixBytes).toString("hex"), ...oversized(bytes) };
}

function oversized(bytes: Buffer): { $length: number; $sha256: string } {
  return { $length: bytes.length, $sha256: createHash("sha256").update(bytes).digest("hex") };
}

function normalizeNumber(value: number, column: RawColumn): JsonValue {
  assert(Number.isFinite(value), `column ${column.name} holds ${value}`);
  if (column.sqlType.startsWith("float")) return shortestFloat32(value);
  // The client adds 1900 to YEAR's raw byte; 0 is the one value for which that is wrong, and 1900 is not a legal YEAR.
  if (column.sqlType.startsWith("year") && value === 1900) return 0;
  // -0 has no JSON form of its own.
  return value === 0 ? 0 : value;
}

/** A float column's 1.1 arrives as the double 1.100000023841858; the shortest text that reads back as the same float is 1.1. */
function shortestFloat32(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** Arrays and objects (SET members, GEOMETRY): each part by the same rules. */
function normalizeObject(value: unknown, column: RawColumn): JsonValue {
  if (Array.isArray(value)) return value.map((item) => normalizeValue(item, column));
  assert(typeof value === "object" && value !== null, `column ${column.name} holds a ${typeof value}`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalizeValue(item, column)]));
}
