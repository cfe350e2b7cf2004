// Takes the company on a morning, gives everything that happens that day, in the order of the clock.
// Draws only from streams named after the day, so the same seed gives the same day. No I/O.
import { planCorrection, planDelivery } from "./stock-adjustment.ts";
import type { Branch, Company } from "./company.ts";
import type { PlannedTransaction } from "./planned-transaction.ts";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { planRoleChange } from "./role-change.ts";
import { planSale } from "./sale.ts";
import { closingHour, customerSecond, dateTime, dayFactor, isDeliveryDay, openingHour } from "./trade-calendar.ts";
import type { CalendarDay } from "./trade-calendar.ts";

export interface DayPlan {
  /** From 1. */
  day: number;
  calendar: CalendarDay;
  salesPerBranchDay: number;
  roleChanges: boolean;
}

/** Will happen at a second of the day; what exactly is settled when its turn comes, on the stock of then. */
interface Appointment {
  second: number;
  plan: (at: string) => PlannedTransaction | null;
}

export function planTradeDay(company: Company, day: DayPlan): PlannedTransaction[] {
  const appointments: Appointment[] = company.branches.flatMap((branch) => [
    ...deliveries(branch, day.calendar),
    ...sales(company, branch, day),
    ...corrections(company, branch, day),
  ]);
  if (day.roleChanges) {
    const random = createRandom(company.seed, "roles", day.day);
    appointments.push({
      second: openingHour * 3600 + random.int(0, 7200),
      plan: () => planRoleChange(company, random),
    });
  }
  appointments.sort((a, b) => a.second - b.second); // stable: ties keep the order of the branches
  return appointments.flatMap(({ second, plan }) => plan(dateTime(day.calendar, second)) ?? []);
}

function deliveries(branch: Branch, calendar: CalendarDay): Appointment[] {
  if (!isDeliveryDay(calendar)) return [];
  // Before the doors open, one branch after the other.
  const second = (openingHour - 1) * 3600 + branch.row.branchId * 7;
  return [{ second, plan: (at) => planDelivery(branch, at) }];
}

function sales(company: Company, branch: Branch, day: DayPlan): Appointment[] {
  const random = createRandom(company.seed, "sales", branch.row.branchId, day.day);
  const jitter = 0.95 + random.next() / 10;
  const count = Math.max(1, Math.round(day.salesPerBranchDay * branch.pace * dayFactor(day.calendar) * jitter));
  return Array.from({ length: count }, () => ({
    second: customerSecond(random),
    plan: (at) => planSale(company, branch, at, random),
  }));
}

/** Share of branch days with 0, 1, 2, 3 corrections. */
const correctionWeights = [50, 33, 13, 4] as const;

function corrections(company: Company, branch: Branch, day: DayPlan): Appointment[] {
  const random = createRandom(company.seed, "corrections", branch.row.branchId, day.day);
  // However short the plan, it holds one correction to look at.
  const atLeast = day.day === 1 && branch.row.branchId === 1 ? 1 : 0;
  const count = Math.max(atLeast, random.weighted(correctionWeights));
  return Array.from({ length: count }, () => ({
    second: correctionSecond(random),
    plan: (at) => planCorrection(branch, at, random),
  }));
}

function correctionSecond(random: Random): number {
  return random.int(openingHour * 3600, closingHour * 3600 - 1);
}
