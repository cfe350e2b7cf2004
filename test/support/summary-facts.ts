// The facts of a shop's Friday, for what puts them into words. `fridayFacts({ ...what differs })`.
import type { AnomalyFact } from "../../src/ai/anomaly-facts.ts";
import type { SummaryFacts } from "../../src/ai/summary-facts.ts";

export const lossOfStock: AnomalyFact = {
  kind: "shrinkage",
  label: "Stock that disappears",
  detector: "repeat",
  severity: "high",
  entity_type: "inventory",
  entity_id: "37",
  actor: { kind: "user", user: "31" },
  from: "2026-03-06 18:02",
  to: "2026-03-06 19:40",
  reason: "inventory 37: 6 times in 2 days.",
  numbers: { value: 6, baseline: 0.4, samples: 120, days: 2 },
};

export function fridayFacts(differs: Partial<SummaryFacts> = {}): SummaryFacts {
  return {
    date: "2026-03-06",
    weekday: "Friday",
    zone: "America/Lima",
    first_at: "2026-03-06 08:02",
    last_at: "2026-03-06 21:04",
    trail_begins: null,
    begins_after_the_day: false,
    is_newest_day: false,
    transactions: 1_412,
    row_changes: 4_650,
    business_events: 1_430,
    compared: [
      {
        date: "2026-02-27",
        weekday: "Friday",
        weeks_before: 1,
        transactions: 1_200,
        business_events: 1_276,
        change_percent: 12,
      },
      {
        date: "2026-02-20",
        weekday: "Friday",
        weeks_before: 2,
        transactions: 1_500,
        business_events: 1_480,
        change_percent: -3,
      },
    ],
    types: [
      {
        label: "Sale completed",
        type: "sale.completed",
        count: 1_380,
        week_before: 1_240,
        total: "41234.50",
        total_week_before: "39000.00",
      },
      {
        label: "Role changed",
        type: "user.role_changed",
        count: 1,
        week_before: 0,
        total: null,
        total_week_before: null,
      },
    ],
    more_types: 4,
    new_types: [],
    missing_types: [{ label: "Purchase received", week_before: 4 }],
    branches: [
      { branch: "3", count: 620, week_before: 600 },
      { branch: "Lima Centro", count: 410, week_before: 0 },
    ],
    more_branches: 1,
    silent_branches: [{ branch: "4", week_before: 35 }],
    users: [{ actor: { kind: "user", user: "17" }, count: 188 }],
    movements: [
      {
        label: "Sale completed",
        entity_type: "sale",
        entity_id: "1042",
        branch: "3",
        actor: { kind: "user", user: "17" },
        at: "2026-03-06 14:32",
        amount: "1204.50",
      },
    ],
    anomalies: { count: 0, high: 0, medium: 0, low: 0, kinds: [], more_kinds: 0, gravest: [] },
    unexplained_changes: 12,
    unexplained_tables: [{ table: "pharmacy.branches", count: 12 }],
    gaps: [],
    gap_count: 0,
    more_gaps: 0,
    ...differs,
  };
}

/** A day on which nothing was recorded. */
export function emptyFacts(differs: Partial<SummaryFacts> = {}): SummaryFacts {
  return fridayFacts({
    date: "2026-03-08",
    weekday: "Sunday",
    first_at: null,
    last_at: null,
    transactions: 0,
    row_changes: 0,
    business_events: 0,
    compared: [],
    types: [],
    more_types: 0,
    missing_types: [],
    branches: [],
    more_branches: 0,
    silent_branches: [],
    users: [],
    movements: [],
    unexplained_changes: 0,
    unexplained_tables: [],
    ...differs,
  });
}
