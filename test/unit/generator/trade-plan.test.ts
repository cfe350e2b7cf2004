import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlannedSale, PlannedTransaction, TradeDay } from "../../../generator/planned-transaction.ts";
import type { TradeOptions } from "../../../generator/trade-options.ts";
import { planTrade } from "../../../generator/trade-plan.ts";

const small: TradeOptions = { seed: 7, days: 5, from: "2026-01-05", branches: 2, salesPerBranchDay: 20 };

/** Many shapes of trade, up to busy shops in which shelves run bare. */
const anyTrade: fc.Arbitrary<TradeOptions> = fc.record({
  seed: fc.nat(),
  days: fc.integer({ min: 1, max: 8 }),
  from: fc
    .date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  branches: fc.integer({ min: 1, max: 3 }),
  salesPerBranchDay: fc.integer({ min: 1, max: 60 }),
});

function transactionsOf(options: TradeOptions): PlannedTransaction[] {
  return [...planTrade(options)].flatMap((day) => day.transactions);
}

function salesOf(options: TradeOptions): PlannedSale[] {
  return transactionsOf(options).filter((transaction) => transaction.kind === "sale");
}

describe("planTrade", () => {
  it("gives the same plan for the same seed", () => {
    expect([...planTrade(small)]).toEqual([...planTrade(small)]);
  });

  it("gives another plan for another seed", () => {
    const totals = (seed: number): number[] => salesOf({ ...small, seed }).map((sale) => sale.totalCents);
    expect(totals(7)).not.toEqual(totals(8));
  });

  it("does not change a day that was handed out already", () => {
    const kept: { day: TradeDay; copy: TradeDay }[] = [];
    for (const day of planTrade({ ...small, days: 14 })) kept.push({ day, copy: structuredClone(day) });
    for (const { day, copy } of kept) expect(day).toEqual(copy);
  });

  it("keeps the first days when more are asked for, apart from what half-way means", () => {
    const firstDay = (days: number): TradeDay | undefined => [...planTrade({ ...small, days })][1];
    expect(firstDay(10)).toEqual(firstDay(14));
  });

  it("opens the branches asked for on the eve, and one more half-way", () => {
    const openings = [...planTrade(small)].map(
      (day) => day.transactions.filter(({ kind }) => kind === "branch").length,
    );
    expect(openings).toEqual([2, 0, 0, 1, 0, 0]);
  });

  it("never sells more than there is", () => {
    fc.assert(
      fc.property(anyTrade, (options) => {
        const quantities = new Map<number, number>();
        for (const transaction of transactionsOf(options)) {
          if (transaction.kind === "first-stock") {
            for (const row of transaction.rows) quantities.set(row.inventoryId, row.quantity);
          }
          if (transaction.kind !== "sale" && transaction.kind !== "adjustment") continue;
          for (const { inventoryId, delta } of transaction.stock) {
            const quantity = (quantities.get(inventoryId) ?? Number.NaN) + delta;
            expect(delta).not.toBe(0);
            expect(quantity).toBeGreaterThanOrEqual(0);
            quantities.set(inventoryId, quantity);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("makes sales of one to five different products whose lines add up", () => {
    fc.assert(
      fc.property(anyTrade, (options) => {
        for (const sale of salesOf(options)) {
          expect(sale.items.length).toBeGreaterThanOrEqual(1);
          expect(sale.items.length).toBeLessThanOrEqual(5);
          expect(new Set(sale.items.map((item) => item.productId)).size).toBe(sale.items.length);
          for (const item of sale.items) expect(item.lineTotalCents).toBe(item.quantity * item.unitPriceCents);
          expect(sale.totalCents).toBe(sale.items.reduce((sum, item) => sum + item.lineTotalCents, 0));
          expect(sale.stock.map(({ delta }) => -delta)).toEqual(sale.items.map((item) => item.quantity));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("sells on the day itself, between 08:00 and 21:00, in the order of the ids", () => {
    fc.assert(
      fc.property(anyTrade, (options) => {
        let last = { saleId: 0, at: "" };
        for (const day of planTrade(options)) {
          for (const transaction of day.transactions) {
            if (transaction.kind !== "sale") continue;
            expect(transaction.at.slice(0, 10)).toBe(day.date);
            expect(transaction.at.slice(11) >= "08:00:00" && transaction.at.slice(11) < "21:00:00").toBe(true);
            expect(transaction.at >= last.at).toBe(true);
            expect(transaction.saleId).toBe(last.saleId + 1);
            last = transaction;
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("changes a role only to another role, and leaves every branch a manager", () => {
    fc.assert(
      fc.property(anyTrade, (options) => {
        const staff = new Map<number, { branchId: number; role: string }>();
        for (const transaction of transactionsOf(options)) {
          if (transaction.kind === "branch") for (const user of transaction.staff) staff.set(user.userId, { ...user });
          if (transaction.kind !== "role-change") continue;
          const user = staff.get(transaction.userId);
          expect(user?.role).not.toBe(transaction.role);
          staff.set(transaction.userId, { branchId: user?.branchId ?? 0, role: transaction.role });
          const colleagues = [...staff.values()].filter(({ branchId }) => branchId === user?.branchId);
          expect(colleagues.some(({ role }) => role === "MANAGER")).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("has something of everything in a plan of one day, whatever the seed", () => {
    for (let seed = 0; seed < 30; seed += 1) {
      const options = { ...small, seed, days: 1, branches: 1, salesPerBranchDay: 3 };
      const kinds = new Set(transactionsOf(options).map(({ kind }) => kind));
      expect([...kinds].sort()).toEqual(["adjustment", "branch", "catalogue", "first-stock", "role-change", "sale"]);
    }
  });

  it.each([
    [{ days: 0 }, /days: 0/],
    [{ seed: 1.5 }, /seed: 1.5/],
    [{ branches: 201 }, /branches: 201/],
    [{ salesPerBranchDay: Number.NaN }, /sales per branch and day: NaN/],
    [{ from: "2026-02-30" }, /2026-02-30/],
    [{ from: "5 January" }, /5 January/],
  ])("refuses %o", (change, message) => {
    expect(() => planTrade({ ...small, ...change }).next()).toThrow(message);
  });
});
