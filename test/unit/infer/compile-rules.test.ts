// Rules at work on the changes of one transaction: when they fire, what belongs to an event, and what they do about
// rows they cannot read.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileRules } from "../../../src/infer/compile-rules.ts";
import type { RuleFailure } from "../../../src/infer/rule-failure.ts";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import type { RulePack } from "../../../src/infer/rule-pack.ts";
import type { BusinessEvent } from "../../../src/model/business-event.ts";
import { unknownActor } from "../../../src/model/change-event.ts";
import type { Actor, ChangeEvent, Operation, RowImage } from "../../../src/model/change-event.ts";

type Change = [
  table: string,
  operation: Operation,
  before: RowImage | null,
  after: RowImage | null,
  more?: Partial<ChangeEvent> | undefined,
];

const committed = "2026-01-05T10:00:00.000000Z";

/** The changes of one transaction, in this order. */
function transaction(...changes: Change[]): ChangeEvent[] {
  return changes.map(([table, operation, before, after, more], seq) => {
    const row = after ?? before ?? {};
    return {
      event_id: `change-${JSON.stringify([table, operation, before, after])}`,
      source_db: "shop",
      source_table: table,
      source_pk: {},
      operation,
      before,
      after,
      changed: Object.keys(row).filter((column) => !before || !after || before[column] !== after[column]),
      timestamp: committed,
      transaction_id: "source:7",
      seq,
      entity_type: "sale",
      entity_id: JSON.stringify(row["sale_id"] ?? null),
      actor: unknownActor,
      metadata: {},
      ...more,
    };
  });
}

const insert = (table: string, after: RowImage, more?: Partial<ChangeEvent>): Change => [
  table,
  "insert",
  null,
  after,
  more,
];
const sale = (id: number | null, more?: Partial<ChangeEvent>): Change =>
  insert("sales", { sale_id: id, total: "12.50" }, more);
const item = (saleId: number | null, product: number, more?: Partial<ChangeEvent>): Change =>
  insert("items", { sale_id: saleId, product, quantity: 1 }, more);

/** A pack of one rule, from the lines of the rule that matter to a test. */
function packOf(rule: string, head = "database: shop"): RulePack {
  const text = `pack: shop
version: 1
${head}
entities:
  sales: { entity: sale, id: [sale_id] }
  items: { entity: sale, id: [sale_id] }
rules:
  - name: the-rule
    version: 3
    type: sale.made
    confidence: 0.75
${rule.replace(/^ */gm, (indent) => `    ${indent}`)}`;
  return parseRulePack(text, "shop.yaml");
}

const saleRule = `on: { table: sales, operation: insert }
group:
  lines: { table: items, operation: insert, match: { sale_id: sale_id }, min: 1 }
payload:
  products: lines.map(i, i.after.product)`;

function infer(rule: string, events: readonly ChangeEvent[]): { inferred: BusinessEvent[]; failures: RuleFailure[] } {
  const failures: RuleFailure[] = [];
  const compiled = compileRules([packOf(rule)], (failure) => failures.push(failure));
  return { inferred: compiled.infer(events), failures };
}

describe("a business event", () => {
  test("names its rule, its entity, and the changes it rests on in the order of the transaction", () => {
    const events = transaction(
      item(1, 10),
      sale(1, { actor: { id: "5", kind: "app_user", grade: "column" } }),
      item(1, 11),
    );
    const { inferred, failures } = infer(saleRule, events);
    expect(failures).toEqual([]);
    expect(inferred).toEqual([
      {
        // as Python's uuid.uuid5 computes it
        business_event_id: "5692b516-e389-570b-8642-53a04c1f1aed",
        type: "sale.made",
        entity_type: "sale",
        entity_id: "1",
        occurred_at: committed,
        timestamp: committed,
        transaction_id: "source:7",
        payload: { products: [10, 11] },
        confidence: 0.75,
        actor: { id: "5", kind: "app_user", grade: "column" },
        rule: { pack: "shop", name: "the-rule", version: 3 },
        change_event_ids: events.map((event) => event.event_id),
      },
    ]);
  });

  test("has the same id when the transaction is read again, another one for another transaction", () => {
    const [first] = infer(saleRule, transaction(sale(1), item(1, 10))).inferred;
    const [again] = infer(saleRule, transaction(sale(1), item(1, 10))).inferred;
    const [other] = infer(saleRule, transaction(sale(1, { transaction_id: "source:8" }), item(1, 10))).inferred;
    expect(again).toEqual(first);
    expect(other!.business_event_id).not.toBe(first!.business_event_id);
  });

  test("takes the actor of a grouped change when its own is unknown", () => {
    const cashier: Actor = { id: "9", kind: "app_user", grade: "column" };
    expect(
      infer(saleRule, transaction(sale(1), item(1, 10), item(1, 11, { actor: cashier }))).inferred[0]!.actor,
    ).toEqual(cashier);
    expect(infer(saleRule, transaction(sale(1), item(1, 10))).inferred[0]!.actor).toEqual(unknownActor);
    const seller: Actor = { id: "5", kind: "app_user", grade: "column" };
    const both = transaction(sale(1, { actor: seller }), item(1, 10, { actor: cashier }));
    expect(infer(saleRule, both).inferred[0]!.actor).toEqual(seller);
  });

  test("names a change that is in two groups once", () => {
    const same = "  same: { table: items, operation: [insert, update], match: { sale_id: sale_id } }";
    const twice = `${saleRule.split("payload")[0]}${same}`;
    expect(infer(twice, transaction(sale(1), item(1, 10))).inferred[0]!.change_event_ids).toHaveLength(2);
  });
});

