// Stage infer. Takes what a CEL expression gave; gives plain JSON.
import type { JsonObject, JsonValue } from "../lib/canonical-json.ts";
import { toTimestamp } from "../lib/clock.ts";
import { GroupedChange } from "./expression.ts";

/**
 * Whole numbers are JSON numbers while they are safe, else text, as in a change event; bytes are `{"$hex": …}`;
 * timestamps are RFC 3339.
 * @throws TypeError on what JSON cannot carry: NaN and the infinities (a division by zero), CEL's durations, uints and
 *   types
 */
export function toPlainJson(value: unknown): JsonValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
      return value;
    default:
      return objectToJson(value);
  }
}

function objectToJson(value: unknown): JsonValue {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(toPlainJson);
  if (value instanceof Date) return toTimestamp(value.getTime());
  if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString("hex") };
  if (value instanceof Map) return entriesToJson([...value]);
  if (isPlainObject(value) || value instanceof GroupedChange) return entriesToJson(Object.entries(value as object));
  throw new TypeError(`a ${value?.constructor.name} has no JSON form`);
}

function entriesToJson(entries: readonly [string, unknown][]): JsonObject {
  return Object.fromEntries(entries.map(([key, value]) => [key, toPlainJson(value)]));
}

function isPlainObject(value: unknown): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
