// What planners of a day work with: the day, and the appointments they make in it.
import type { Branch } from "./company.ts";
import type { PlannedTransaction } from "./planned-transaction.ts";
import type { CalendarDay, OpeningHours } from "./trade-calendar.ts";
import type { TradeOptions } from "./trade-options.ts";

/** A day on which the doors open. */
export interface DayPlan {
  /** From 1. */
  day: number;
  calendar: CalendarDay;
  hours: OpeningHours;
  options: TradeOptions;
  /** The next day, after this one, on which anything is delivered. */
  nextDeliveryDay: number;
  /** What anomalies make of the branch's sales: 1 when there are none. */
  salesFactor: (branch: Branch) => number;
}

/** Will happen at a second of the day; what exactly is settled when its turn comes, on the stock and staff of then. */
export interface Appointment {
  second: number;
  plan: (at: string) => PlannedTransaction | PlannedTransaction[] | null;
}
