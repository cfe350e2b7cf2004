// Takes what a caller asks for, gives it back checked: the size and the seed of the trade to play.
import { AppError } from "../src/model/app-error.ts";
import { dayAt } from "./trade-calendar.ts";

export interface TradeOptions {
  /** The same seed gives the same rows, on every server and every machine. */
  seed: number;
  /** Days of trade. */
  days: number;
  /** First day, for example "2026-01-05". */
  from: string;
  /** Branches at the start; one more opens half-way. */
  branches: number;
  /** About as many sales in each branch on an ordinary day. */
  salesPerBranchDay: number;
}

export const defaultTrade: TradeOptions = {
  seed: 42,
  days: 14,
  from: "2026-01-05",
  branches: 4,
  salesPerBranchDay: 120,
};

/** @throws AppError `usage.argument`, naming the option and its range. */
export function checkTradeOptions(options: TradeOptions): void {
  requireWhole("seed", options.seed, 0, Number.MAX_SAFE_INTEGER);
  requireWhole("days", options.days, 1, 3660);
  requireWhole("branches", options.branches, 1, 200);
  requireWhole("sales per branch and day", options.salesPerBranchDay, 1, 100_000);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(options.from) || dayAt(options.from, 0).date !== options.from) {
    throw new AppError("usage.argument", `from: "${options.from}" is not a day`, { hint: "Write it as 2026-01-05." });
  }
}

function requireWhole(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new AppError("usage.argument", `${name}: ${value} is out of range`, {
    hint: `Give a whole number from ${min} to ${max}.`,
  });
}