describe("a rule fires", () => {
  test("for its table, operation and database only", () => {
    const events = transaction(
      ["sales", "update", { sale_id: 1 }, { sale_id: 1 }],
      ["sales", "truncate", null, null],
      insert("other", { sale_id: 1 }),
      sale(1, { source_db: "elsewhere" }),
    );
    expect(infer("on: { table: sales, operation: [insert, delete] }", events).inferred).toEqual([]);
    const anywhere = compileRules([packOf("on: { table: sales, operation: insert }", "")]);
    expect(anywhere.infer(events)).toHaveLength(1);
  });

  test("for a delete, whose row is in `before`", () => {
    const rule = "on: { table: sales, operation: [insert, delete], when: before.total == '1.00' }";
    expect(infer(rule, transaction(["sales", "delete", { sale_id: 1, total: "1.00" }, null])).inferred).toHaveLength(1);
  });

  test("when one of the columns in `changed` did", () => {
    const rule = "on: { table: sales, operation: update, changed: [total, status] }";
    const from = { sale_id: 1, total: "1.00", status: "OPEN", note: "a" };
    expect(infer(rule, transaction(["sales", "update", from, { ...from, note: "b" }])).inferred).toEqual([]);
    expect(infer(rule, transaction(["sales", "update", from, { ...from, status: "PAID" }])).inferred).toHaveLength(1);
  });

  test("in the order of the triggers, then of the rules", () => {
    const pack = packOf("on: { table: sales, operation: insert }");
    const late = { ...pack.rules[0]!, name: "late", type: "sale.late" };
    const compiled = compileRules([{ ...pack, rules: [...pack.rules, late] }]);
    expect(compiled.rules).toEqual([
      { pack: "shop", name: "the-rule", version: 3, type: "sale.made" },
      { pack: "shop", name: "late", version: 3, type: "sale.late" },
    ]);
    const inferred = compiled.infer(transaction(sale(2), sale(1)));
    expect(inferred.map((event) => [event.entity_id, event.type])).toEqual([
      ["2", "sale.made"],
      ["2", "sale.late"],
      ["1", "sale.made"],
      ["1", "sale.late"],
    ]);
  });
});

