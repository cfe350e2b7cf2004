import { describe, expect, it } from "vitest";
import { splitStatements } from "../../../generator/create-pharmacy.ts";
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
    expect(
      statementsOf({ kind: "sale", at, saleId: 5, branchId: 1, userId: 7, totalCents: 300, items, stock }),
    ).toEqual([
      "INSERT INTO sales (sale_id, branch_id, user_id, status, total, created_at) VALUES " +
        "(5, 1, 7, 'COMPLETED', '3.00', '2026-01-05 10:00:00')",
      "INSERT INTO sales_items (sale_item_id, sale_id, product_id, quantity, unit_price, line_total) VALUES " +
        "(11, 5, 3, 2, '1.05', '2.10'), (12, 5, 4, 1, '0.90', '0.90')",
      "UPDATE inventory SET quantity = quantity + CASE inventory_id WHEN 3 THEN -2 WHEN 4 THEN -1 END, " +
        "adjustment_reason = NULL, updated_by = 7, updated_at = '2026-01-05 10:00:00' WHERE inventory_id IN (3, 4)",
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
