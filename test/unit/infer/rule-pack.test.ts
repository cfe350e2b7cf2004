// Rule packs as people get them wrong: each mistake is found before anything is read, at its line and column.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import { packageRoot } from "../../../src/lib/package-root.ts";
import { AppError } from "../../../src/model/app-error.ts";

/** A good pack of 18 lines; tests change one of them. */
const good = `pack: shop
version: 1
entities:
  sales: { entity: sale, id: [sale_id], actor: user_id }
  items: { entity: sale, id: [sale_id], mask: [card] }
rules:
  - name: sale-made
    version: 1
    type: sale.made
    on: { table: sales, operation: insert, when: after.total != "0" }
    group:
      lines: { table: items, operation: insert, match: { sale_id: sale_id } }
    absent:
      - { table: sales, operation: delete }
    occurred_at: after.created_at
    confidence: 0.5
    payload:
      count: lines.size()
`;

function mistakesOf(text: string): readonly string[] {
  try {
    parseRulePack(text, "shop.yaml");
  } catch (error) {
    if (error instanceof AppError && error.code === "rules.invalid") return error.details;
    throw error;
  }
  return [];
}

/** The mistakes of the good pack with one piece of text replaced. */
function mistakesWith(from: string, to: string): readonly string[] {
  expect(good).toContain(from);
  return mistakesOf(good.replace(from, to));
}

test("a good pack is given as data, with where its names are", () => {
  const pack = parseRulePack(good, "shop.yaml");
  expect(pack).toMatchObject({ pack: "shop", version: 1, entities: { sales: { entity: "sale", id: ["sale_id"] } } });
  expect(pack.rules[0]).toMatchObject({
    name: "sale-made",
    group: { lines: { min: 0 } },
    payload: { count: "lines.size()" },
  });
  expect(pack.at).toEqual({ pack: "shop.yaml:1:7", tables: { sales: "shop.yaml:4:3", items: "shop.yaml:5:3" } });
  expect(structuredClone(pack)).toEqual(pack);
});

test("the error is the first mistake, with a hint", () => {
  const parse = (): unknown => parseRulePack("pack: 1\nversion: x\nentities: {}\n", "shop.yaml");
  expect(parse).toThrow(AppError);
  expect(parse).toThrow(
    expect.objectContaining({
      code: "rules.invalid",
      message: "shop.yaml:1:7: `pack` must be text, not the number 1 (put it in quotes)",
      hint: expect.stringContaining("pharmacy.yaml") as string,
    }),
  );
});

test("a pack may have entities only", () => {
  expect(parseRulePack("pack: a\nversion: 1\nentities: {}\n", "a.yaml").rules).toEqual([]);
});

test("the shipped pack has no mistakes", () => {
  const text = readFileSync(join(packageRoot, "schema/rules/pharmacy.yaml"), "utf8");
  expect(parseRulePack(text, "pharmacy.yaml").pack).toBe("pharmacy");
});

describe("YAML", () => {
  test.each([
    ["", "shop.yaml:1:1: a rule pack must be a map of keys, not empty"],
    ["- a\n", "shop.yaml:1:1: a rule pack must be a map of keys, not a list"],
    ["just words\n", "shop.yaml:1:1: a rule pack must be a map of keys, not text"],
    ["pack: a\npack: b\n", "shop.yaml:2:1: `pack` is given twice"],
    ["pack: a\nentities: { x: [1 }\n", "shop.yaml:2:19: Flow sequence"],
    ["pack: !secret a\n", "shop.yaml:1:7: Unresolved tag: !secret"],
    ["pack: a\n---\npack: b\n", "shop.yaml:2:1: Source contains multiple documents"],
    ["pack: *other\n", "shop.yaml:1:1: Unresolved alias"],
    ["pack: a\n\tversion: 1\n", "shop.yaml:2:1: "],
  ])("%j", (text, mistake) => {
    expect(mistakesOf(text)[0]).toSatisfy((message: string) => message.startsWith(mistake), mistake);
  });

  test("aliases that expand without end are refused, not expanded", () => {
    const bomb = `a: &a [${"x,".repeat(20)}]\n${"bcdefgh".replace(/./g, (key) => {
      const before = String.fromCharCode(key.charCodeAt(0) - 1);
      return `${key}: &${key} [${`*${before},`.repeat(20)}]\n`;
    })}`;
    expect(mistakesOf(bomb)[0]).toMatch(/^shop\.yaml:1:1: Excessive alias count/);
  });
});

