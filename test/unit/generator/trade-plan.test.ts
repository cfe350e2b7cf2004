import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlannedSale, PlannedTransaction, TradeDay } from "../../../generator/planned-transaction.ts";
import { anomalyKinds } from "../../../generator/anomaly.ts";
import { holidayOn } from "../../../generator/holidays.ts";
import { statementsOf } from "../../../generator/statements.ts";
import { dayAt, dayFactor, openingHours } from "../../../generator/trade-calendar.ts";
import { defaultTrade } from "../../../generator/trade-options.ts";
import type { TradeOptions } from "../../../generator/trade-options.ts";
import { planTrade } from "../../../generator/trade-plan.ts";

const { rates } = defaultTrade;
const small: TradeOptions = {
  seed: 7,
  days: 5,
  from: "2026-01-05",
  branches: 2,
  salesPerBranchDay: 20,
  rates,
  anomalies: anomalyKinds,
};

/** Many shapes of trade, up to busy shops in which shelves run bare. */
const anyTrade: fc.Arbitrary<TradeOptions> = fc.record({
  seed: fc.nat(),
  days: fc.integer({ min: 1, max: 8 }),
  from: fc
    .date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  branches: fc.integer({ min: 1, max: 3 }),
  salesPerBranchDay: fc.integer({ min: 1, max: 60 }),
  rates: fc.constant({ ...rates, returns: 0.1, voids: 0.1, transfers: 2, anomalies: 10 }),
  anomalies: fc.subarray([...anomalyKinds]),
});

const everyDay = [
  "adjustment",
  "branch",
  "catalogue",
  "first-stock",
  "role-change",
  "sale",
  "password-reset",
  "user-created",
  "user-deactivated",
  "product-created",
  "product-discontinued",
  "supplier-added",
] as const;

function transactionsOf(options: TradeOptions): PlannedTransaction[] {
  return [...planTrade(options)].flatMap((day) => day.transactions);
}

function salesOf(options: TradeOptions): PlannedSale[] {
  return transactionsOf(options).filter((transaction) => transaction.kind === "sale");
}

