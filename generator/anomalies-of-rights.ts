// Anomalies of power misused: a price lowered for minutes, a role raised for minutes.
import { AnomalyRecord, tradingBranch } from "./anomaly-run.ts";
import type { AnomalyScript } from "./anomaly-run.ts";
import type { Appointment } from "./appointment.ts";
import { changePrices } from "./assortment.ts";
import type { Role } from "./catalogue.ts";
import { lineOf, managerOf } from "./company.ts";
import type { UserRow } from "./planned-transaction.ts";
import { changeRole } from "./personnel.ts";
import { sell } from "./sale.ts";
import { adjust } from "./stock-adjustment.ts";

const priceTampering: AnomalyScript = {
  days: 1,
  start(company, { hours }, random) {
    const branch = tradingBranch(company, random);
    const { userId } = managerOf(branch);
    const { product } = random.pick(branch.stock);
    const who = `User ${userId} lowers the price of product ${product.productId} to a tenth`;
    const record = new AnomalyRecord("price-tampering", `${who}, sells some of it and puts the price back.`);
    const start = (hours.opens + 3) * 3600 + random.int(0, 3600);
    let full = 0;
    const price = (second: number, cents: () => number): Appointment => ({
      second,
      plan: (at) =>
        record.note(changePrices([{ product, cents: cents() }], at, userId), at, () => ({
          products: [product.productId],
        })),
    });
    const purchase = (second: number): Appointment => ({
      second,
      plan: (at) => {
        const line = lineOf(branch, product.productId);
        const quantity = Math.min(line.quantity, random.int(2, 4));
        if (quantity === 0) return null;
        const sale = sell(company, branch, { at, userId, wanted: [{ line, quantity }], share: 0 });
        return record.note(sale, at, ({ saleId }) => ({ sales: [saleId] }));
      },
    });
    const lowered = price(start, () => {
      full = product.unitPriceCents;
      return Math.max(1, Math.floor(full / 10));
    });
    return {
      record,
      appointments: () => [
        lowered,
        ...[60, 120, 180].map((later) => purchase(start + later)),
        price(start + 300, () => full),
      ],
    };
  },
};

const roleEscalation: AnomalyScript = {
  days: 1,
  start(company, _day, random) {
    const branch = tradingBranch(company, random);
    const where = `branch ${branch.row.branchId}`;
    const record = new AnomalyRecord(
      "role-escalation",
      `Somebody in ${where} becomes ADMIN at night by their own hand, takes stock off the books and steps down again.`,
    );
    const start = 22 * 3600 + random.int(0, 1800);
    let user: UserRow | undefined;
    let before: Role = "CASHIER";
    const become = (role: () => Role) => (at: string) => {
      if (!user) return null;
      const { userId } = user;
      return record.note(changeRole(user, role(), userId), at, () => ({ users: [userId] }));
    };
    const rise: Appointment["plan"] = (at) => {
      user = random.pick(branch.staff.filter(({ role }) => role === "CASHIER" || role === "PHARMACIST"));
      before = user.role;
      return become(() => "ADMIN")(at);
    };
    const take: Appointment["plan"] = (at) => {
      const stocked = branch.stock.filter(({ quantity }) => quantity > 0);
      if (!user || stocked.length === 0) return null;
      const line = random.pick(stocked);
      const delta = -Math.min(line.quantity, random.int(5, 20));
      const planned = adjust(line, { at, userId: user.userId, reason: "COUNT", delta });
      return record.note(planned, at, () => ({ inventory: [line.inventoryId] }));
    };
    return {
      record,
      appointments: () => [
        { second: start, plan: rise },
        { second: start + 600, plan: take },
        { second: start + 1200, plan: become(() => before) },
      ],
    };
  },
};

export const rightsAnomalies = { "price-tampering": priceTampering, "role-escalation": roleEscalation };
