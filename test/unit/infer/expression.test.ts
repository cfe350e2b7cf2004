// What expressions can say about a row, and what comes of it as JSON.
import { describe, expect, test } from "vitest";
import {
  checkExpression,
  compileExpression,
  expressionEnvironment,
  rowVariable,
} from "../../../src/infer/expression.ts";
import { toPlainJson } from "../../../src/infer/plain-json.ts";
import type { RowImage } from "../../../src/model/change-event.ts";

/** What an expression gives for an inserted row. */
function evaluate(text: string, after: RowImage): unknown {
  const environment = expressionEnvironment([]);
  expect(checkExpression(text, environment)).toBeUndefined();
  const variables = { before: rowVariable(null), after: rowVariable(after), changed: Object.keys(after) };
  return toPlainJson(compileExpression(text, environment)(variables));
}

describe("expressions", () => {
  test.each<[string, RowImage, unknown]>([
    ["after.n - 3", { n: 5 }, 2],
    ["3 - after.n", { n: 5 }, -2],
    ["after.n + 1", { n: 1.5 }, 2.5],
    ["after.n * 2", { n: 1.5 }, 3],
    ["after.n / 2", { n: 5 }, 2.5],
    ["after.n % 2", { n: 5 }, 1],
    ["after.n % after.n", { n: 5 }, 0],
    ["after.n == 5 && after.n in [4, 5]", { n: 5 }, true],
    ["double(after.total) > 12.0", { total: "12.50" }, true],
    ["int(after.id)", { id: "9007199254740993" }, "9007199254740993"],
    ["7", {}, 7],
    ["after.bytes", { bytes: { $hex: "00ff" } }, { $hex: "00ff" }],
    ['b"ab"', {}, { $hex: "6162" }],
    ['timestamp("2026-01-05T09:30:00Z")', {}, "2026-01-05T09:30:00.000000Z"],
    ['[1, "a", null, {"x": true}]', {}, [1, "a", null, { x: true }]],
    ["after", { a: 1, constructor: "Bob" }, { a: 1, constructor: "Bob" }],
    ["after.a + after.constructor.size()", { a: 1, constructor: "Bob" }, 4],
    ["orElse(after.reason, 'OTHER')", { reason: null }, "OTHER"],
    ["orElse(after.reason, 'OTHER')", { reason: "" }, "OTHER"],
    ["orElse(after.reason, 'OTHER')", {}, "OTHER"],
    ["orElse(before.reason, orElse(after.n, 'x'))", { n: 0 }, 0],
    ["orElse(after.reason, 'OTHER')", { reason: "LOSS" }, "LOSS"],
    ["changed.size()", { a: 1, b: 2 }, 2],
    ["has(before.a)", { a: 1 }, false],
  ])("%s of %j", (expression, after, expected) => {
    expect(evaluate(expression, after)).toEqual(expected);
  });

  test.each<[string, RowImage, RegExp]>([
    ["after.n / 0", { n: 5 }, /Infinity has no JSON form/],
    ['duration("1h")', {}, /has no JSON form/],
    ["type(1)", {}, /has no JSON form/],
    ["orElse(after.n.size(), 1)", { n: 5 }, /overload/],
    ["after.a", {}, /No such key: a/],
  ])("%s cannot be told", (expression, after, failure) => {
    expect(() => evaluate(expression, after)).toThrow(failure);
  });
});

test("a column named __proto__ is a column", () => {
  const row = JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as RowImage;
  expect(JSON.stringify(evaluate("after", row))).toBe('{"__proto__":{"a":1},"b":2}');
});

test("an allowed type is one of those named, or not known before there is a row", () => {
  const environment = expressionEnvironment(["lines"]);
  expect(checkExpression("after.a", environment, ["bool"])).toBeUndefined();
  expect(checkExpression("lines.exists(l, l.after.a == 1)", environment, ["bool"])).toBeUndefined();
  expect(checkExpression("lines", environment, ["bool"])).toEqual({
    index: 0,
    message: "must give bool, but gives list<Change>",
  });
});
