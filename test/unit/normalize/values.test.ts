// One decoded column value to JSON: no digit is lost, nothing is cut in silence.
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/lib/canonical-json.ts";
import { normalizeValue } from "../../../src/normalize/values.ts";
import { column } from "../../support/raw-rows.ts";

const as = (sqlType: string, value: unknown) => normalizeValue(value, column("c", sqlType));
const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

describe("normalizeValue", () => {
  it.each<[string, string, unknown, unknown]>([
    ["NULL", "int", null, null],
    ["text", "varchar(9)", "Привет 💊", "Привет 💊"],
    ["an empty text", "varchar(9)", "", ""],
    [
      "a decimal, with all its digits",
      "decimal(30,10)",
      "12345678901234567890.0000000001",
      "12345678901234567890.0000000001",
    ],
    ["an integer beyond 2^53", "bigint unsigned", "18446744073709551615", "18446744073709551615"],
    ["a bigint", "bigint", 9_223_372_036_854_775_807n, "9223372036854775807"],
    ["a boolean", "tinyint(1)", true, true],
    ["a negative integer", "int", -5, -5],
    ["a double", "double", 1.100000023841858, 1.100000023841858],
    ["0 as a YEAR", "year", 0, 0],
    ["1900 as a number", "smallint", 1900, 1900],
    ["a YEAR", "year(4)", 2026, 2026],
    ["bytes", "blob", Buffer.from([0, 255, 16]), { $hex: "00ff10" }],
    ["no bytes", "blob", Buffer.alloc(0), { $hex: "" }],
    ["the members of a SET", "set('a','b')", ["a", "b"], ["a", "b"]],
    [
      "a GEOMETRY",
      "point",
      { bytes: Buffer.of(1, 1), type: "point", srid: 4326 },
      { $hex: "0101", $type: "point", $srid: 4326 },
    ],
    [
      "bytes that are no text in their character set",
      "varchar(9)",
      { bytes: Buffer.of(0x81), type: "varchar(9)", charset: "cp1250" },
      { $hex: "81", $type: "varchar(9)", $charset: "cp1250" },
    ],
    [
      "a text of an unknown collation",
      "text",
      { bytes: Buffer.of(97), type: "text", collation: 9999 },
      { $hex: "61", $type: "text", $collation: 9999 },
    ],
    ["a VECTOR, in the shortest text of each float", "vector", [1.100000023841858, -2], [1.1, -2]],
  ])("takes %s", (_what, sqlType, value, expected) => {
    expect(as(sqlType, value)).toEqual(expected);
  });

  it.each([
    [1.100000023841858, 1.1],
    [16_777_216, 16_777_216],
    [3.4028234663852886e38, 3.4028235e38],
    [1.401298464324817e-45, 1.4013e-45],
    [-0.10000000149011612, -0.1],
    [0, 0],
  ])("prints the float %d in the shortest way that reads back as the same float", (value, expected) => {
    expect(as("float", value)).toBe(expected);
    expect(as("float(7,2) unsigned", value)).toBe(expected);
  });

  it("never changes which float it is", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const shortest = as("float", value) as number;
        expect(Math.fround(shortest) === value).toBe(true);
        expect(String(shortest).length).toBeLessThanOrEqual(String(value === 0 ? 0 : value).length);
      }),
    );
  });

  it("has no negative zero, whatever the type", () => {
    for (const sqlType of ["float", "double", "int", "year"]) expect(Object.is(as(sqlType, -0), 0)).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "stops at %d, which no column can hold",
    (value) => {
      expect(() => as("double", value)).toThrow("bug: column c");
    },
  );

  it.each([Symbol("s"), () => 1])("stops at a value that is no data", (value) => {
    expect(() => as("int", value)).toThrow("bug: column c");
  });

  it("gives what JSON can carry, for any data at all", () => {
    const data = fc.anything({ withBigInt: true, maxDepth: 3 });
    fc.assert(
      fc.property(data, (value) => {
        let text: string;
        try {
          text = canonicalJson(normalizeValue(value, column("c", "json")));
        } catch (error) {
          text = String(error);
        }
        // Either JSON or a plain refusal; what canonicalJson itself throws would be neither.
        expect(text).toMatch(/^Error: bug: column c|^[{["\d-]|^(null|true|false)$/);
      }),
    );
  });

  it.each([undefined, { x: 1 }, { bytes: "text", type: "blob" }, new Date(0)])(
    "stops at what capture never gives",
    (value) => {
      expect(() => as("blob", value)).toThrow("bug: column c");
    },
  );
});

describe("an oversized value", () => {
  const max = 1_048_576;

  it("of text is kept as its start, its length in bytes and its SHA-256", () => {
    const text = "ж".repeat(max / 2 + 1);
    expect(as("longtext", text)).toEqual({ $text: text.slice(0, 1_024), $length: max + 2, $sha256: sha256(text) });
  });

  it("of bytes is kept as its start, its length and its SHA-256", () => {
    const bytes = Buffer.alloc(max + 1, 7);
    expect(as("longblob", bytes)).toEqual({ $hex: "07".repeat(1_024), $length: max + 1, $sha256: sha256(bytes) });
  });

  it("is what the setting says it is", () => {
    const options = { valueBytesMax: 64 };
    const long = (value: unknown) => normalizeValue(value, column("c", "text"), options);
    expect(long("a".repeat(64))).toBe("a".repeat(64));
    expect(long("a".repeat(65))).toMatchObject({ $text: "a".repeat(64), $length: 65 });
    expect(long(Buffer.alloc(65))).toMatchObject({ $hex: "00".repeat(64), $length: 65 });
    expect(long({ bytes: Buffer.alloc(65), type: "point", srid: 0 })).toMatchObject({
      $length: 65,
      $type: "point",
      $srid: 0,
    });
  });

  it("is not cut between the halves of a character", () => {
    const value = normalizeValue(`${"a".repeat(63)}💊`, column("c", "text"), { valueBytesMax: 64 });
    expect(value).toMatchObject({ $text: "a".repeat(63), $length: 67 });
  });

  it("begins one byte above the limit", () => {
    expect(as("longtext", "a".repeat(max))).toBe("a".repeat(max));
    expect(as("longtext", "a".repeat(max + 1))).toMatchObject({ $length: max + 1 });
    expect(as("longtext", "ж".repeat(max / 2))).toBe("ж".repeat(max / 2));
    expect(as("longblob", Buffer.alloc(max))).toEqual({ $hex: "00".repeat(max) });
  });
});