describe("groups", () => {
  test("two sales of one transaction keep their own items", () => {
    const { inferred } = infer(saleRule, transaction(item(2, 20), sale(1), item(1, 10), sale(2), item(2, 21)));
    expect(inferred.map((event) => event.payload["products"])).toEqual([[10], [20, 21]]);
    expect(inferred[1]!.change_event_ids).toHaveLength(3);
  });

  test("fewer than `min`: the rule does not fire", () => {
    expect(infer(saleRule, transaction(sale(1), item(2, 20))).inferred).toEqual([]);
  });

  test("without `min` a group may be empty", () => {
    const { inferred } = infer(saleRule.replace(", min: 1", ""), transaction(sale(1)));
    expect(inferred[0]!.payload).toEqual({ products: [] });
  });

  test("NULL and absent columns belong to nothing, not even to each other", () => {
    expect(infer(saleRule, transaction(sale(null), item(null, 10))).inferred).toEqual([]);
    expect(infer(saleRule, transaction(insert("sales", {}), insert("items", {}))).inferred).toEqual([]);
    expect(infer(saleRule, transaction(["sales", "insert", null, null], item(1, 1))).inferred).toEqual([]);
  });

  test("a whole group is told as {before, after}", () => {
    const { inferred } = infer(
      saleRule.replace("lines.map(i, i.after.product)", "lines"),
      transaction(sale(1), item(1, 10)),
    );
    expect(inferred[0]!.payload["products"]).toEqual([{ before: {}, after: { sale_id: 1, product: 10, quantity: 1 } }]);
  });

  test("rows of another database do not belong, nor does text to a number", () => {
    expect(infer(saleRule, transaction(sale(1), item(1, 10, { source_db: "elsewhere" }))).inferred).toEqual([]);
    expect(infer(saleRule, transaction(sale(1), insert("items", { sale_id: "1" }))).inferred).toEqual([]);
  });

  test("are joined by several columns", () => {
    const rule = saleRule.replace("{ sale_id: sale_id }", "{ shop: shop, sale: sale_id }");
    const line = (shop: number, id: number): Change => insert("items", { shop, sale: id, product: shop });
    const { inferred } = infer(
      rule,
      transaction(insert("sales", { shop: 1, sale_id: 5 }), line(1, 5), line(2, 5), line(1, 6)),
    );
    expect(inferred[0]!.payload["products"]).toEqual([1]);
  });

  test("do not hold the trigger itself", () => {
    const rule = `on: { table: sales, operation: insert }
group:
  others: { table: sales, operation: insert, match: { total: total } }
payload:
  others: others.map(o, o.after.sale_id)`;
    expect(infer(rule, transaction(sale(1), sale(2))).inferred.map((event) => event.payload["others"])).toEqual([
      [2],
      [1],
    ]);
  });

  test("two bulk changes that match each other do not multiply without end", () => {
    const sales = Array.from({ length: 1_100 }, (_, id) => insert("sales", { sale_id: 1, total: id }));
    const items = Array.from({ length: 1_000 }, (_, product) => item(1, product));
    const { inferred, failures } = infer(saleRule.replace(/payload[^]*/, ""), transaction(...sales, ...items));
    expect(inferred).toHaveLength(1_002); // 1 000 000 and the 2 100 changes of the transaction, by 1 000
    expect(failures).toHaveLength(98);
    expect(failures[0]).toMatchObject({ part: "group.lines", rule: { name: "the-rule" } });
  });

  test("100 000 rows are joined in linear time", () => {
    const changes = Array.from({ length: 25_000 }, (_, id) => [sale(id), item(id, 1), item(id, 2), item(id, 3)]).flat();
    const events = transaction(...changes);
    const compiled = compileRules([packOf(saleRule)]);
    const started = performance.now();
    expect(compiled.infer(events)).toHaveLength(25_000);
    expect(performance.now() - started).toBeLessThan(20_000); // about 0.5 s; quadratic takes minutes
  }, 60_000);
});

describe("absent", () => {
  const rule = (absent: string): string => `on: { table: sales, operation: insert }\nabsent:\n  - ${absent}`;
  const deleted = (saleId: number): Change => ["items", "delete", { sale_id: saleId }, null];

  test("without `match`, any such change keeps the rule from firing", () => {
    const any = rule("{ table: items, operation: delete }");
    expect(infer(any, transaction(sale(1), deleted(2))).inferred).toEqual([]);
    expect(infer(any, transaction(sale(1), item(1, 2))).inferred).toHaveLength(1);
    expect(
      infer(any, transaction(sale(1), ["items", "delete", {}, null, { source_db: "elsewhere" }])).inferred,
    ).toHaveLength(1);
  });

  test("with `match`, only one that belongs to the row", () => {
    const own = rule("{ table: items, operation: delete, match: { sale_id: sale_id } }");
    expect(infer(own, transaction(sale(1), deleted(2), sale(2))).inferred.map((event) => event.entity_id)).toEqual([
      "1",
    ]);
    expect(infer(own, transaction(sale(null), deleted(2))).inferred).toHaveLength(1);
  });

  test("is never the trigger itself", () => {
    const alone = rule("{ table: sales, operation: insert }");
    expect(infer(alone, transaction(sale(1))).inferred).toHaveLength(1);
    expect(infer(alone, transaction(sale(1), sale(2))).inferred).toEqual([]);
  });
});

