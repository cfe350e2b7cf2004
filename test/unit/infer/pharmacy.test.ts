// The shipped rule pack, on the rows of the demo pharmacy.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { businessEventTypes } from "../../../generator/truth.ts";
import { compileRules } from "../../../src/infer/compile-rules.ts";
import { parseRulePack } from "../../../src/infer/rule-pack.ts";
import { packageRoot } from "../../../src/lib/package-root.ts";
import type { BusinessEvent } from "../../../src/model/business-event.ts";
import { unknownActor } from "../../../src/model/change-event.ts";
import type { ChangeEvent, RowImage } from "../../../src/model/change-event.ts";

const failures: unknown[] = [];
const pack = parseRulePack(readFileSync(join(packageRoot, "schema/rules/pharmacy.yaml"), "utf8"), "pharmacy.yaml");
const compiled = compileRules([pack], (failure) => failures.push(failure));

type Row = [table: string, before: RowImage | null, after: RowImage | null];

function infer(...rows: Row[]): BusinessEvent[] {
  const events = rows.map(([table, before, after], seq): ChangeEvent => {
    const row = (after ?? before)!;
    return {
      event_id: `change-${seq}`,
      source_db: "pharmacy",
      source_table: table,
      source_pk: {},
      operation: before && after ? "update" : after ? "insert" : "delete",
      before,
      after,
      changed: Object.keys(row).filter((column) => before?.[column] !== after?.[column]),
      timestamp: "2026-01-05T10:00:00.000000Z",
      transaction_id: "source:7",
      seq,
      entity_type: compiled.mapping("pharmacy", table)?.entity_type ?? table,
      entity_id: "1",
      actor: unknownActor,
      metadata: {},
    };
  });
  failures.length = 0;
  const inferred = compiled.infer(events);
  expect(failures).toEqual([]);
  return inferred;
}

const sale = {
  sale_id: 1,
  branch_id: 2,
  user_id: 3,
  status: "COMPLETED",
  discount: "0.00",
  total: "24.00",
  created_at: "2026-01-05 09:30:00",
  updated_by: 3,
};
const item = { sale_item_id: 1, sale_id: 1, product_id: 7, quantity: 2, unit_price: "12.00", line_total: "24.00" };
const stock = {
  inventory_id: 1,
  branch_id: 2,
  product_id: 7,
  quantity: 10,
  adjustment_reason: null,
  updated_by: null,
  updated_at: "2026-01-01 00:00:00",
};
const user = {
  user_id: 3,
  username: "ana",
  role: "CASHIER",
  branch_id: 2,
  password_hash: "[REDACTED]",
  status: "ACTIVE",
  created_at: "2026-01-01 00:00:00",
  updated_by: 1,
};

describe("sale.completed", () => {
  test("is a sale with its items; rests on the stock it took, which is no adjustment", () => {
    const inferred = infer(
      ["sales", null, sale],
      ["sales_items", null, item],
      ["inventory", stock, { ...stock, quantity: 8 }],
    );
    expect(inferred).toMatchObject([
      {
        type: "sale.completed",
        entity_type: "sale",
        occurred_at: "2026-01-05T09:30:00.000000Z",
        payload: {
          branch_id: 2,
          total: "24.00",
          items: [{ product_id: 7, quantity: 2, unit_price: "12.00", line_total: "24.00" }],
        },
        change_event_ids: ["change-0", "change-1", "change-2"],
      },
    ]);
  });

  test("is not a sale without items, one that is not completed, or one that is deleted again", () => {
    expect(infer(["sales", null, sale])).toEqual([]);
    expect(infer(["sales", null, { ...sale, status: "OPEN" }], ["sales_items", null, item])).toEqual([]);
    expect(infer(["sales", null, sale], ["sales_items", null, item], ["sales", sale, null])).toEqual([]);
  });

  test("is not hidden by an old sale that is deleted beside it", () => {
    expect(
      infer(["sales", { ...sale, sale_id: 9 }, null], ["sales", null, sale], ["sales_items", null, item]),
    ).toHaveLength(1);
  });
});

