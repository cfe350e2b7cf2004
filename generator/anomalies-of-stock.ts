// Anomalies of stock: units that disappear a few at a time, and a transfer that never arrives.
import { AnomalyRecord, tradingBranch } from "./anomaly-run.ts";
import type { AnomalyScript } from "./anomaly-run.ts";
import { managerOf } from "./company.ts";
import { adjust } from "./stock-adjustment.ts";
import { planDispatch } from "./transfer.ts";

const shrinkage: AnomalyScript = {
  days: 10,
  start(company, _day, random) {
    const branch = tradingBranch(company, random);
    const line = random.pick(branch.stock.toSorted((a, b) => b.product.popularity - a.product.popularity).slice(0, 8));
    const thief = random.pick(branch.staff.filter(({ role }) => role === "PHARMACIST" || role === "MANAGER"));
    const where = `product ${line.product.productId} in branch ${branch.row.branchId}`;
    const record = new AnomalyRecord(
      "shrinkage",
      `User ${thief.userId} writes off ${where} every day, with no reason.`,
    );
    return {
      record,
      appointments: ({ hours }) => [
        {
          second: hours.closes * 3600 - random.int(60, 900),
          plan: (at) => {
            const works = company.branches.includes(branch) && branch.staff.includes(thief);
            if (!works || line.quantity === 0) return null;
            const delta = -Math.min(line.quantity, random.int(2, 5));
            const planned = adjust(line, { at, userId: thief.userId, reason: null, delta });
            return record.note(planned, at, () => ({ inventory: [line.inventoryId] }));
          },
        },
      ],
    };
  },
};

const lostTransfer: AnomalyScript = {
  days: 1,
  start(company, { hours, day }, random) {
    const branch = tradingBranch(company, random);
    const from = `branch ${branch.row.branchId}`;
    const signer = `User ${managerOf(branch).userId}`;
    const record = new AnomalyRecord("lost-transfer", `${signer} sends stock from ${from} that arrives nowhere.`);
    return {
      record,
      appointments: () => [
        {
          second: (hours.closes - 2) * 3600 + random.int(0, 3599),
          plan: (at) => {
            const underWay = [...company.shipments];
            const planned = planDispatch(company, branch, { at, dueDay: day + 1, random });
            company.shipments = underWay; // nobody waits for it
            return record.note(planned, at, ({ stock }) => ({ inventory: stock.map((change) => change.inventoryId) }));
          },
        },
      ],
    };
  },
};

export const stockAnomalies = { shrinkage, "lost-transfer": lostTransfer };
