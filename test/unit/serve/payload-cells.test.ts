// A payload as SQLite gives it, cut into cells, is what parsing it and writing each field gives: for any values, in any order.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/lib/canonical-json.ts";
import { csvCell } from "../../../src/serve/export/csv.ts";
import { payloadCells } from "../../../src/serve/export/payload-cells.ts";

const cellOf = (value: JsonValue): string => csvCell(value, { rawCells: false });

function readyCell(payload: JsonObject): string {
  const json = JSON.stringify(payload);
  return json === "{}" ? json : `"${json.replaceAll('"', '""')}"`;
}

const cut = (payload: JsonObject, fields: readonly string[]): string =>
  payloadCells(readyCell(payload), fields, cellOf);
const written = (payload: JsonObject, fields: readonly string[]): string =>
  fields.map((field) => cellOf(payload[field] ?? null)).join(",");

it("throws at text that is cut off, instead of looking for its end for ever", () => {
  expect(() => payloadCells('"{""a"":""x}"', ["a"], cellOf)).toThrow("a stored payload is JSON");
});

it("cuts hostile text, escapes and nested JSON where they end", () => {
  const texts = [
    "",
    '"',
    '""',
    "\\",
    '\\"',
    '"\\',
    "\\\\",
    "},{",
    '],"b":1',
    "=1+1",
    "-1.50",
    "a,b",
    "\r\n",
    "é\u2028",
    "\ud800",
  ];
  for (const text of texts) {
    const payload = { a: text, b: [text, { [text]: text }], c: { d: text }, e: 1 };
    expect(cut(payload, ["a", "b", "c", "e"])).toBe(written(payload, ["a", "b", "c", "e"]));
  }
});

it("gives an empty cell for a field that is not there, and fields in the order asked", () => {
  expect(cut({}, ["a", "b"])).toBe(",");
  expect(cut({ b: 1, a: null }, ["a", "c", "b"])).toBe(",,1");
  expect(cut({ a: true, b: [], c: {}, d: [1], e: 1e21 }, ["e", "d", "c", "b", "a"])).toBe("1e+21,[1],{},[],true");
});

it("is the same as parsing for any payload", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), fc.array(name, { maxLength: 3 }), (payload, others) => {
      const fields = [...Object.keys(payload), ...others.filter((other) => !(other in {}))];
      expect(cut(payload as JsonObject, fields)).toBe(written(payload as JsonObject, fields));
    }),
  );
});
