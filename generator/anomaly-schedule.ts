// Takes the options, gives the anomalies of each day: when they begin, what they add, and which of them have ended.
import { anomalyKinds } from "./anomaly.ts";
import type { Anomaly, AnomalyKind } from "./anomaly.ts";
import type { AnomalyRun, AnomalyScript } from "./anomaly-run.ts";
import { rightsAnomalies } from "./anomalies-of-rights.ts";
import { salesAnomalies } from "./anomalies-of-sales.ts";
import { stockAnomalies } from "./anomalies-of-stock.ts";
import type { Appointment, DayPlan } from "./appointment.ts";
import type { Branch, Company } from "./company.ts";
import { createRandom } from "./random.ts";
import type { TradeOptions } from "./trade-options.ts";

const scripts: Record<AnomalyKind, AnomalyScript> = { ...stockAnomalies, ...salesAnomalies, ...rightsAnomalies };

export interface Anomalies {
  /** Starts those that are due. */
  begin: (day: DayPlan) => void;
  appointments: (day: DayPlan) => Appointment[];
  salesFactor: (branch: Branch) => number;
  /** Gives those whose last day it was, and on the plan's last day all; those of which nothing came are left out. */
  end: (day: number) => Anomaly[];
}

interface ActiveRun {
  run: AnomalyRun;
  lastDay: number;
}

export function createAnomalies(company: Company, options: TradeOptions): Anomalies {
  const kinds = anomalyKinds.filter((kind) => options.anomalies.includes(kind));
  let due = kinds.flatMap((kind) => startDays(kind, options).map((day) => ({ kind, day })));
  let active: ActiveRun[] = [];
  return {
    begin(plan) {
      // Later than planned when that day was a holiday on which nothing opened.
      for (const { kind, day } of due.filter((one) => one.day <= plan.day)) {
        const script = scripts[kind];
        const run = script.start(company, plan, createRandom(company.seed, "anomaly", kind, day));
        if (run) active.push({ run, lastDay: plan.day + script.days - 1 });
      }
      due = due.filter((one) => one.day > plan.day);
    },
    appointments: (plan) => active.flatMap(({ run }) => run.appointments(plan)),
    salesFactor: (branch) => active.reduce((factor, { run }) => factor * (run.salesFactor?.(branch) ?? 1), 1),
    end(day) {
      const ended = active.filter(({ lastDay }) => lastDay <= day || day === options.days);
      active = active.filter((one) => !ended.includes(one));
      return ended.flatMap(({ run }) => run.record.anomaly() ?? []);
    },
  };
}

/** The first within 30 days but not on the first day of several, when there is nothing yet to tamper with. */
function startDays(kind: AnomalyKind, { seed, days, rates }: TradeOptions): number[] {
  if (rates.anomalies === 0) return [];
  const random = createRandom(seed, "anomaly days", kind);
  const gap = 30 / rates.anomalies;
  const chosen: number[] = [];
  let day = days === 1 ? 1 : random.int(2, Math.max(2, Math.min(days, Math.ceil(gap))));
  for (; day <= days; day += Math.max(1, Math.round(gap * (0.7 + 0.6 * random.next())))) chosen.push(day);
  return chosen;
}
