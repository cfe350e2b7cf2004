// The parts of a rule that look at rows of their own: `changed` and `when` of groups and absent changes, labels, examples,
// and what is wrong with each.
import { describe, expect, test } from "vitest";
import { compileRules } from "../../../src/infer/compile-rules.ts";
import type { RuleFailure } from "../../../src/infer/rule-failure.ts";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import { AppError } from "../../../src/model/app-error.ts";
import type { BusinessEvent } from "../../../src/model/business-event.ts";
import { type ChangeEvent, unknownActor } from "../../../src/model/change-event.ts";
import type { Operation, RowImage } from "../../../src/model/change-event.ts";

const good = `pack: shop
version: 1
entities:
  sales: { entity: sale, id: [sale_id] }
  items: { entity: sale, id: [sale_id], mask: [card] }
  stock: { entity: stock, id: [product] }
rules:
  - name: stock-moved
    version: 1
    type: stock.moved
    label: { en: Stock moved, es: Traslado }
    on: { table: stock, operation: update, changed: [quantity] }
    group:
      lines: { table: items, operation: insert, match: { product: product }, when: after.kind == "MOVE" }
    absent:
      - { table: sales, operation: update, changed: [status], when: after.status == "VOID" }
    preceded_by:
      sent: { table: stock, operation: update, when: after.quantity < before.quantity, match: { product: product }, differs: [branch], within: 48h }
    confidence: 0.9
    payload:
      from: sent.after.branch
      lines: lines.size()
    examples:
      - name: from one branch to another
        earlier:
          - [{ table: stock, operation: update, before: { quantity: 2 }, after: { quantity: 1 } }]
        changes:
          - { table: stock, operation: update, before: { quantity: 1 }, after: { quantity: 2 } }
        events:
          - { type: stock.moved, entity_id: "7", payload: { lines: 0 } }
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

test("the good pack has no mistakes", () => expect(mistakesOf(good)).toEqual([]));

describe("a mistake is found at its place", () => {
  test.each([
    ["label: { en: Stock moved, es", "label: { en: Stock moved, fr", "11:31: unknown key `fr`"],
    ["label: { en: Stock moved, es", "label: { es", "11:12: rule `stock-moved`: `label.en` is missing"],
    [", within: 48h", "", "18:13: rule `stock-moved`: `preceded_by.sent.within` must be a duration like `48h`"],
    ["within: 48h", "within: 48", "18:144: rule `stock-moved`: `preceded_by.sent.within` must be a duration"],
    ["within: 48h", "within: 2 days", "18:144: rule `stock-moved`: `preceded_by.sent.within` must be a duration"],
    ["within: 48h", "within: 31d", "18:144: rule `stock-moved`: `preceded_by.sent.within` must be at most 30d"],
    [
      "match: { product: product }, differs",
      "differs",
      "18:13: rule `stock-moved`: `preceded_by.sent.match` is missing",
    ],
    ["sent: { table: stock", "sent: { table: stok", "18:22: table `stok` is not among the entities of this pack; did"],
    ["sent: { table", "lines: { table", "18:7: a preceding change cannot be named `lines`"],
    ["sent: { table", "after: { table", "18:7: a preceding change cannot be named `after`"],
    [
      "after.quantity < before",
      "afer.quantity < before",
      "18:54: rule `stock-moved`: `preceded_by.sent.when`: unknown",
    ],
    ["after.kind == ", "sent.after.kind == ", "14:84: rule `stock-moved`: `group.lines.when`: unknown variable `sent`"],
    ['after.status == "VOID"', "size(changed)", "16:69: rule `stock-moved`: `absent.0.when`: must give bool"],
    ["from: sent.after", "from: sent.afer", "21:18: rule `stock-moved`: `payload.from`: No such key: afer"],
    [
      "from: sent.after",
      "from: sent[0].after",
      "21:13: rule `stock-moved`: `payload.from`: Cannot index type 'Change'",
    ],
    [
      "lines: { table: items, operation: insert, match: { product: product }",
      "lines: { table: items, operation: insert, match: { card: product }",
      "cannot be m",
    ],
    ["before: { quantity: 2 }, ", "", "26:14: an update needs `before`"],
    [
      "update, before: { quantity: 1 }, after",
      "insert, before: { quantity: 1 }, after",
      "28:48: an insert has no `before`",
    ],
    [
      "{ type: stock.moved",
      "{ type: stock.moves",
      "30:21: rule `stock-moved` gives `stock.moved`, never `stock.moves`",
    ],
    [
      "payload: { lines: 0 }",
      "payload: { line: 0 }",
      "the payload of rule `stock-moved` has no `line`; did you mean `lines`?",
    ],
    ['entity_id: "7"', "entity_id: 7", "`examples.0.events.0.entity_id` must be text (put it in quotes)"],
    ["        changes:\n", "        change:\n", "27:9: unknown key `change`; did you mean `changes`?"],
  ])("%j -> %j", (from, to, mistake) => {
    expect(good).toContain(from);
    const found = mistakesOf(good.replace(from, to)).join("\n");
    expect(found.replaceAll("shop.yaml:", "")).toContain(mistake);
  });

  test("a masked column never differs", () => {
    const text = good.replace(
      "stock: { entity: stock, id: [product] }",
      "stock: { entity: s, id: [product], mask: [branch] }",
    );
    expect(mistakesOf(text)).toEqual([expect.stringContaining("`branch` never differs: a masked column")]);
  });
});

type Change = [table: string, operation: Operation, before: RowImage | null, after: RowImage | null];

function transaction(...changes: Change[]): ChangeEvent[] {
  return changes.map(([source_table, operation, before, after], seq) => ({
    event_id: `e${seq}`,
    source_db: "shop",
    source_table,
    source_pk: {},
    operation,
    before,
    after,
    changed: Object.keys(after ?? before ?? {}).filter((column) => before?.[column] !== after?.[column]),
    timestamp: "2026-01-05T10:00:00.000000Z",
    transaction_id: "source:7",
    seq,
    entity_type: "stock",
    entity_id: "7",
    actor: unknownActor,
    metadata: {},
  }));
}

function infer(rule: string, events: readonly ChangeEvent[]): { inferred: BusinessEvent[]; failures: RuleFailure[] } {
  const head = good.slice(0, good.indexOf("    label"));
  const pack = parseRulePack(
    `${head}    confidence: 1\n    on: { table: stock, operation: update }\n${rule}`,
    "shop.yaml",
  );
  const failures: RuleFailure[] = [];
  return { inferred: compileRules([pack], (failure) => failures.push(failure)).infer(events), failures };
}

const stock: Change = ["stock", "update", { product: 7, quantity: 1 }, { product: 7, quantity: 2 }];

describe("`when` and `changed`", () => {
  const group = `    group:
      lines: { table: items, operation: [insert, update], match: { product: product }, when: after.kind == "MOVE", min: 1 }
    payload: { kinds: "lines.map(l, l.after.note)" }`;

  test("of a group choose its members", () => {
    const line = (kind: string, note: string): Change => ["items", "insert", null, { product: 7, kind, note }];
    const events = transaction(stock, line("MOVE", "a"), line("SALE", "b"), line("MOVE", "c"));
    expect(infer(group, events).inferred[0]).toMatchObject({
      payload: { kinds: ["a", "c"] },
      change_event_ids: ["e0", "e1", "e3"],
    });
    expect(infer(group, transaction(stock, line("SALE", "b"))).inferred).toEqual([]);
    const changedOnly = group.replace('when: after.kind == "MOVE"', "changed: [note]");
    const same: Change = ["items", "update", { product: 7, note: "x" }, { product: 7, note: "x", kind: "y" }];
    expect(infer(changedOnly, transaction(stock, same)).inferred).toEqual([]);
  });

  test("a member of which it cannot be told does not belong, and somebody hears of it", () => {
    const { inferred, failures } = infer(group, transaction(stock, ["items", "insert", null, { product: 7 }]));
    expect(inferred).toEqual([]);
    expect(failures).toMatchObject([{ part: "group.lines.when", event_id: "e1", message: "No such key: kind" }]);
  });

  const absent = `    absent:\n      - { table: sales, operation: update, changed: [status], when: after.status == "VOID" }`;

  test("of an absent change: only such a one keeps the rule from firing", () => {
    const sale = (from: string, to: string): Change => ["sales", "update", { status: from }, { status: to }];
    expect(infer(absent, transaction(stock, sale("OPEN", "VOID"))).inferred).toEqual([]);
    expect(infer(absent, transaction(stock, sale("OPEN", "PAID"))).inferred).toHaveLength(1);
    expect(infer(absent, transaction(stock, sale("VOID", "VOID"))).inferred).toHaveLength(1);
  });

  test("an absent change of which it cannot be told keeps the rule from firing", () => {
    const blind = absent.replace("changed: [status], ", "");
    const { inferred, failures } = infer(blind, transaction(stock, ["sales", "update", {}, {}]));
    expect(inferred).toEqual([]);
    expect(failures).toMatchObject([{ part: "absent.0.when" }]);
  });
});