describe("keys and types", () => {
  test.each([
    ["    payload:", "    payloads:", "shop.yaml:17:5: unknown key `payloads`; did you mean `payload`?"],
    ["entities:", "entitys:", "shop.yaml:3:1: unknown key `entitys`; did you mean `entities`?"],
    ["actor: user_id", "wherefrom: user_id", "shop.yaml:4:41: unknown key `wherefrom`"],
    ["confidence: 0.5", "confidence: 1.5", "shop.yaml:16:17: rule `sale-made`: `confidence` must be between 0 and 1"],
    ["confidence: 0.5", "confidence: -1", "shop.yaml:16:17: rule `sale-made`: `confidence` must be between 0 and 1"],
    [
      "confidence: 0.5",
      "confidence: high",
      "shop.yaml:16:17: rule `sale-made`: `confidence` must be a number, not text",
    ],
    ["    confidence: 0.5\n", "", "shop.yaml:7:5: rule `sale-made`: `confidence` is missing"],
    ["pack: shop", "pack: My Shop", "shop.yaml:1:7: `pack` must be a name like `sale-completed`"],
    ["version: 1\nent", "version: 0\nent", "shop.yaml:2:10: `version` must be 1 or more"],
    ["version: 1\nent", "version: 1.5\nent", "shop.yaml:2:10: `version` must be a whole number, not the number 1.5"],
    ["id: [sale_id], actor", "id: [], actor", "shop.yaml:4:30: `entities.sales.id` must name at least one column"],
    ["id: [sale_id], actor", "id: sale_id, actor", "shop.yaml:4:30: `entities.sales.id` must be a list, not text"],
    ["id: [sale_id], actor", "id: [[a]], actor", "shop.yaml:4:31: `entities.sales.id.0` must be text, not a list"],
    [
      "operation: insert, when",
      "operation: inserted, when",
      "shop.yaml:10:36: rule `sale-made`: `on.operation` must be insert, update or delete",
    ],
    [
      "operation: insert, when",
      "operation: [truncate], when",
      "shop.yaml:10:36: rule `sale-made`: `on.operation` must be insert, update or delete",
    ],
    [
      "match: { sale_id: sale_id }",
      "match: {}",
      "shop.yaml:12:56: rule `sale-made`: `group.lines.match` must name at least one column",
    ],
    ["lines: {", "Lines: {", "shop.yaml:12:7: rule `sale-made`: `group.Lines` must be a name like `sale_item`"],
    [
      "count: lines.size()",
      "count: 5",
      "shop.yaml:18:14: rule `sale-made`: `payload.count` must be text, not the number 5 (put it in quotes)",
    ],
    [
      "count: lines.size()",
      "count: true",
      "shop.yaml:18:14: rule `sale-made`: `payload.count` must be text, not the value true (put it in quotes)",
    ],
    ["count: lines.size()", "count:", "shop.yaml:18:13: rule `sale-made`: `payload.count` must be text, not empty"],
    [
      "count: lines.size()",
      "count: { a: b }",
      "shop.yaml:18:14: rule `sale-made`: `payload.count` must be text, not a map of keys",
    ],
    [
      "count: lines.size()",
      "count: ' '",
      "shop.yaml:18:14: rule `sale-made`: `payload.count` must be a CEL expression",
    ],
    ["type: sale.made", "type: sale", "shop.yaml:9:11: rule `sale-made`: `type` must be a type like `sale.completed`"],
    [
      "- { table: sales, operation: delete }",
      "- 5",
      "shop.yaml:14:9: rule `sale-made`: `absent.0` must be a map of keys, not the number 5",
    ],
    [
      "{ sale_id: sale_id } }",
      "{ sale_id: sale_id }, min: -1 }",
      "shop.yaml:12:83: rule `sale-made`: `group.lines.min` must be 0 or more",
    ],
  ])("%j -> %j", (from, to, mistake) => {
    expect(mistakesWith(from, to)).toContainEqual(expect.stringContaining(mistake));
  });

  test("every mistake is listed, in the order of the file", () => {
    const text = good
      .replace("confidence: 0.5", "confidence: 7")
      .replace("pack: shop", "pack: 5")
      .replace("    on: {", "    when: a\n    on: {");
    expect(mistakesOf(text).map((line) => line.split(": ")[0])).toEqual([
      "shop.yaml:1:7",
      "shop.yaml:10:5",
      "shop.yaml:17:17",
    ]);
  });
});