describe("what cannot be evaluated", () => {
  test("`when` on an absent column: the rule does not fire, and says so", () => {
    const { inferred, failures } = infer(
      "on: { table: sales, operation: insert, when: after.status == 'A' }",
      transaction(sale(1)),
    );
    expect(inferred).toEqual([]);
    expect(failures).toMatchObject([
      { part: "when", message: "No such key: status", rule: { pack: "shop", name: "the-rule" } },
    ]);
  });

  test("`when` that is neither true nor false: the rule does not fire, and says so", () => {
    const { inferred, failures } = infer(
      "on: { table: sales, operation: insert, when: after.sale_id }",
      transaction(sale(1)),
    );
    expect(inferred).toEqual([]);
    expect(failures).toMatchObject([{ part: "when", message: "gives a number, not true or false" }]);
  });

  test("a payload field: it is null, the others and the confidence stay", () => {
    const rule = `on: { table: sales, operation: insert }
payload: { total: after.total, tax: after.tax, sum: after.total + 1 }`;
    const { inferred, failures } = infer(rule, transaction(sale(1)));
    expect(inferred[0]).toMatchObject({ confidence: 0.75, payload: { total: "12.50", tax: null, sum: null } });
    expect(failures.map((failure) => failure.part)).toEqual(["payload.tax", "payload.sum"]);
  });

  test("nobody needs to listen", () => {
    const compiled = compileRules([packOf("on: { table: sales, operation: insert, when: after.nothing }")]);
    expect(compiled.infer(transaction(sale(1)))).toEqual([]);
  });

  test.each([
    ["2026-01-04 09:30:00", "2026-01-04T09:30:00.000000Z"],
    ["0000-00-00 00:00:00", committed],
    [null, committed],
    [12, committed],
  ])("occurred_at %j -> %s", (created, expected) => {
    const rule = "on: { table: sales, operation: insert }\noccurred_at: after.created_at";
    expect(infer(rule, transaction(insert("sales", { created_at: created }))).inferred[0]!.occurred_at).toBe(expected);
  });

  test("occurred_at of an absent column: the commit time, and says so", () => {
    const { inferred, failures } = infer(
      "on: { table: sales, operation: insert }\noccurred_at: after.created_at",
      transaction(sale(1)),
    );
    expect(inferred[0]!.occurred_at).toBe(committed);
    expect(failures).toMatchObject([{ part: "occurred_at" }]);
  });
});

test("a sale written in any order of its rows is the same sale", () => {
  const rows = [sale(1), item(1, 10), item(1, 11), item(1, 12), item(2, 20), insert("other", { sale_id: 1 })];
  const told = (events: readonly ChangeEvent[]): unknown => {
    const { inferred } = infer(saleRule, events);
    const order = new Map(events.map((event) => [event.event_id, event.seq]));
    return inferred.map((event) => {
      const seqs = event.change_event_ids.map((id) => order.get(id)!);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      const products = (event.payload["products"] as number[]).toSorted((a, b) => a - b);
      return { ...event, payload: { products }, change_event_ids: event.change_event_ids.toSorted() };
    });
  };
  const expected = told(transaction(...rows));
  expect(expected).toMatchObject([{ payload: { products: [10, 11, 12] } }]);
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(told(transaction(...shuffled))).toEqual(expected);
    }),
  );
});

test("whatever a row holds, inference does not throw and gives JSON", () => {
  const rule = `on: { table: sales, operation: [insert, update, delete], when: after.a == 1 || after.b > 2 }
occurred_at: after.a
payload: { a: after.a, b: after.b + 1, c: "orElse(before.a, after)", d: "after.a + after.b", e: "changed" }`;
  const row = fc.dictionary(fc.constantFrom("a", "b", "constructor", "__proto__", "$hex"), fc.jsonValue(), {
    maxKeys: 4,
  });
  fc.assert(
    fc.property(
      fc.constantFrom("insert", "update", "delete"),
      fc.option(row),
      fc.option(row),
      (operation, before, after) => {
        const { inferred } = infer(
          rule,
          transaction(["sales", operation, before as RowImage | null, after as RowImage | null]),
        );
        expect(JSON.parse(JSON.stringify(inferred))).toEqual(inferred);
      },
    ),
    { numRuns: 300 },
  );
});

test("no packs, no changes", () => {
  const none = compileRules([]);
  expect(none.infer(transaction(sale(1)))).toEqual([]);
  expect(none.mapping("shop", "sales")).toBeUndefined();
  expect(compileRules([packOf(saleRule)]).infer([])).toEqual([]);
});
