// Takes the options, gives day after day of planned transactions. Pure: the same options give the same plan for ever.
// One day is in memory at a time, so ninety days cost no more than one.
import { products, suppliers } from "./catalogue.ts";
import { createCompany, inventoryRows, managerOf, openBranch } from "./company.ts";
import type { Company } from "./company.ts";
import type { PlannedTransaction, TradeDay } from "./planned-transaction.ts";
import { createRandom } from "./random.ts";
import { roleChangeDays } from "./role-change.ts";
import { unitsPerSale } from "./sale.ts";
import { dateTime, dayAt } from "./trade-calendar.ts";
import type { CalendarDay } from "./trade-calendar.ts";
import { planTradeDay } from "./trade-day.ts";
import { checkTradeOptions } from "./trade-options.ts";
import type { TradeOptions } from "./trade-options.ts";

/** Day 0, the opening on the eve of `from`, then `options.days` days of trade. @throws AppError `usage.argument` */
export function* planTrade(options: TradeOptions): Generator<TradeDay, void, void> {
  checkTradeOptions(options);
  const { seed, days, from } = options;
  const company = createCompany(seed);
  const eve = dayAt(from, -1);
  yield { day: 0, date: eve.date, transactions: planOpening(company, options, eve) };

  const newBranchDay = Math.ceil((days + 1) / 2);
  const roleDays = roleChangeDays(days, createRandom(seed, "role days"));
  for (let day = 1; day <= days; day += 1) {
    const calendar = dayAt(from, day - 1);
    const transactions =
      day === newBranchDay ? planNewBranch(company, options, dateTime(calendar, 6 * 3600), newcomerPace) : [];
    const { salesPerBranchDay } = options;
    transactions.push(...planTradeDay(company, { day, calendar, salesPerBranchDay, roleChanges: roleDays.has(day) }));
    yield { day, date: calendar.date, transactions };
  }
}

/** A branch that has just opened sells less than the others. */
const newcomerPace = 0.5;

function planOpening(company: Company, options: TradeOptions, eve: CalendarDay): PlannedTransaction[] {
  const transactions: PlannedTransaction[] = [{ kind: "catalogue", suppliers, products }];
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
    random: createRandom(options.seed, "first stock", company.branches.length),
  });
  // Copies: roles change later, and what is planned must not change with them.
  const staff = branch.staff.map((user) => ({ ...user }));
  return [
    { kind: "branch", branch: branch.row, staff },
    { kind: "first-stock", at: openedAt, userId: managerOf(branch).userId, rows: inventoryRows(branch) },
  ];
}
