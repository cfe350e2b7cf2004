// Takes the company on a morning, gives everything that ordinarily happens that day, in no order.
// Draws only from streams named after the day, so the same seed gives the same day. No I/O.
import type { Appointment, DayPlan } from "./appointment.ts";
import type { Branch, Company } from "./company.ts";
import type { PlannedSale } from "./planned-transaction.ts";
import { planOrders, planReceipt, takeOrdersDue } from "./purchase.ts";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { planSale } from "./sale.ts";
import { planReturn, planVoid } from "./sale-undone.ts";
import { staffOnShift } from "./shift.ts";
import { planCorrection } from "./stock-adjustment.ts";
import { customerSecond, dayFactor, isDeliveryDay } from "./trade-calendar.ts";
import { planArrival, planDispatch } from "./transfer.ts";

export function tradeAppointments(company: Company, day: DayPlan): Appointment[] {
  return [
    ...company.branches.flatMap((branch) => [
      ...receipts(branch, day),
      ...sales(company, branch, day),
      ...returns(company, branch, day),
      ...corrections(company, branch, day),
      ...dispatches(company, branch, day),
      ...orders(company, branch, day),
    ]),
    ...arrivals(company, day),
  ];
}

function receipts(branch: Branch, { day, hours }: DayPlan): Appointment[] {
  // Before the doors open, one after the other.
  const first = (hours.opens - 1) * 3600 + branch.row.branchId * 7;
  return takeOrdersDue(branch, day).map((order, index) => ({
    second: Math.min(first + index, hours.opens * 3600 - 1),
    plan: (at) => planReceipt(branch, order, at),
  }));
}

function sales(company: Company, branch: Branch, day: DayPlan): Appointment[] {
  const random = createRandom(company.seed, "sales", branch.row.branchId, day.day);
  const { salesPerBranchDay, rates } = day.options;
  const factor = branch.pace * dayFactor(day.calendar) * day.salesFactor(branch) * (0.95 + random.next() / 10);
  const count = Math.max(1, Math.round(salesPerBranchDay * factor));
  return Array.from({ length: count }, () => customerSecond(day.hours, random)).flatMap((second) => {
    let sold: PlannedSale | null = null;
    const sale: Appointment = {
      second,
      plan: (at) => {
        const seller = random.pick(staffOnShift(branch, day.calendar, second));
        return (sold = planSale(company, branch, { at, seller, rates, random }));
      },
    };
    if (!random.chance(rates.voids)) return [sale];
    const later = second + random.int(60, 1200);
    if (later >= day.hours.closes * 3600) return [sale];
    const supervisor = (): number => random.pick(staffOnShift(branch, day.calendar, later)).userId;
    return [sale, { second: later, plan: (at) => sold && planVoid(branch, sold, at, supervisor()) }];
  });
}

/** As many as the rate makes of an ordinary day's sales, whatever was sold today. */
function returns(company: Company, branch: Branch, day: DayPlan): Appointment[] {
  const random = createRandom(company.seed, "returns", branch.row.branchId, day.day);
  const { rates, salesPerBranchDay } = day.options;
  return appointments(countOf(rates.returns * salesPerBranchDay * branch.pace, random), day, random, (at, second) => {
    const { userId } = random.pick(staffOnShift(branch, day.calendar, second));
    return planReturn(company, branch, { at, userId, random });
  });
}

function corrections(company: Company, branch: Branch, day: DayPlan): Appointment[] {
  const random = createRandom(company.seed, "corrections", branch.row.branchId, day.day);
  const drawn = countOf(day.options.rates.corrections, random);
  // However short the plan, it holds one correction to look at.
  const count = day.day === 1 && branch.row.branchId === 1 ? Math.max(1, drawn) : drawn;
  return appointments(count, day, random, (at) => planCorrection(branch, at, random));
}

function dispatches(company: Company, branch: Branch, day: DayPlan): Appointment[] {
  const random = createRandom(company.seed, "transfers", branch.row.branchId, day.day);
  const count = countOf(day.options.rates.transfers, random);
  return appointments(count, day, random, (at) =>
    planDispatch(company, branch, { at, dueDay: day.nextDeliveryDay, random }),
  );
}

function arrivals(company: Company, { day, hours }: DayPlan): Appointment[] {
  return company.shipments
    .filter(({ dueDay }) => dueDay === day)
    .map((shipment, index) => ({
      second: hours.opens * 3600 + 1800 + index * 60,
      plan: (at) => planArrival(company, shipment, at),
    }));
}

/** In the last half hour, for delivery on the next day on which anything is delivered. */
function orders(company: Company, branch: Branch, { calendar, hours, nextDeliveryDay }: DayPlan): Appointment[] {
  if (!isDeliveryDay(calendar)) return [];
  const second = (hours.closes - 1) * 3600 + 1800 + (branch.row.branchId % 30) * 60;
  return [{ second, plan: (at) => planOrders(company, branch, at, nextDeliveryDay) }];
}

function appointments(
  count: number,
  { hours }: DayPlan,
  random: Random,
  plan: (at: string, second: number) => ReturnType<Appointment["plan"]>,
): Appointment[] {
  return Array.from({ length: count }, () => {
    const second = random.int(hours.opens * 3600, hours.closes * 3600 - 1);
    return { second, plan: (at) => plan(at, second) };
  });
}

/** 1.3 is one, and in three cases of ten one more. */
function countOf(rate: number, random: Random): number {
  return Math.floor(rate) + (random.chance(rate % 1) ? 1 : 0);
}
