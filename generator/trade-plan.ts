// Takes the options, gives day after day of planned transactions. Pure: the same options give the same plan for ever.
// One day is in memory at a time, so ninety days cost no more than one.
import { createAnomalies } from "./anomaly-schedule.ts";
import type { Appointment, DayPlan } from "./appointment.ts";
import { suppliers } from "./catalogue.ts";
import { adminOf, createCompany, inventoryRows, managerOf, openBranch } from "./company.ts";
import type { Company } from "./company.ts";
import { officeAppointments, officeDays } from "./office-day.ts";
import type { PlannedTransaction, TradeDay } from "./planned-transaction.ts";
import { createRandom } from "./random.ts";
import { unitsPerSale } from "./sale.ts";
import { dateTime, dayAt, isDeliveryDay, openingHours } from "./trade-calendar.ts";
import type { CalendarDay } from "./trade-calendar.ts";
import { tradeAppointments } from "./trade-day.ts";
import { checkTradeOptions } from "./trade-options.ts";
import type { TradeOptions } from "./trade-options.ts";

/** Day 0, the opening on the eve of `from`, then `options.days` days of trade. @throws AppError `usage.argument` */
export function* planTrade(options: TradeOptions): Generator<TradeDay, void, void> {
  checkTradeOptions(options);
  const { seed, days, from } = options;
  const company = createCompany(seed);
  const eve = dayAt(from, -1);
  yield { day: 0, date: eve.date, transactions: planOpening(company, options, eve), anomalies: [] };

  const office = officeDays(seed, days);
  const anomalies = createAnomalies(company, options);
  for (let day = 1; day <= days; day += 1) {
    const calendar = dayAt(from, day - 1);
    const transactions = planBranches(company, options, day, calendar);
    const hours = openingHours(calendar);
    if (hours) {
      const { salesFactor } = anomalies;
      const nextDeliveryDay = nextDelivery(options, day);
      const plan: DayPlan = { day, calendar, hours, options, nextDeliveryDay, salesFactor };
      anomalies.begin(plan);
      transactions.push(
        ...inOrder(calendar, [
          ...tradeAppointments(company, plan),
          ...officeAppointments(company, plan, office),
          ...anomalies.appointments(plan),
        ]),
      );
    }
    yield { day, date: calendar.date, transactions, anomalies: anomalies.end(day) };
  }
}

/** A branch that has just opened sells less than the others. */
const newcomerPace = 0.5;

/** Half-way a branch opens; when four fifths of the days are over, the last of the first ones closes. */
function planBranches(
  company: Company,
  options: TradeOptions,
  day: number,
  calendar: CalendarDay,
): PlannedTransaction[] {
  const at = dateTime(calendar, 6 * 3600);
  const openingDay = Math.ceil((options.days + 1) / 2);
  const closingDay = Math.max(openingDay + 1, Math.ceil(options.days * 0.8));
  if (day === openingDay) return planNewBranch(company, options, at, newcomerPace);
  return day === closingDay && options.branches > 1 ? [closeBranch(company, options.branches, at)] : [];
}

/** Its staff are let go in the same transaction. */
function closeBranch(company: Company, branchId: number, at: string): PlannedTransaction {
  const staff = company.branches.find(({ row }) => row.branchId === branchId)?.staff ?? [];
  company.branches = company.branches.filter(({ row }) => row.branchId !== branchId);
  const closedBy = adminOf(company).userId;
  return { kind: "branch-closed", at, branchId, closedBy, staff: staff.map(({ userId }) => userId) };
}

function planOpening(company: Company, options: TradeOptions, eve: CalendarDay): PlannedTransaction[] {
  // Copies: prices change later, and what is planned must not change with them.
  const products = company.products.map((product) => ({ ...product }));
  const transactions: PlannedTransaction[] = [{ kind: "catalogue", at: dateTime(eve, 8 * 3600), suppliers, products }];
  const random = createRandom(options.seed, "pace");
  for (let index = 0; index < options.branches; index += 1) {
    const openedAt = dateTime(eve, 9 * 3600 + index * 60);
    transactions.push(...planNewBranch(company, options, openedAt, 0.9 + random.next() / 5));
  }
  return transactions;
}

/** The branch with its staff in one transaction, then its first stock in another. */
function planNewBranch(company: Company, options: TradeOptions, openedAt: string, pace: number): PlannedTransaction[] {
  const branch = openBranch(company, {
    openedAt,
    pace,
    unitsPerDay: options.salesPerBranchDay * unitsPerSale,
    random: createRandom(options.seed, "first stock", company.branchesOpened),
  });
  const staff = branch.staff.map((user) => ({ ...user }));
  return [
    { kind: "branch", branch: branch.row, staff },
    { kind: "first-stock", at: openedAt, userId: managerOf(branch).userId, rows: inventoryRows(branch) },
  ];
}

/** In the order of the clock. Each is settled when its turn comes, on what the ones before it left. */
function inOrder(calendar: CalendarDay, appointments: Appointment[]): PlannedTransaction[] {
  appointments.sort((a, b) => a.second - b.second); // stable: ties keep the order of the branches
  return appointments.flatMap(({ second, plan }) => plan(dateTime(calendar, second)) ?? []);
}

function nextDelivery({ from }: TradeOptions, day: number): number {
  let next = day + 1;
  while (!isDeliveryDay(dayAt(from, next - 1))) next += 1;
  return next;
}
