// ai: the answer to `summary` -> the facts that are put into words: few, in the day's own time, with labels of the language. What is
// told is made of these and of nothing else; their hash tells whether it must be told anew.
import { inertText } from "../lib/inert-text.ts";
import { wallTime } from "../lib/zoned-time.ts";
import type { DailySummary } from "../model/answer-schema.ts";
import type { Language } from "../model/language.ts";
import type { Label } from "../model/rule-terms.ts";
import { type AnomalyFact, type PersonFact, toAnomalyFact, toPersonFact } from "./anomaly-facts.ts";
import { createTelling } from "./telling.ts";

export interface ComparedFact {
  date: string;
  weekday: string;
  weeks_before: number;
  transactions: number;
  business_events: number;
  /** Of business events; null where a share would say little. */
  change_percent: number | null;
}

export interface TypeFact {
  label: string;
  type: string;
  count: number;
  week_before: number | null;
  total: string | null;
  total_week_before: string | null;
}

export interface BranchFact {
  branch: string;
  count: number;
  week_before: number | null;
}

export interface MovementFact {
  label: string;
  entity_type: string;
  entity_id: string;
  branch: string | null;
  actor: PersonFact | null;
  at: string;
  amount: string;
}

export interface SummaryFacts {
  date: string;
  weekday: string;
  zone: string;
  /** Local times, to the minute. */
  first_at: string | null;
  last_at: string | null;
  trail_begins: string | null;
  begins_after_the_day: boolean;
  is_newest_day: boolean;
  transactions: number;
  row_changes: number;
  business_events: number;
  compared: ComparedFact[];
  types: TypeFact[];
  more_types: number;
  /** Beyond those in `types`: not seen a week before. */
  new_types: { label: string; count: number }[];
  missing_types: { label: string; week_before: number }[];
  branches: BranchFact[];
  more_branches: number;
  silent_branches: { branch: string; week_before: number }[];
  users: { actor: PersonFact; count: number }[];
  movements: MovementFact[];
  anomalies: {
    count: number;
    high: number;
    medium: number;
    low: number;
    kinds: { label: string; count: number }[];
    more_kinds: number;
    gravest: AnomalyFact[];
  };
  unexplained_changes: number;
  unexplained_tables: { table: string; count: number }[];
  gaps: { at: string; reason: string }[];
  gap_count: number;
  more_gaps: number;
}

const shown = {
  types: 5,
  new: 3,
  missing: 3,
  branches: 4,
  silent: 3,
  users: 3,
  movements: 3,
  kinds: 4,
  anomalies: 3,
  tables: 3,
  gaps: 3,
};

export function toSummaryFacts(day: Omit<DailySummary, "words">, lang: Language): SummaryFacts {
  const { date, zone, anomalies } = day;
  const telling = createTelling(lang);
  const local = (timestamp: string): string => wallTime(Date.parse(timestamp), zone).slice(0, 16);
  const named = (label: Label, type: string): string => labelOf(label, type, lang);
  const happened = day.by_type.filter(({ count }) => count > 0);
  const branches = day.by_branch.filter(({ count }) => count > 0);
  const largest = day.movements.filter(
    ({ type }, index, all) => all.findIndex((other) => other.type === type) === index,
  );
  return {
    date,
    weekday: telling.weekday(date),
    zone,
    first_at: day.first_at && local(day.first_at),
    last_at: day.last_at && local(day.last_at),
    trail_begins: day.begins_at && local(day.begins_at),
    begins_after_the_day: day.begins_at !== null && day.begins_at >= day.to,
    is_newest_day: day.is_newest,
    transactions: day.transactions,
    row_changes: day.change_events,
    business_events: day.business_events,
    compared: day.compared.map((before) => ({
      date: before.date,
      weekday: telling.weekday(before.date),
      weeks_before: Math.round((Date.parse(date) - Date.parse(before.date)) / 604_800_000),
      transactions: before.transactions,
      business_events: before.business_events,
      change_percent: changePercent(day.business_events, before.business_events),
    })),
    types: happened.slice(0, shown.types).map(({ type, label, count, week_before, amount }) => ({
      label: named(label, type),
      type,
      count,
      week_before,
      total: amount?.total ?? null,
      total_week_before: amount?.week_before ?? null,
    })),
    more_types: Math.max(0, happened.length - shown.types),
    new_types: happened
      .slice(shown.types)
      .filter(({ week_before }) => week_before === 0)
      .slice(0, shown.new)
      .map(({ label, type, count }) => ({ label: named(label, type), count })),
    missing_types: day.by_type
      .filter(({ count, week_before }) => count === 0 && (week_before ?? 0) > 0)
      .sort((a, b) => (b.week_before ?? 0) - (a.week_before ?? 0))
      .slice(0, shown.missing)
      .map(({ label, type, week_before }) => ({ label: named(label, type), week_before: week_before ?? 0 })),
    branches: branches
      .slice(0, shown.branches)
      .map(({ branch, count, week_before }) => ({ branch: cut(branch), count, week_before })),
    more_branches: Math.max(0, branches.length - shown.branches),
    silent_branches: day.by_branch
      .filter(({ count, week_before }) => count === 0 && (week_before ?? 0) > 0)
      .slice(0, shown.silent)
      .map(({ branch, week_before }) => ({ branch: cut(branch), week_before: week_before ?? 0 })),
    users: day.by_actor
      .flatMap(({ actor, count }) => {
        const person = toPersonFact(actor);
        return person === null ? [] : [{ actor: person, count }];
      })
      .slice(0, shown.users),
    movements: largest.slice(0, shown.movements).map((movement) => ({
      label: named(movement.label, movement.type),
      entity_type: cut(movement.entity_type),
      entity_id: cut(movement.entity_id),
      branch: movement.branch === null ? null : cut(movement.branch),
      actor: toPersonFact(movement.actor),
      at: local(movement.occurred_at),
      amount: movement.amount,
    })),
    anomalies: {
      count: anomalies.count,
      ...anomalies.by_severity,
      kinds: anomalies.by_kind
        .slice(0, shown.kinds)
        .map(({ kind, label, count }) => ({ label: named(label, kind), count })),
      more_kinds: Math.max(0, anomalies.by_kind.length - shown.kinds),
      gravest: anomalies.items.slice(0, shown.anomalies).map((anomaly) => toAnomalyFact(anomaly, zone, lang)),
    },
    unexplained_changes: day.unexplained_changes,
    unexplained_tables: unexplainedTables(day),
    gaps: day.gaps
      .slice(0, shown.gaps)
      .map(({ recorded_at, reason }) => ({ at: local(recorded_at), reason: inertText(reason, 200) })),
    gap_count: day.gaps.length,
    more_gaps: Math.max(0, day.gaps.length - shown.gaps),
  };
}

export function labelOf(label: Label, type: string, lang: Language): string {
  return label?.[lang] ?? label?.en ?? type;
}

/** Shares of small numbers say little. */
export function changePercent(now: number, before: number): number | null {
  return before < 20 ? null : Math.round(((now - before) / before) * 100);
}

function unexplainedTables({ by_table }: Pick<DailySummary, "by_table">): SummaryFacts["unexplained_tables"] {
  const tables = new Map<string, number>();
  for (const { table, unexplained } of by_table) tables.set(table, (tables.get(table) ?? 0) + unexplained);
  return [...tables]
    .filter(([, count]) => count > 0)
    .sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
    .slice(0, shown.tables)
    .map(([table, count]) => ({ table: cut(table), count }));
}

/** An id may be as long as a column lets it be. */
function cut(text: string): string {
  return inertText(text, 60);
}
