// The shipped rule pack, on the rows of the demo pharmacy.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
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
  total: "24.00",
  created_at: "2026-01-05 09:30:00",
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

  test("is not an update that leaves the quantity alone", () => {
    expect(infer(["inventory", stock, { ...stock, updated_by: 3 }])).toEqual([]);
  });
});

test("user.role_changed tells both roles and never the password", () => {
  const inferred = infer(["users", user, { ...user, role: "ADMIN" }]);
  expect(inferred).toMatchObject([
    { type: "user.role_changed", payload: { old_role: "CASHIER", new_role: "ADMIN", username: "ana" } },
  ]);
  expect(infer(["users", user, { ...user, status: "LOCKED" }])).toEqual([]);
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
  const tables = ["branches", "suppliers", "products", "users", "inventory", "sales", "sales_items"];
  for (const table of tables) expect(compiled.mapping("pharmacy", table)).toBeDefined();
  expect(compiled.mapping("pharmacy", "users")).toMatchObject({
    mask_columns: ["password_hash"],
    actor_column: "updated_by",
  });
});
