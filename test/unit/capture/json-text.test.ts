// MySQL's binary JSON to text: documents that lie about themselves are refused in a moment, and doubles print as the server prints them.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonDoubleText } from "../../../src/capture/json-double.ts";
import { jsonText } from "../../../src/capture/json-text.ts";

/** A small array: type, count, size, entries of (type, 16 bits), content. */
function smallArray(
  entries: readonly (readonly [type: number, value: number])[],
  content: Buffer = Buffer.alloc(0),
  size?: number,
): Buffer {
  const header = Buffer.alloc(5 + entries.length * 3);
  header.writeUInt8(0x02, 0);
  header.writeUInt16LE(entries.length, 1);
  header.writeUInt16LE(size ?? header.length - 1 + content.length, 3);
  for (const [index, [type, value]] of entries.entries()) {
    header.writeUInt8(type, 5 + index * 3);
    header.writeUInt16LE(value, 6 + index * 3);
  }
  return Buffer.concat([header, content]);
}

describe("jsonText", () => {
  it.each<[string, Buffer, string]>([
    ["no bytes, of a column added later", Buffer.alloc(0), "null"],
    ["a literal", Buffer.of(4, 1), "true"],
    ["an empty array", smallArray([]), "[]"],
    [
      "values inside the entries",
      smallArray([
        [4, 0],
        [5, 0xffff],
        [6, 0xffff],
      ]),
      "[null, -1, 65535]",
    ],
    ["a text", smallArray([[12, 7]], Buffer.from('\x03a"b')), '["a\\"b"]'],
    ["an opaque value", Buffer.from([15, 252, 2, 0, 255]), '"base64:type252:AP8="'],
  ])("reads %s", (_what, bytes, text) => expect(jsonText(bytes)).toBe(text));

  it.each<[string, Buffer]>([
    ["an unknown type", Buffer.of(0x0d, 1)],
    ["a literal that is none", Buffer.of(4, 3)],
    ["a container larger than its bytes", smallArray([], Buffer.alloc(0), 400)],
    ["more entries than there is room for", Buffer.of(2, 255, 255, 4, 0)],
    ["a container that holds itself", smallArray([[2, 0]])],
    ["a value outside its container", smallArray([[12, 900]])],
    ["a text longer than the document", Buffer.of(12, 100, 97)],
    ["a length without an end", Buffer.of(12, 255, 255, 255, 255, 255, 255)],
    ["a text that is not UTF-8", Buffer.of(12, 1, 0xff)],
    ["a double that is no number", Buffer.of(11, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f)],
    ["a decimal of impossible shape", Buffer.of(15, 246, 2, 200, 201)],
    ["a cut time", Buffer.of(15, 11, 2, 0, 0)],
  ])("refuses %s", (_what, bytes) => expect(() => jsonText(bytes)).toThrow(Error));

  it("refuses, at once, a document whose values lie over each other: it would have 2^60 of them", () => {
    let bytes = smallArray([]);
    for (let depth = 0; depth < 60; depth += 1)
      bytes = smallArray(
        [
          [2, 10],
          [2, 10],
        ],
        bytes.subarray(1),
      );
    expect(() => jsonText(bytes)).toThrow("lie over each other");
  });

  it("reads any bytes as JSON, or refuses them", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 80 }).map((rest) => Uint8Array.of(rest.length % 4, ...rest)),
    );
    const outcome = (bytes: Uint8Array): string => {
      try {
        return jsonText(Buffer.from(bytes));
      } catch (error) {
        return error instanceof Error ? "null" : "not an error";
      }
    };
    fc.assert(
      fc.property(anything, (bytes) => {
        expect(() => JSON.parse(outcome(bytes)) as unknown).not.toThrow();
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("a double in a document", () => {
  it.each([
    [1, "1.0"],
    [-0, "-0.0"],
    [1e100, "1e100"],
    [1e14, "100000000000000.0"],
    [1e15, "1e15"],
    [1.5e-20, "1.5e-20"],
    [0.001, "0.001"],
    [5e-324, "5e-324"],
  ])("%d is %s", (value, text) => expect(jsonDoubleText(value)).toBe(text));

  it("reads back as the same number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(jsonDoubleText(value))).toBe(value);
      }),
    );
  });
});
