// Answers are cut to the room there is, and every cut is named with what there was.
import { assert, integer, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/lib/canonical-json.ts";
import { answerBytesMax, describeCuts, fitAnswer, fitWhole } from "../../../src/serve/mcp/fit-answer.ts";
import { assistantJson } from "../../../src/serve/mcp/assistant-json.ts";

const bytes = (value: JsonValue): number => Buffer.byteLength(assistantJson(value));

describe("an answer", () => {
  it("that is small stays as it is", () => {
    const answer = { items: [{ note: "x".repeat(2_000), list: [1, 2, 3], nothing: null }] };
    expect(fitAnswer(answer, answerBytesMax)).toEqual({ value: answer, cuts: [] });
  });

  it("with one value of a megabyte loses most of that value alone, and says how long it was", () => {
    const { value, cuts } = fitAnswer({ items: [{ "a/b": "y".repeat(1_048_576), other: "z" }] }, answerBytesMax);
    expect(cuts).toEqual([{ path: "/items/0/a~1b", what: "characters", had: 1_048_576, kept: 2_000 }]);
    expect(value).toEqual({
      items: [{ "a/b": `${"y".repeat(2_000)}… [cut: the first 2000 of 1048576 characters]`, other: "z" }],
    });
  });

  it("with ten thousand rows keeps the first ones", () => {
    const { value, cuts } = fitAnswer({ rows: Array.from({ length: 10_000 }, (_, id) => ({ id })) }, answerBytesMax);
    const { rows } = value as { rows: JsonValue[] };
    expect(rows[0]).toEqual({ id: 0 });
    expect(cuts).toEqual([{ path: "/rows", what: "items", had: 10_000, kept: rows.length }]);
  });

  it("with four thousand columns keeps the first ones", () => {
    const row = Object.fromEntries(Array.from({ length: 4_096 }, (_, id) => [`column_${id}`, "v".repeat(60)]));
    const { value, cuts } = fitAnswer({ row }, answerBytesMax);
    expect(cuts[0]).toMatchObject({ path: "/row", what: "keys", had: 4_096 });
    expect(bytes(value)).toBeLessThanOrEqual(answerBytesMax);
  });

  it("keeps the fields of its own schema whatever a JSON column holds", () => {
    const wide = (depth: number): JsonValue =>
      depth === 0 ? "leaf" : Object.fromEntries(Array.from({ length: 30 }, (_, id) => [`k${id}`, wide(depth - 1)]));
    const change = { event_id: "e", operation: "insert", after: { document: wide(4) } };
    const { value, cuts } = fitAnswer({ timeline: [{ change_events: [change] }], truncated: false }, answerBytesMax);
    expect(value).toMatchObject({ timeline: [{ change_events: [{ event_id: "e" }] }], truncated: false });
    expect(cuts.length).toBeGreaterThan(0);
  });

  it("fits whatever is in it", () => {
    assert(
      property(jsonValue({ maxDepth: 6 }), integer({ min: 2, max: 4_000 }), (answer, room) => {
        const fitted = fitAnswer(answer as JsonValue, room);
        expect(bytes(fitted.value)).toBeLessThanOrEqual(room);
        expect(fitted.cuts.length > 0 || JSON.stringify(fitted.value) === JSON.stringify(answer)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("has a list of cuts that is short itself", () => {
    const { cuts } = fitAnswer(
      Array.from({ length: 50 }, () => "x".repeat(3_000)),
      Infinity,
    );
    expect(describeCuts(cuts, "elsewhere")).toMatchObject({ more_values: 30, rest: "elsewhere" });
    expect(describeCuts([], "elsewhere")).toBeNull();
  });
});

it("a page is told apart that would only fit with fewer items", () => {
  const page = { items: Array.from({ length: 60 }, (_, id) => ({ id, text: "x".repeat(1_500) })) };
  expect(fitWhole(page, answerBytesMax)).toBeUndefined();
  expect(fitWhole({ items: page.items.slice(0, 20) }, answerBytesMax)?.cuts).toEqual([]);
});