describe("what belongs together", () => {
  test.each([
    [
      "on: { table: sales",
      "on: { table: sale",
      "shop.yaml:10:18: table `sale` is not among the entities of this pack; did you mean `sales`?",
    ],
    [
      "on: { table: sales",
      "on: { table: toString",
      "shop.yaml:10:18: table `toString` is not among the entities of this pack",
    ],
    [
      "lines: { table: items",
      "lines: { table: itms",
      "shop.yaml:12:23: table `itms` is not among the entities of this pack; did you mean `items`?",
    ],
    [
      "- { table: sales",
      "- { table: refunds",
      "shop.yaml:14:18: table `refunds` is not among the entities of this pack",
    ],
    [
      "mask: [card]",
      "mask: [card, sale_id]",
      "shop.yaml:5:54: `sale_id` cannot be masked: it is the id or the actor of `items`",
    ],
    ["actor: user_id", "actor: user_id, mask: [user_id]", "shop.yaml:4:64: `user_id` cannot be masked"],
    [
      "match: { sale_id: sale_id }",
      "match: { card: sale_id }",
      "shop.yaml:12:58: `card` cannot be matched: a masked column",
    ],
    [
      "sales, operation: delete }",
      "items, operation: delete, match: { card: sale_id } }",
      "shop.yaml:14:53: `card` cannot be matched: a masked column",
    ],
    ["lines: {", "changed: {", "shop.yaml:12:7: a group cannot be named `changed`"],
    ["lines: {", "in: {", "shop.yaml:12:7: a group cannot be named `in`"],
    ["lines: {", "int: {", "shop.yaml:12:7: a group cannot be named `int`"],
  ])("%j -> %j", (from, to, mistake) => {
    expect(mistakesWith(from, to)[0]).toContain(mistake);
  });

  test("a masked column of the triggering row cannot be matched either", () => {
    const text = good.replace("actor: user_id", "mask: [code]").replace("{ sale_id: sale_id }", "{ sale_id: code }");
    expect(mistakesOf(text)[0]).toContain("shop.yaml:12:58: `sale_id` cannot be matched");
  });

  test("two rules of one name", () => {
    const second = good.slice(good.indexOf("  - name"));
    expect(mistakesOf(good + second)).toEqual(["shop.yaml:19:11: two rules are named `sale-made`"]);
  });
});

describe("expressions", () => {
  test.each([
    [
      'after.total != "0"',
      'after.total = "0"',
      "shop.yaml:10:62: rule `sale-made`: `on.when`: Unexpected character: =",
    ],
    [
      'after.total != "0"',
      "afer.total != null",
      "shop.yaml:10:50: rule `sale-made`: `on.when`: unknown variable `afer`; did you mean `after`?",
    ],
    [
      'after.total != "0"',
      "after.status == PAID",
      'shop.yaml:10:66: rule `sale-made`: `on.when`: unknown variable `PAID` (text needs quotes: "PAID")',
    ],
    [
      'after.total != "0"',
      "lines.size() > 1",
      "shop.yaml:10:50: rule `sale-made`: `on.when`: unknown variable `lines`",
    ],
    [
      'after.total != "0"',
      "size(changed)",
      "shop.yaml:10:50: rule `sale-made`: `on.when`: must give bool, but gives int",
    ],
    [
      "occurred_at: after.created_at",
      "occurred_at: 1 + 1",
      "shop.yaml:15:18: rule `sale-made`: `occurred_at`: must give string or",
    ],
    [
      "count: lines.size()",
      "count: lines.map(i, i.aftr.x)",
      "shop.yaml:18:29: rule `sale-made`: `payload.count`: No such key: aftr",
    ],
    [
      "count: lines.size()",
      "count: '\"a\" + 1'",
      "shop.yaml:18:15: rule `sale-made`: `payload.count`: no such overload: string + int",
    ],
    [
      "count: lines.size()",
      "count: 'after.a =='",
      "shop.yaml:18:25: rule `sale-made`: `payload.count`: Unexpected token: EOF",
    ],
    ["count: lines.size()", "count: 'nope(''a'')'", "shop.yaml:18:14: rule `sale-made`: `payload.count`: "],
    [
      "count: lines.size()",
      "count: |\n        after.a +\n        afer.b",
      "shop.yaml:18:14: rule `sale-made`: `payload.count`: unknown variable `afer`",
    ],
    [
      "count: lines.size()",
      "count: |\n        1 + afer.b",
      "shop.yaml:19:13: rule `sale-made`: `payload.count`: unknown variable `afer`",
    ],
    [
      "count: lines.size()",
      "count: orElse(after.a)",
      "shop.yaml:18:14: rule `sale-made`: `payload.count`: found no matching overload for 'orElse(dyn)'",
    ],
    [
      "count: lines.size()",
      "count: orElse(afer.a, 1)",
      "shop.yaml:18:21: rule `sale-made`: `payload.count`: unknown variable `afer`",
    ],
    [
      "count: lines.size()",
      "count: line.size()",
      "shop.yaml:18:14: rule `sale-made`: `payload.count`: unknown variable `line`; did you mean `lines`?",
    ],
  ])("%j -> %j", (from, to, mistake) => {
    expect(mistakesWith(from, to)[0]).toContain(mistake);
  });

  test("a text that the file does not spell out letter for letter is reported at its start", () => {
    const text =
      "pack: a\nversion: 1\nentities: { t: { entity: e, id: [i] } }\nrules:\n" +
      "  - { name: n, version: 1, type: a.b, confidence: 1,\n" +
      '      on: { table: t, operation: insert, when: "after.x == \\"\\u0041\\" +" } }\n';
    expect(mistakesOf(text)[0]).toContain("shop.yaml:6:48: rule `n`: `on.when`:");
  });

  test("values through an alias are reported where the alias is", () => {
    const text = good
      .replace("operation: insert, when", "operation: &op inserted, when")
      .replace("operation: delete", "operation: *op");
    expect(mistakesOf(text)).toContainEqual(
      expect.stringMatching(/^shop\.yaml:14:36: rule `sale-made`: `absent\.0\.operation` must be/),
    );
  });
});