describe("inventory.adjusted", () => {
  test.each([
    ["DAMAGED", "DAMAGED"],
    [null, "OTHER"],
    ["", "OTHER"],
  ])("for the reason %j it says %s", (adjustment_reason, reason) => {
    expect(infer(["inventory", stock, { ...stock, quantity: 4, adjustment_reason }])).toMatchObject([
      {
        type: "inventory.adjusted",
        occurred_at: "2026-01-05T10:00:00.000000Z",
        payload: { product_id: 7, branch_id: 2, old_quantity: 10, new_quantity: 4, difference: -6, reason },
      },
    ]);
  });

  test("shares every change of quantity out with the other rules of stock: one event, or a sale's", () => {
    const after = { ...stock, updated_at: "2026-01-05 09:30:00" };
    const order = { purchase_id: 4, supplier_id: 1, branch_id: 2, status: "ORDERED", total: "9.00", received_at: null };
    const received = { ...order, status: "RECEIVED", received_at: "2026-01-05 07:00:00" };
    const back = { return_id: 1, sale_id: 1, branch_id: 2, user_id: 3, reason: "UNOPENED", refund: "24.00" };
    const backItem = { return_item_id: 1, return_id: 1, sale_id: 1, product_id: 7, quantity: 2, refund: "24.00" };
    const up = { ...after, quantity: 14 };
    const down = { ...after, quantity: 6 };
    const of = (changed: RowImage, ...others: Row[]): string[] =>
      infer(["inventory", stock, changed], ...others).map(({ type }) => type);
    expect(of({ ...down, adjustment_reason: "EXPIRED" })).toEqual(["inventory.expired"]);
    expect(of({ ...up, adjustment_reason: "EXPIRED" })).toEqual(["inventory.adjusted"]);
    expect(of({ ...down, adjustment_reason: "TRANSFER" })).toEqual(["inventory.dispatched"]);
    expect(of({ ...up, adjustment_reason: "RECEIVED" })).toEqual(["inventory.adjusted"]);
    expect(of({ ...up, adjustment_reason: "RECEIVED" }, ["purchases", order, received])).toEqual([
      "inventory.received",
      "purchase.received",
    ]);
    expect(of(up, ["purchases", order, { ...order, total: "8.00" }])).toEqual(["inventory.adjusted"]);
    expect(of({ ...up, adjustment_reason: "RETURN" }, ["sales", sale, { ...sale, status: "VOIDED" }])).toEqual([
      "sale.voided",
    ]);
    const returned = of(
      { ...up, adjustment_reason: "RETURN" },
      ["returns", null, { ...back, created_at: sale.created_at }],
      ["return_items", null, backItem],
    );
    expect(returned).toEqual(["sale.returned"]);
    expect(of(down, ["sales", null, sale], ["sales_items", null, item])).toEqual(["sale.completed"]);
  });

  test("is what somebody writes by hand under the reason that an earlier change left", () => {
    const expired = { ...stock, adjustment_reason: "EXPIRED" };
    expect(infer(["inventory", expired, { ...expired, quantity: 4 }])).toMatchObject([{ type: "inventory.adjusted" }]);
    const sent = { ...stock, adjustment_reason: "TRANSFER" };
    expect(infer(["inventory", sent, { ...sent, quantity: 40 }])).toMatchObject([{ type: "inventory.adjusted" }]);
  });

  test("is not an update that leaves the quantity alone", () => {
    expect(infer(["inventory", stock, { ...stock, updated_by: 3 }])).toEqual([]);
  });
});

test("user.role_changed tells both roles and never the password", () => {
  const inferred = infer(["users", user, { ...user, role: "ADMIN" }]);
  expect(inferred).toMatchObject([
    { type: "user.role_changed", payload: { old_role: "CASHIER", new_role: "ADMIN", username: "ana" } },
  ]);
  expect(infer(["users", user, { ...user, branch_id: 4 }])).toEqual([]);
});

test("branch.opened happened when the row says so", () => {
  const branch = {
    branch_id: 2,
    code: "B02",
    name: "Centre",
    city: "Leeds",
    status: "OPEN",
    opened_at: "2026-01-04 08:00:00",
  };
  expect(infer(["branches", null, branch])).toMatchObject([
    {
      type: "branch.opened",
      occurred_at: "2026-01-04T08:00:00.000000Z",
      payload: { code: "B02", name: "Centre", city: "Leeds" },
    },
  ]);
});

test("every table of the pharmacy has an entity, and passwords are masked", () => {
  const schema = readFileSync(join(packageRoot, "schema/demo/pharmacy.sql"), "utf8");
  const tables = [...schema.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, name]) => name!);
  expect(tables).toHaveLength(11);
  for (const table of tables) expect(compiled.mapping("pharmacy", table)).toBeDefined();
  expect(compiled.mapping("pharmacy", "users")).toMatchObject({
    mask_columns: ["password_hash"],
    actor_column: "updated_by",
  });
});

test("every rule has a label in both languages, and examples of what it is and what it is not", () => {
  const incomplete = pack.rules.filter(({ label, examples }) => {
    const [positive, negative] = [true, false].map((fires) =>
      examples.some(({ events }) => events.length > 0 === fires),
    );
    return label?.en === undefined || label.es === undefined || !positive || !negative;
  });
  expect(incomplete.map(({ name }) => name)).toEqual([]);
});

test("the pack tells exactly the business events that the generator counts", () => {
  expect(pack.rules.map(({ type }) => type).toSorted()).toEqual(businessEventTypes.toSorted());
});
