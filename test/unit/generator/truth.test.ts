import { describe, expect, it } from "vitest";
import type { PlannedSale, PlannedTransaction } from "../../../generator/planned-transaction.ts";
import { TruthCounter } from "../../../generator/truth.ts";
import type { TradeTruth } from "../../../generator/truth.ts";

const at = "2026-01-05 10:00:00";

function sale(saleId: number, products: number, discountCents = 0): PlannedSale {
  const ids = Array.from({ length: products }, (_, index) => index + 1);
  return {
    kind: "sale",
    at,
    saleId,
    branchId: 1,
    userId: 2,
    discountCents,
    totalCents: products * 100 - discountCents,
    items: ids.map((id) => ({ saleItemId: id, productId: id, quantity: 1, unitPriceCents: 100, lineTotalCents: 100 })),
    stock: ids.map((id) => ({ inventoryId: id, delta: -1 })),
  };
}

function adjustment(reason: "EXPIRED" | "THEFT" | null, ...inventoryIds: number[]): PlannedTransaction {
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
    expect(truth.businessEvents).toEqual({ "sale.completed": 1 });
  });

  it("counts a discount beyond a fifth, and none at it", () => {
    const type = "sale.discounted_beyond_limit";
    expect(truthOf(sale(1, 1, 20)).businessEvents[type]).toBeUndefined();
    expect(truthOf(sale(1, 1, 21)).businessEvents[type]).toBe(1);
  });

  it("counts a delivery once, and each row it filled", () => {
    const stock = [4, 5, 6].map((inventoryId) => ({ inventoryId, delta: 9 }));
    const truth = truthOf({ kind: "purchase-receipt", at, purchaseId: 1, userId: 2, stock });
    expect(truth.businessEvents).toEqual({ "purchase.received": 1, "inventory.received": 3 });
    expect(truth.rowChanges).toBe(4);
  });

  it("counts what has expired apart from what was adjusted", () => {
    const events = truthOf(adjustment("EXPIRED", 4), adjustment(null, 5), adjustment("THEFT", 6)).businessEvents;
    expect(events).toEqual({ "inventory.expired": 1, "inventory.adjusted": 2 });
  });

  it("counts everyone a closed branch lets go, and the rows of a deletion that no event tells of", () => {
    const truth = truthOf(
      { kind: "branch-closed", at, branchId: 3, closedBy: 1, staff: [7, 8] },
      { kind: "deletion", saleIds: [1, 2], items: 5 },
    );
    expect(truth.businessEvents).toEqual({ "branch.closed": 1, "user.deactivated": 2 });
    expect(truth.rowChanges).toBe(3 + 7);
  });

  it("shows as examples the first sale of several items and the first adjustment", () => {
    const truth = truthOf(
      sale(1, 1),
      sale(2, 2),
      sale(3, 3),
      adjustment("EXPIRED", 4),
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
    expect(truth.businessEvents).toEqual({ "branch.opened": 1, "user.created": 1, "user.role_changed": 1 });
    expect(truth.examples).toMatchObject({ branchId: 3, roleChangedUserId: 9 });
  });
});
