// normalize: one decoded column value -> JSON. Digits are never lost: what JSON numbers cannot carry exactly is a string.
import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "../lib/canonical-json.ts";
import { assert } from "../lib/assert.ts";
import type { RawBytes, RawColumn } from "../model/raw-transaction.ts";

export interface NormalizeOptions {
  /** Bytes of one value that are kept whole; longer ones as their length, SHA-256 and first bytes. */
  valueBytesMax: number;
}

export const normalizeDefaults: NormalizeOptions = { valueBytesMax: 1_048_576 };
const prefixMax = 1_024;

export function normalizeValue(value: unknown, column: RawColumn, options = normalizeDefaults): JsonValue {
  if (value === null) return null;
  switch (typeof value) {
    case "string":
      return normalizeText(value, options);
    case "number":
      return normalizeNumber(value, column);
    case "bigint":
      return value.toString();
    case "boolean":
      return value;
    default:
      break;
  }
  if (Buffer.isBuffer(value)) return normalizeBinary(value, options);
  if (Array.isArray(value)) return value.map((item) => normalizeValue(item, column, options));
  assert(isRawBytes(value), `column ${column.name} holds a ${typeof value} that is no data`);
  const { bytes, type, charset, collation, srid } = value;
  return {
    ...normalizeBinary(bytes, options),
    $type: type,
    ...(charset === undefined ? {} : { $charset: charset }),
    ...(collation === undefined ? {} : { $collation: collation }),
    ...(srid === undefined ? {} : { $srid: srid }),
  };
}

function isRawBytes(value: unknown): value is RawBytes {
  return (
    typeof value === "object" && value !== null && "bytes" in value && Buffer.isBuffer(value.bytes) && "type" in value
  );
}

function normalizeText(text: string, { valueBytesMax }: NormalizeOptions): JsonValue {
  if (text.length * 3 <= valueBytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= valueBytesMax) return text;
  let end = Math.min(prefixMax, valueBytesMax);
  // Not between the two halves of a character.
  if (isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
  return { $text: text.slice(0, end), ...oversized(bytes) };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function normalizeBinary(bytes: Buffer, { valueBytesMax }: NormalizeOptions): JsonObject {
  if (bytes.length <= valueBytesMax) return { $hex: bytes.toString("hex") };
  return { $hex: bytes.subarray(0, Math.min(prefixMax, valueBytesMax)).toString("hex"), ...oversized(bytes) };
}

function oversized(bytes: Buffer): { $length: number; $sha256: string } {
  return { $length: bytes.length, $sha256: createHash("sha256").update(bytes).digest("hex") };
}

function normalizeNumber(value: number, column: RawColumn): JsonValue {
  assert(Number.isFinite(value), `column ${column.name} holds ${value}`);
  if (/^(?:float|vector)/.test(column.sqlType)) return shortestFloat32(value);
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
