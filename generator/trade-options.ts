// Takes what a caller asks for, gives it back checked: the size, the seed and the habits of the trade to play.
import { AppError } from "../src/model/app-error.ts";
import { anomalyKinds } from "./anomaly.ts";
import type { AnomalyKind } from "./anomaly.ts";
import { dayAt } from "./trade-calendar.ts";

export interface TradeRates {
  /** Returns as a share of sales; the rates of voids and discounts are shares too. */
  returns: number;
  voids: number;
  discounts: number;
  /** Of the sales with a discount, those with one beyond the limit. */
  discountsBeyondLimit: number;
  /** Corrections of stock in a branch on a day; 0.7 is one on seven days of ten. */
  corrections: number;
  /** Transfers to another branch, from a branch on a day. */
  transfers: number;
  /** Anomalies of each kind in 30 days; the first comes in any case. */
  anomalies: number;
}

export interface TradeOptions {
  /** The same seed gives the same rows, on every server and every machine. */
  seed: number;
  /** Days of trade. */
  days: number;
  /** First day, for example "2026-01-05". */
  from: string;
  /** Branches at the start; one more opens half-way, and late the last of these closes. */
  branches: number;
  /** About as many sales in each branch on an ordinary day. */
  salesPerBranchDay: number;
  rates: TradeRates;
  /** Kinds that are played; none for ordinary trade alone. */
  anomalies: readonly AnomalyKind[];
}

/** Ninety days, about a million row changes. */
export const defaultTrade: TradeOptions = {
  seed: 42,
  days: 90,
  from: "2026-01-05",
  branches: 8,
  salesPerBranchDay: 240,
  rates: {
    returns: 0.015,
    voids: 0.006,
    discounts: 0.06,
    discountsBeyondLimit: 0.03,
    corrections: 0.7,
    transfers: 0.4,
    anomalies: 1,
  },
  anomalies: anomalyKinds,
};

/** For each rate, the most it may be: shares end at 1. */
const ratesMax: Record<keyof TradeRates, number> = {
  returns: 1,
  voids: 1,
  discounts: 1,
  discountsBeyondLimit: 1,
  corrections: 1000,
  transfers: 1000,
  anomalies: 30,
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
  for (const [name, rate] of Object.entries(options.rates)) {
    const max = ratesMax[name as keyof TradeRates];
    if (rate >= 0 && rate <= max) continue;
    throw new AppError("usage.argument", `rate ${name}: ${rate} is out of range`, {
      hint: `Give a number from 0 to ${max}.`,
    });
  }
}

function requireWhole(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new AppError("usage.argument", `${name}: ${value} is out of range`, {
    hint: `Give a whole number from ${min} to ${max}.`,
  });
}
