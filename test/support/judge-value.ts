// Whether a value of ours is the server's: its text, its bytes, or neither.
import type { JsonValue } from "../../src/lib/canonical-json.ts";

export type Verdict = "equal" | "hex" | "wrong";

export interface Count {
  kinds: number;
  values: number;
  equal: number;
  /** As hexadecimal, with the name of the type or the character set. */
  hex: number;
}

export function showCount({ kinds, values, equal, hex }: Count): string {
  return `${kinds} kinds, ${values} values: ${equal} equal, ${hex} hex by name`;
}

export function judge(value: JsonValue | undefined, server: { text: string | null; hex: string | null }): Verdict {
  const { text, hex } = server;
  if (value === undefined) return "wrong";
  if (text === null && hex === null) return value === null ? "equal" : "wrong";
  if (typeof value === "string") return value === text ? "equal" : "wrong";
  // Doubles are compared as numbers: the server writes the same one in more than one way.
  if (typeof value === "number")
    return Math.fround(Number(text)) === value || Number(text) === value || nearest(text) === value ? "equal" : "wrong";
  if (Array.isArray(value)) return sameNumbers(value, text) ? "equal" : "wrong";
  if (typeof value !== "object" || value === null || typeof value["$hex"] !== "string") return "wrong";
  const srid = value["$srid"];
  const prefix = typeof srid === "number" ? littleEndian(srid) : "";
  if (`${prefix}${value["$hex"]}`.toUpperCase() !== hex?.toUpperCase()) return "wrong";
  // Binary and GEOMETRY are bytes; what else comes as bytes says that it is no text.
  return value["$charset"] === undefined && value["$collation"] === undefined ? "equal" : "hex";
}

/** A FLOAT in ours is its shortest text; in the server's it is the double next to it. */
function nearest(text: string | null): number {
  const value = Math.fround(Number(text));
  for (let digits = 6; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** VECTOR_TO_STRING prints six digits. */
function sameNumbers(values: readonly JsonValue[], text: string | null): boolean {
  const shown = JSON.parse(text ?? "[]") as number[];
  return (
    values.length === shown.length &&
    shown.every((each, index) => Math.abs(Number(values[index]) - each) <= Math.abs(each) * 1e-5)
  );
}

function littleEndian(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString("hex");
}
