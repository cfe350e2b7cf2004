import { describe, expect, it } from "vitest";
import type { PlannedSale, PlannedTransaction } from "../../../generator/planned-transaction.ts";
import { TruthCounter } from "../../../generator/truth.ts";
import type { TradeTruth } from "../../../generator/truth.ts";

const at = "2026-01-05 10:00:00";

function sale(saleId: number, products: number): PlannedSale {
  const ids = Array.from({ length: products }, (_, index) => index + 1);
  return {
    kind: "sale",
    at,
    saleId,
    branchId: 1,
    userId: 2,
    totalCents: products * 100,
    items: ids.map((id) => ({ saleItemId: id, productId: id, quantity: 1, unitPriceCents: 100, lineTotalCents: 100 })),
    stock: ids.map((id) => ({ inventoryId: id, delta: -1 })),
  };
}

function adjustment(reason: "RECEIVED" | "THEFT" | null, ...inventoryIds: number[]): PlannedTransaction {
  return {
    kind: "adjustment",
    at,
    userId: 2,
    reason,
    stock: inventoryIds.map((inventoryId) => ({ inventoryId, delta: -1 })),
  };
}

function truthOf(...transactions: PlannedTransaction[]): TradeTruth {
  const counter = new TruthCounter();
  for (const transaction of transactions) counter.add(transaction);
  return counter.truth;
}

describe("TruthCounter", () => {
  it("starts at nothing", () => {
    expect(truthOf()).toMatchObject({ transactions: 0, rowChanges: 0, lastSaleId: 0, examples: { saleId: 0 } });
  });

  it("counts a sale once, its rows one by one, and no adjustment for what it takes off the shelves", () => {
    const truth = truthOf(sale(1, 3));
    expect(truth).toMatchObject({ transactions: 1, rowChanges: 7, lastSaleId: 1 });
    expect(truth.businessEvents).toMatchObject({ "sale.completed": 1, "inventory.adjusted": 0 });
  });

  it("counts every row of a delivery as an adjustment", () => {
    expect(truthOf(adjustment("RECEIVED", 4, 5, 6)).businessEvents["inventory.adjusted"]).toBe(3);
  });

  it("shows as examples the first sale of several items and the first correction that is no delivery", () => {
    const truth = truthOf(
      sale(1, 1),
      sale(2, 2),
      sale(3, 3),
      adjustment("RECEIVED", 4),
      adjustment(null, 5),
      adjustment("THEFT", 6),
    );
    expect(truth.examples).toMatchObject({ saleId: 2, adjustedInventoryId: 5 });
    expect(truth.lastSaleId).toBe(3);
  });

  it("still has an example when all sales are of one item", () => {
    expect(truthOf(sale(1, 1), sale(2, 1)).examples.saleId).toBe(1);
  });

  it("counts a branch with its staff and a role change", () => {
    const branch = { branchId: 3, code: "X", name: "X", city: "X", openedAt: at };
    const user = { userId: 9, username: "u", role: "CASHIER", branchId: 3, passwordHash: "x", createdAt: at } as const;
    const truth = truthOf(
      { kind: "branch", branch, staff: [user] },
      { kind: "role-change", userId: 9, role: "PHARMACIST", changedBy: 1 },
    );
    expect(truth.rowChanges).toBe(3);
    expect(truth.businessEvents).toMatchObject({ "branch.opened": 1, "user.role_changed": 1 });
    expect(truth.examples).toMatchObject({ branchId: 3, roleChangedUserId: 9 });
  });
});
