// Why an event is in the trail: each part of its rule with the values it had; and a rule in plain words.
import { expect, test } from "vitest";
import { createChangeHistory } from "../../../src/infer/change-history.ts";
import { compileRules } from "../../../src/infer/compile-rules.ts";
import { describeRule } from "../../../src/infer/describe-rule.ts";
import { explainEvent } from "../../../src/infer/explain-event.ts";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import { type ChangeEvent, unknownActor } from "../../../src/model/change-event.ts";
import type { RowImage } from "../../../src/model/change-event.ts";

const pack = parseRulePack(
  `pack: shop
version: 1
entities:
  orders: { entity: order, id: [id] }
  lines: { entity: order, id: [order_id] }
rules:
  - name: shipped
    version: 4
    type: order.shipped
    on: { table: orders, operation: [insert, update], changed: [status], when: after.status == "SHIPPED" }
    group:
      lines: { table: lines, operation: update, match: { order_id: id }, min: 1 }
    absent:
      - { table: orders, operation: delete }
    preceded_by:
      paid: { table: orders, operation: update, when: after.status == "PAID", match: { id: id }, differs: [clerk], within: 30d }
    occurred_at: after.shipped_at
    confidence: 0.9
    payload:
      lines: lines.size()
`,
  "shop.yaml",
);

let seq = 0;

function change(source_table: string, transaction: number, before: RowImage | null, after: RowImage): ChangeEvent {
  seq += 1;
  return {
    event_id: `e${seq}`,
    source_db: "shop",
    source_table,
    source_pk: {},
    operation: before === null ? "insert" : "update",
    before,
    after,
    changed: Object.keys(after).filter((column) => before?.[column] !== after[column]),
    timestamp: `2026-01-0${transaction}T10:00:00.000000Z`,
    transaction_id: `source:${transaction}`,
    seq,
    entity_type: "order",
    entity_id: "7",
    actor: unknownActor,
    metadata: {},
  };
}

test("an event is explained by the values its conditions had and the changes that fit", () => {
  const paid = change("orders", 1, { id: 7, clerk: "ana", status: "NEW" }, { id: 7, clerk: "ana", status: "PAID" });
  const shipped = change(
    "orders",
    2,
    { id: 7, clerk: "ben", status: "PAID" },
    { id: 7, clerk: "ben", status: "SHIPPED" },
  );
  // It would rest on the payment too, were that not used up by then.
  const same = change("orders", 2, { id: 7, clerk: "zoe", status: "PAID" }, { id: 7, clerk: "zoe", status: "SHIPPED" });
  const line = change("lines", 2, { order_id: 7, sent: 0 }, { order_id: 7, sent: 1 });
  const other = change("lines", 2, { order_id: 8, sent: 0 }, { order_id: 8, sent: 1 });
  const transaction = [shipped, same, line, other];
  const rules = compileRules([pack]);
  const history = createChangeHistory(rules.preceding);
  history.add([paid]);
  const [event, ...more] = rules.infer(transaction, history);
  expect(more).toEqual([]);
  expect(explainEvent(event!, pack, transaction, [paid])).toEqual({
    parts: [
      {
        part: "on",
        asks: 'insert or update of orders that changed status, where after.status == "SHIPPED"',
        found: [
          expect.objectContaining({
            event_id: shipped.event_id,
            because: { "before.status": "PAID", "after.status": "SHIPPED" },
          }),
        ],
      },
      {
        part: "group.lines",
        asks: "update of lines, where its order_id is the trigger's id",
        found: [expect.objectContaining({ event_id: line.event_id, because: { order_id: 7 } })],
      },
      { part: "absent.0", asks: "delete of orders", found: [] },
      {
        part: "preceded_by.paid",
        asks: `update of orders, where after.status == "PAID" and its id is the trigger's id, at most 30d before`,
        found: [
          expect.objectContaining({
            event_id: paid.event_id,
            transaction_id: "source:1",
            because: { "after.status": "PAID", id: 7, clerk: "ana", "trigger's clerk": "ben" },
          }),
        ],
      },
    ],
    payload: { lines: { expression: "lines.size()", value: 1 } },
    reproduced: true,
  });
  // Values that were changed behind the store's back do not come out again.
  expect(explainEvent({ ...event!, payload: { lines: 2 } }, pack, transaction, [paid])).toMatchObject({
    reproduced: false,
  });
  expect(explainEvent(event!, { ...pack, rules: [] }, transaction, [paid])).toBeUndefined();
  expect(explainEvent(event!, pack, [line], [paid])).toBeUndefined();
});

test("a rule is told in plain words", () => {
  expect(describeRule(pack.rules[0]!)).toEqual([
    'fires for each insert or update of orders that changed status, where after.status == "SHIPPED"',
    "takes in, as lines, at least 1 of the same transaction: update of lines, where its order_id is the trigger's id",
    "not if the same transaction has delete of orders",
    'only if it was preceded, in an earlier transaction at most 30d before, by update of orders, where after.status == "PAID" and its id is the trigger\'s id, with another clerk (paid; the newest that no event of this rule rests on)',
    "happened at after.shipped_at; confidence 0.9",
    "tells lines: lines.size()",
  ]);
});
