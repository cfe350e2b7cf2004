// Rules that look back: which earlier change an event rests on, and that it serves one event only.
import { describe, expect, test } from "vitest";
import { createChangeHistory, keptMax } from "../../../src/infer/change-history.ts";
import { compileRules } from "../../../src/infer/compile-rules.ts";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import type { BusinessEvent } from "../../../src/model/business-event.ts";
import { type ChangeEvent, unknownActor } from "../../../src/model/change-event.ts";

const pack = `pack: shop
version: 1
database: shop
entities:
  stock: { entity: stock, id: [stock_id] }
rules:
  - name: stock-transferred
    version: 1
    type: stock.transferred
    on: { table: stock, operation: update, when: after.quantity > before.quantity }
    preceded_by:
      out:
        table: stock
        operation: update
        when: after.quantity < before.quantity
        match: { product: product }
        differs: [branch]
        within: 48h
    confidence: 0.9
    payload:
      from: out.after.branch
      to: after.branch
`;
const compile = (text = pack) => compileRules([parseRulePack(text, "shop.yaml")]);

let sequence = 0;

/** Stock of a product in a branch goes up or down by `by`, as a transaction of its own, `hours` after the first. */
function stock(branch: string | null, by: number, hours: number, more: Partial<ChangeEvent> = {}): ChangeEvent {
  sequence += 1;
  return {
    event_id: `e${sequence}`,
    source_db: "shop",
    source_table: "stock",
    source_pk: {},
    operation: "update",
    before: { product: 7, branch, quantity: 10 },
    after: { product: 7, branch, quantity: 10 + by },
    changed: ["quantity"],
    timestamp: new Date(Date.UTC(2026, 0, 5) + hours * 3_600_000).toISOString(),
    transaction_id: `source:${sequence}`,
    seq: 0,
    entity_type: "stock",
    entity_id: "1",
    actor: unknownActor,
    metadata: {},
    ...more,
  };
}

/** Each argument is a transaction; gives the events of all. */
function play(transactions: readonly (readonly ChangeEvent[])[], text = pack): BusinessEvent[] {
  const rules = compile(text);
  const history = createChangeHistory(rules.preceding);
  return transactions.flatMap((events) => {
    const inferred = rules.infer(events, history);
    history.add(events);
    return inferred;
  });
}

describe("an event with a preceding change", () => {
  test("rests on both, and tells of both", () => {
    const out = stock("A", -2, 0, { actor: { id: "5", kind: "app_user", grade: "tag" } });
    const into = stock("B", 2, 1);
    expect(play([[out], [into]])).toMatchObject([
      {
        type: "stock.transferred",
        transaction_id: into.transaction_id,
        payload: { from: "A", to: "B" },
        change_event_ids: [out.event_id, into.event_id],
        actor: unknownActor,
      },
    ]);
  });

  test("rests on the newest that fits; each change serves one event", () => {
    const outs = [stock("A", -1, 0), stock("C", -1, 1), stock("B", -1, 2)];
    const into = [stock("B", 1, 3), stock("B", 1, 4), stock("B", 1, 5)];
    const events = play([...outs, ...into].map((change) => [change]));
    expect(events.map(({ payload }) => payload["from"])).toEqual(["C", "A"]);
    expect(events.map(({ change_event_ids }) => change_event_ids[0])).toEqual([outs[1]!.event_id, outs[0]!.event_id]);
  });

  test("two triggers of one transaction do not share one", () => {
    expect(play([[stock("A", -1, 0)], [stock("B", 1, 1), stock("C", 1, 1)]])).toHaveLength(1);
  });

  test.each<[string, readonly (readonly ChangeEvent[])[]]>([
    ["there is none", [[stock("B", 1, 1)]]],
    ["it is in the same transaction", [[stock("A", -1, 1), stock("B", 1, 1)]]],
    ["it came afterwards", [[stock("B", 1, 0)], [stock("A", -1, 1)]]],
    ["it is too old", [[stock("A", -1, 0)], [stock("B", 1, 48.1)]]],
    ["it does not differ", [[stock("B", -1, 0)], [stock("B", 1, 1)]]],
    ["whether it differs is not known", [[stock(null, -1, 0)], [stock("B", 1, 1)]]],
    ["it is of another database", [[stock("A", -1, 0, { source_db: "other" })], [stock("B", 1, 1)]]],
    ["it is of another operation", [[stock("A", -1, 0, { operation: "insert" })], [stock("B", 1, 1)]]],
    [
      "it does not match",
      [[stock("A", -1, 0, { after: { product: 8, branch: "A", quantity: 1 } })], [stock("B", 1, 1)]],
    ],
  ])("is not inferred where %s", (_, transactions) => expect(play(transactions)).toEqual([]));

  test("is inferred at the very end of the window, and after a clock that was set back", () => {
    expect(play([[stock("A", -1, 0)], [stock("B", 1, 48)]])).toHaveLength(1);
    expect(play([[stock("A", -1, 1)], [stock("B", 1, 0)]])).toHaveLength(1);
  });

  test("of several, each rests on a change of its own", () => {
    const twice = pack.replace(
      "    confidence",
      `      other: { table: stock, operation: update, match: { product: product }, within: 48h }\n    confidence`,
    );
    const changes = [stock("A", -1, 0), stock("C", -1, 1), stock("B", 1, 2)];
    const [event] = play(
      changes.map((change) => [change]),
      twice,
    );
    expect(event!.change_event_ids).toEqual(changes.map(({ event_id }) => event_id));
    expect(play([changes.slice(1, 2), changes.slice(2)], twice)).toEqual([]);
  });

  test("without anybody who keeps earlier changes there is none", () => {
    expect(compile().infer([stock("B", 1, 1)])).toEqual([]);
  });
});

describe("what is kept", () => {
  const { preceding } = compile();
  const [selector] = preceding;

  test("used changes stay used, also those that were used before they were added", () => {
    const history = createChangeHistory(preceding);
    const [first, second] = [stock("A", -1, 0), stock("A", -1, 1)];
    history.use({ pack: "shop", name: "stock-transferred" }, second.event_id);
    history.use({ pack: "shop", name: "another" }, first.event_id);
    history.add([first, second]);
    expect(history.newestUnused(selector!, stock("B", 1, 2), [])).toBe(first);
    history.use({ pack: "shop", name: "stock-transferred" }, first.event_id);
    expect(history.newestUnused(selector!, stock("B", 1, 2), [])).toBeUndefined();
    history.add([first]);
    expect(history.newestUnused(selector!, stock("B", 1, 2), [])).toBeUndefined();
  });

  test("has an end: the oldest goes, and somebody hears of it", () => {
    let dropped = 0;
    const history = createChangeHistory(preceding, () => (dropped += 1));
    const changes = Array.from({ length: keptMax + 2 }, (_, index) =>
      stock("A", -1, 0, { after: { product: index, branch: "A", quantity: 1 } }),
    );
    history.add(changes);
    expect(dropped).toBe(2);
    const about = (product: number) => stock("B", 1, 1, { after: { product, branch: "B", quantity: 11 } });
    expect(history.newestUnused(selector!, about(1), [])).toBeUndefined();
    expect(history.newestUnused(selector!, about(2), [])).toBe(changes[2]);
  });

  test("goes when it is too old for any event", () => {
    let dropped = 0;
    const history = createChangeHistory(preceding, () => (dropped += 1));
    for (let hours = 0; hours < 3 * keptMax; hours += 2) history.add([stock("A", -1, hours)]);
    expect(dropped).toBe(0);
  });
});