describe("planTrade", () => {
  it("gives the same statements and anomalies for the same seed", () => {
    const played = () => ({
      statements: transactionsOf(small).flatMap(statementsOf),
      anomalies: [...planTrade(small)].flatMap((day) => day.anomalies),
    });
    expect(played()).toEqual(played());
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

  it("closes the last of the first branches late, with everybody in it, and nothing happens there afterwards", () => {
    const days = [...planTrade(small)];
    const closings = days.flatMap(({ day, transactions }) =>
      transactions.flatMap((one) => (one.kind === "branch-closed" ? { day, branchId: one.branchId } : [])),
    );
    expect(closings).toEqual([{ day: 4, branchId: 2 }]);
    const later = days.slice(4).flatMap((day) => day.transactions);
    expect(later.filter((one) => one.kind === "sale" && one.branchId === 2)).toEqual([]);
  });

  it("never sells more than there is", () => {
    fc.assert(
      fc.property(anyTrade, (options) => {
        const quantities = new Map<number, number>();
        for (const transaction of transactionsOf(options)) {
          if (transaction.kind === "first-stock") {
            for (const row of transaction.rows) quantities.set(row.inventoryId, row.quantity);
          }
          if (transaction.kind === "product-created") {
            for (const row of transaction.shelves) quantities.set(row.inventoryId, row.quantity);
          }
          if (!("stock" in transaction)) continue;
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
          expect(sale.totalCents + sale.discountCents).toBe(
            sale.items.reduce((sum, item) => sum + item.lineTotalCents, 0),
          );
          expect(sale.stock.map(({ delta }) => -delta)).toEqual(sale.items.map((item) => item.quantity));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("sells on the day itself, while the doors are open, in the order of the ids", () => {
    fc.assert(
      fc.property(anyTrade, (options) => {
        let last = { saleId: 0, at: "" };
        for (const day of planTrade({ ...options, anomalies: [] })) {
          const hours = openingHours(dayAt(day.date, 0));
          for (const transaction of day.transactions) {
            if (transaction.kind !== "sale") continue;
            expect(transaction.at.slice(0, 10)).toBe(day.date);
            const hour = Number(transaction.at.slice(11, 13));
            expect(hours !== null && hour >= hours.opens && hour < hours.closes).toBe(true);
            expect(transaction.at >= last.at).toBe(true);
            expect(transaction.saleId).toBe(last.saleId + 1);
            last = transaction;
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("sells outside these hours only what an anomaly owns up to", () => {
    const days = [...planTrade({ ...small, days: 40, rates: { ...rates, anomalies: 6 } })];
    const told = new Set(
      days.flatMap((day) => day.anomalies.flatMap(({ kind, keys }) => (kind === "after-hours" ? keys["sales"] : []))),
    );
    const night = days.flatMap((day) =>
      day.transactions.flatMap((one) => (one.kind === "sale" && one.at.slice(11) < "08:00:00" ? one.saleId : [])),
    );
    expect(night.length).toBeGreaterThan(2);
    expect(night.filter((id) => !told.has(id))).toEqual([]);
  });

  it("does nothing at all on a day on which shops stay shut", () => {
    const days = [...planTrade({ ...small, from: "2025-12-23", days: 4 })];
    expect(days.map(({ date, transactions }) => [date, transactions.some((one) => one.kind === "sale")])).toEqual([
      ["2025-12-22", false],
      ["2025-12-23", true],
      ["2025-12-24", true],
      ["2025-12-25", false],
      ["2025-12-26", true],
    ]);
  });

  it("changes a role only to another role, and leaves every branch a manager", () => {
    fc.assert(
      fc.property(anyTrade, (options) => {
        const staff = new Map<number, { branchId: number; role: string }>();
        for (const transaction of transactionsOf(options)) {
          if (transaction.kind === "branch") for (const user of transaction.staff) staff.set(user.userId, { ...user });
          if (transaction.kind === "user-created") staff.set(transaction.user.userId, { ...transaction.user });
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
      const options = { ...small, anomalies: [], seed, days: 1, branches: 1, salesPerBranchDay: 3 };
      const kinds = new Set(transactionsOf(options).map(({ kind }) => kind));
      for (const kind of everyDay) expect([...kinds]).toContain(kind);
    }
  });

  it.each([
    [{ days: 0 }, /days: 0/],
    [{ rates: { ...rates, voids: 1.1 } }, /rate voids: 1.1/],
    [{ seed: 1.5 }, /seed: 1.5/],
    [{ branches: 201 }, /branches: 201/],
    [{ salesPerBranchDay: Number.NaN }, /sales per branch and day: NaN/],
    [{ from: "2026-02-30" }, /2026-02-30/],
    [{ from: "5 January" }, /5 January/],
  ])("refuses %o", (change, message) => {
    expect(() => planTrade({ ...small, ...change }).next()).toThrow(message);
  });
});

describe("anomalies", () => {
  const long: TradeOptions = { ...small, days: 60, branches: 3 };

  it("are of every kind, with the keys of rows that were written, inside the trade", () => {
    const days = [...planTrade(long)];
    const anomalies = days.flatMap((day) => day.anomalies);
    expect(new Set(anomalies.map(({ kind }) => kind))).toEqual(new Set(anomalyKinds));
    const sold = new Set(
      days.flatMap((day) => day.transactions.flatMap((one) => (one.kind === "sale" ? one.saleId : []))),
    );
    for (const { from, to, keys, description } of anomalies) {
      expect(from >= "2026-01-06" && from <= to && to < "2026-03-06").toBe(true);
      expect(Object.values(keys).flat().length).toBeGreaterThan(0);
      expect(description).not.toBe("");
      for (const saleId of keys["sales"] ?? []) expect(sold.has(saleId)).toBe(true);
    }
  });

  it("are only those asked for", () => {
    const kinds = (options: Partial<TradeOptions>): string[] =>
      [...planTrade({ ...long, ...options })].flatMap((day) => day.anomalies.map(({ kind }) => kind));
    expect(kinds({ anomalies: [] })).toEqual([]);
    expect(kinds({ rates: { ...rates, anomalies: 0 } })).toEqual([]);
    expect(new Set(kinds({ anomalies: ["shrinkage", "mass-deletion"] }))).toEqual(
      new Set(["shrinkage", "mass-deletion"]),
    );
    expect(kinds({ rates: { ...rates, anomalies: 5 } }).length).toBeGreaterThan(2 * kinds({}).length);
  });

  it("leave every price as it was", () => {
    const quiet: TradeOptions = { ...long, anomalies: ["price-tampering"], rates: { ...rates, anomalies: 10 } };
    const tampered = [...planTrade(quiet)].flatMap((day) =>
      day.anomalies.filter(({ kind }) => kind === "price-tampering"),
    );
    expect(tampered.length).toBeGreaterThan(5);
    const first = new Map<number, number>();
    const last = new Map<number, number>();
    for (const one of transactionsOf(quiet)) {
      if (one.kind === "catalogue")
        for (const { productId, unitPriceCents } of one.products) first.set(productId, unitPriceCents);
      if (one.kind !== "price-change") continue;
      for (const { productId, unitPriceCents } of one.prices) last.set(productId, unitPriceCents);
    }
    for (const [productId, cents] of last) expect(cents).toBeGreaterThan((first.get(productId) ?? 0) / 4);
  });
});

describe("the calendar", () => {
  it.each([
    ["2026-01-01", "shut"],
    ["2026-04-01", null],
    ["2026-04-02", "short"], // Jueves Santo
    ["2026-04-03", "short"], // Viernes Santo
    ["2027-03-26", "short"], // Viernes Santo
    ["2026-07-28", "shut"],
    ["2026-07-29", "short"],
    ["2026-10-08", "short"],
    ["2026-10-09", null],
  ])("knows that %s is %s in Peru", (date, holiday) => {
    expect(holidayOn(date)).toBe(holiday);
  });

  it.each([
    ["2026-01-14", "2026-01-15"], // before and on a pay day
    ["2026-02-26", "2026-02-28"],
    ["2026-03-08", "2026-03-09"], // Sunday and Monday
    ["2026-03-09", "2026-03-21"], // Monday and Saturday
    ["2026-04-03", "2026-04-10"], // Viernes Santo and the Friday after
  ])("makes %s quieter than %s", (quiet, busy) => {
    expect(dayFactor(dayAt(quiet, 0))).toBeLessThan(dayFactor(dayAt(busy, 0)));
  });
});
