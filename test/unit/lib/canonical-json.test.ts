// Canonical JSON: one text per value, and nothing lost on the way there and back.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonValue } from "../../../src/lib/canonical-json.ts";

const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }) as fc.Arbitrary<JsonValue>;

/** The same value, its keys put in the other way round at every depth. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe("canonicalJson", () => {
  it("reads back as the same value", () => {
    // -0 is 0 in JSON.
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("does not depend on the order in which keys were put in", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it("sorts keys by code unit at every depth and writes no white space", () => {
    expect(canonicalJson({ b: [{ ä: 1, z: null, Z: true }], a: "x", 10: 1, 9: 2 })).toBe(
      '{"10":1,"9":2,"a":"x","b":[{"Z":true,"z":null,"ä":1}]}',
    );
  });

  it("keeps a key called __proto__", () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"b":1},"a":2}') as JsonValue)).toBe('{"__proto__":{"b":1},"a":2}');
  });

  it("writes half a surrogate pair as an escape, so that it survives UTF-8", () => {
    expect(canonicalJson("\ud83d")).toBe('"\\ud83d"');
  });

  it.each<[string, unknown]>([
    ["NaN", Number.NaN],
    ["an infinity", Number.NEGATIVE_INFINITY],
    ["undefined", undefined],
    ["undefined in an array", [undefined]],
    ["undefined in an object", { a: { b: undefined } }],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a bigint", 1n],
  ])("throws on %s instead of dropping it", (_what, value) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow("has no JSON form");
  });
});
