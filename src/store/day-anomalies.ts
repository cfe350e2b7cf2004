// store: the anomalies of a day, from the findings file. Takes a range of time, gives how many there are and the gravest of them.
import type Database from "better-sqlite3";
import type { Anomaly, DailySummary, Severity } from "../model/answer-schema.ts";
import type { RuleTerms } from "../model/rule-terms.ts";
import { fromAnomalyRow, type StoredAnomaly } from "./anomaly.ts";

export type DayAnomalies = DailySummary["anomalies"];

export interface DayAnomalyQueries {
  /** Those whose time meets the range. */
  dayAnomalies(range: { from: string; to: string }, terms: RuleTerms): DayAnomalies;
}

const shownMax = 20;
export const noAnomalies: DayAnomalies = {
  count: 0,
  by_severity: { high: 0, medium: 0, low: 0 },
  by_kind: [],
  items: [],
};

const meets = "to_time >= @from AND from_time < @to";
const gravest = "CASE severity WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, score DESC, from_time, anomaly_id";

export function prepareDayAnomalies(db: Database.Database): DayAnomalyQueries {
  const counts = db.prepare<[object], { kind: string; severity: Severity; count: number }>(
    `SELECT kind, severity, count(*) AS count FROM anomaly WHERE ${meets} GROUP BY kind, severity`,
  );
  const items = db.prepare<[object], StoredAnomaly>(
    `SELECT *, NULL AS mark FROM anomaly WHERE ${meets} ORDER BY ${gravest} LIMIT ${shownMax}`,
  );
  return {
    dayAnomalies({ from, to }, { watches }) {
      const by_severity = { high: 0, medium: 0, low: 0 };
      const kinds = new Map<string, number>();
      for (const { kind, severity, count } of counts.all({ from, to })) {
        by_severity[severity] += count;
        kinds.set(kind, (kinds.get(kind) ?? 0) + count);
      }
      return {
        count: by_severity.high + by_severity.medium + by_severity.low,
        by_severity,
        by_kind: [...kinds]
          .map(([kind, count]) => ({ kind, label: watches.get(kind)?.label ?? null, count }))
          .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)),
        items: items.all({ from, to }).map((row) => toDayAnomaly(fromAnomalyRow(row), watches)),
      };
    },
  };
}

/** Without what people said of it, which comes later than the day, and without its evidence. */
function toDayAnomaly(anomaly: Anomaly, watches: RuleTerms["watches"]): DayAnomalies["items"][number] {
  const { anomaly_id, kind, severity, score, entity_type, entity_id, actor, from, to, detected_at, reason, numbers } =
    anomaly;
  const { label = null, detector = null } = watches.get(kind) ?? {};
  const told = {
    anomaly_id,
    kind,
    severity,
    score,
    entity_type,
    entity_id,
    actor,
    from,
    to,
    detected_at,
    reason,
    numbers,
  };
  return { ...told, label, detector };
}
