import { describe, expect, it } from "vitest";
import { splitStatements } from "../../../generator/create-pharmacy.ts";
import type { PlannedTransaction } from "../../../generator/planned-transaction.ts";
import { statementsOf } from "../../../generator/statements.ts";

const at = "2026-01-05 10:00:00";

describe("statementsOf", () => {
  it("writes a sale as one insert, its items and one update of the shelves", () => {
    const items = [
      { saleItemId: 11, productId: 3, quantity: 2, unitPriceCents: 105, lineTotalCents: 210 },
      { saleItemId: 12, productId: 4, quantity: 1, unitPriceCents: 90, lineTotalCents: 90 },
    ];
    const stock = [
      { inventoryId: 3, delta: -2 },
      { inventoryId: 4, delta: -1 },
    ];
    const sale = { kind: "sale", at, saleId: 5, branchId: 1, userId: 7, discountCents: 50, totalCents: 250 } as const;
    expect(statementsOf({ ...sale, items, stock })).toEqual([
      "INSERT INTO sales (sale_id, branch_id, user_id, status, discount, total, created_at, updated_by) VALUES " +
        "(5, 1, 7, 'COMPLETED', '0.50', '2.50', '2026-01-05 10:00:00', 7)",
      "INSERT INTO sales_items (sale_item_id, sale_id, product_id, quantity, unit_price, line_total) VALUES " +
        "(11, 5, 3, 2, '1.05', '2.10'), (12, 5, 4, 1, '0.90', '0.90')",
      "UPDATE inventory SET quantity = quantity + CASE inventory_id WHEN 3 THEN -2 WHEN 4 THEN -1 END, " +
        "adjustment_reason = NULL, updated_by = 7, updated_at = '2026-01-05 10:00:00' WHERE inventory_id IN (3, 4)",
    ]);
  });

  it("takes goods that are no longer good back without putting them on the shelf", () => {
    const items = [{ returnItemId: 2, productId: 3, quantity: 1, refundCents: 105 }];
    const back = { at, returnId: 1, saleId: 5, branchId: 1, userId: 7, refundCents: 105, items } as const;
    const tables = (planned: PlannedTransaction): unknown => statementsOf(planned).map((sql) => sql.split(" ")[2]);
    expect(tables({ kind: "return", reason: "DEFECTIVE", stock: [], ...back })).toEqual(["returns", "return_items"]);
  });

  it("deletes the items before the sales they belong to", () => {
    expect(statementsOf({ kind: "deletion", saleIds: [5, 6], items: 3 })).toEqual([
      "DELETE FROM sales_items WHERE sale_id IN (5, 6)",
      "DELETE FROM sales WHERE sale_id IN (5, 6)",
    ]);
  });

  it("escapes what it is given", () => {
    const branch = { branchId: 1, code: "X", name: "L'Aurora", city: "X", openedAt: at };
    const user = { userId: 1, username: "u", role: "ADMIN", branchId: 1, passwordHash: "x", createdAt: at } as const;
    expect(statementsOf({ kind: "branch", branch, staff: [user] })[0]).toContain("'L\\'Aurora'");
  });
});

describe("splitStatements", () => {
  it("splits at a semicolon that ends a line, and leaves out comment lines", () => {
    const sql = "-- one; two;\nCREATE TABLE a (\n  x INT COMMENT 'a; b'\n);\n\n  -- more\nDROP TABLE a;\n";
    expect(splitStatements(sql)).toEqual(["CREATE TABLE a (\n  x INT COMMENT 'a; b'\n)", "DROP TABLE a"]);
  });
});
