// Takes plain data, gives the one JSON text of it: keys in code-unit order at every depth, no white space.
// What is hashed is this text, so two processes that saw the same row write the same digest.

/** Plain data: what JSON can carry, nothing else. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** @throws on a number JSON cannot carry (NaN, infinities) and on `undefined`: silence there would lose data. */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`${typeof value} has no JSON form`);
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    parts.push(`${JSON.stringify(key)}:${canonicalJson(value[key] as JsonValue)}`);
  }
  return `{${parts.join(",")}}`;
}
