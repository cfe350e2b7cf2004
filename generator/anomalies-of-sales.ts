// Anomalies of sales: at night, twice, returned by one hand, deleted, and branches that sell far too much or too little.
import type { AnomalyKind } from "./anomaly.ts";
import { AnomalyRecord, tradingBranch } from "./anomaly-run.ts";
import type { AnomalyScript } from "./anomaly-run.ts";
import type { Appointment, DayPlan } from "./appointment.ts";
import { lineOf } from "./company.ts";
import type { Branch, Company } from "./company.ts";
import type { PlannedSale, PlannedTransaction } from "./planned-transaction.ts";
import type { Random } from "./random.ts";
import { planSale, sell } from "./sale.ts";
import { planReturn } from "./sale-undone.ts";
import { dateTime } from "./trade-calendar.ts";

const afterHours: AnomalyScript = {
  days: 1,
  start(company, { options }, random) {
    const branch = tradingBranch(company, random);
    const seller = random.pick(branch.staff.filter(({ role }) => role !== "ADMIN"));
    const who = `User ${seller.userId} sells in branch ${branch.row.branchId}`;
    const record = new AnomalyRecord("after-hours", `${who} in the middle of the night.`);
    const appointments = several(random.int(3, 6), random, [3600, 4 * 3600], (at) => {
      const sale = planSale(company, branch, { at, seller, rates: options.rates, random });
      return record.note(sale, at, ({ saleId }) => ({ sales: [saleId] }));
    });
    return { record, appointments: () => appointments };
  },
};

const duplicateSales: AnomalyScript = {
  days: 1,
  start(company, { hours, options }, random) {
    const branch = tradingBranch(company, random);
    const seller = random.pick(branch.staff.filter(({ role }) => role !== "ADMIN"));
    const what = `Sales of user ${seller.userId} in branch ${branch.row.branchId}`;
    const record = new AnomalyRecord("duplicate-sales", `${what} are written twice, in the same second.`);
    const rates = { ...options.rates, discounts: 0 };
    const open: [number, number] = [hours.opens * 3600, hours.closes * 3600 - 1];
    const appointments = several(3, random, open, (at) => {
      const sale = planSale(company, branch, { at, seller, rates, random });
      const twin = sale && repeat(company, branch, sale);
      if (!sale || !twin) return sale;
      record.noteRows(at, { sales: [sale.saleId, twin.saleId] });
      return [sale, twin];
    });
    return { record, appointments: () => appointments };
  },
};

/** Null when the shelves no longer hold as much again. */
function repeat(company: Company, branch: Branch, sale: PlannedSale): PlannedSale | null {
  const wanted = sale.items.map(({ productId, quantity }) => ({ line: lineOf(branch, productId), quantity }));
  if (wanted.some(({ line, quantity }) => line.quantity < quantity)) return null;
  return sell(company, branch, { at: sale.at, userId: sale.userId, wanted, share: 0 });
}

const refundRing: AnomalyScript = {
  days: 5,
  start(company, _day, random) {
    const branch = tradingBranch(company, random);
    const { userId } = random.pick(branch.staff.filter(({ role }) => role !== "ADMIN"));
    const who = `User ${userId} takes back one sale after the other in branch ${branch.row.branchId}`;
    const record = new AnomalyRecord("refund-ring", `${who}, on five days.`);
    return {
      record,
      appointments: ({ hours }) =>
        several(random.int(4, 8), random, [(hours.opens + 1) * 3600, hours.closes * 3600 - 1], (at) => {
          if (!branch.staff.some((user) => user.userId === userId)) return null;
          const planned = planReturn(company, branch, { at, userId, random });
          return record.note(planned, at, ({ returnId, saleId }) => ({ returns: [returnId], sales: [saleId] }));
        }),
    };
  },
};

const massDeletion: AnomalyScript = {
  days: 1,
  start(company, _day, random) {
    const branch = tradingBranch(company, random);
    const where = `branch ${branch.row.branchId}`;
    const record = new AnomalyRecord("mass-deletion", `The newest sales of ${where} are deleted in one transaction.`);
    return {
      record,
      appointments: () => [
        {
          second: 23 * 3600 + random.int(0, 3599),
          plan: (at) => {
            const sales = branch.recentSales.splice(-random.int(10, 40));
            if (sales.length === 0) return null;
            const saleIds = sales.map(({ saleId }) => saleId);
            record.noteRows(at, { sales: saleIds });
            return { kind: "deletion", saleIds, items: sales.reduce((sum, { items }) => sum + items.length, 0) };
          },
        },
      ],
    };
  },
};

const branchSpike = volume("branch-spike", { days: 1, factor: 3.5, told: "sells several times as much as usual" });
const branchCollapse = volume("branch-collapse", { days: 3, factor: 0.1, told: "sells next to nothing" });

function volume(kind: AnomalyKind, { days, factor, told }: { days: number; factor: number; told: string }) {
  return {
    days,
    start(company: Company, _day: DayPlan, random: Random) {
      const chosen = tradingBranch(company, random);
      const { branchId } = chosen.row;
      const record = new AnomalyRecord(kind, `Branch ${branchId} ${told}.`);
      return {
        record,
        appointments({ calendar, hours }: DayPlan): Appointment[] {
          if (!company.branches.includes(chosen)) return [];
          record.noteRows(dateTime(calendar, hours.opens * 3600), { branches: [branchId] });
          record.noteRows(dateTime(calendar, hours.closes * 3600 - 1), { branches: [branchId] });
          return [];
        },
        salesFactor: (branch: Branch) => (branch === chosen ? factor : 1),
      };
    },
  };
}

function several(
  count: number,
  random: Random,
  [from, to]: readonly [number, number],
  plan: (at: string) => PlannedTransaction | PlannedTransaction[] | null,
): Appointment[] {
  return Array.from({ length: count }, () => ({ second: random.int(from, to), plan }));
}

export const salesAnomalies = {
  "after-hours": afterHours,
  "refund-ring": refundRing,
  "mass-deletion": massDeletion,
  "branch-spike": branchSpike,
  "branch-collapse": branchCollapse,
  "duplicate-sales": duplicateSales,
};
