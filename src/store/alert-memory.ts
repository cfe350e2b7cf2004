// store: the tables alert_memory and anomaly_told of the findings file: what alerts have told of, and what is new since.
import type Database from "better-sqlite3";
import type { AlertMemories } from "../model/alert-memory.ts";
import { type Anomaly, severities } from "../model/answer-schema.ts";
import type { Language } from "../model/language.ts";
import { fromAnomalyRow, type StoredAnomaly } from "./anomaly.ts";
import { newestMark, type NewMark } from "./anomaly-mark.ts";

export interface UntoldAnomaly {
  anomaly: Anomaly;
  /** The highest severity that was told; null: it was never told of. */
  told: Anomaly["severity"] | null;
}

export interface WrittenSummary {
  date: string;
  zone: string;
  lang: Language;
  words: string;
}

export interface AlertMemoryQueries {
  alertMemory<Subject extends keyof AlertMemories>(subject: Subject): AlertMemories[Subject] | undefined;
}

export interface AlertMemoryWrites {
  putAlertMemory<Subject extends keyof AlertMemories>(subject: Subject, memory: AlertMemories[Subject]): void;
  /** Open anomalies of this severity or higher that were not told of as severe as they are, the oldest first. */
  untoldAnomalies(from: Anomaly["severity"], limit: number): UntoldAnomaly[];
  /** @param alone false: it was only counted among older ones */
  putAnomalyTold(anomalyId: string, severity: Anomaly["severity"], alone: boolean): void;
  wasAnomalyTold(anomalyId: string): boolean;
  /** What people said after a mark, in that order; a page of it. */
  newMarks(markId: number): (NewMark & { mark_id: number })[];
  /** Of days after a date, the oldest first. */
  summariesAfter(date: string): WrittenSummary[];
}

const rank = (column: string): string =>
  `CASE ${column} ${severities.map((severity, index) => `WHEN '${severity}' THEN ${index}`).join(" ")} ELSE -1 END`;

export function prepareAlertMemoryQueries(db: Database.Database): AlertMemoryQueries {
  const get = db.prepare<[string], string>("SELECT memory FROM alert_memory WHERE subject = ?").pluck();
  return {
    alertMemory(subject) {
      const memory = get.get(subject);
      return memory === undefined ? undefined : (JSON.parse(memory) as AlertMemories[typeof subject]);
    },
  };
}

export function prepareAlertMemory(db: Database.Database): AlertMemoryWrites {
  const put = db.prepare<[string, string]>("INSERT OR REPLACE INTO alert_memory (subject, memory) VALUES (?, ?)");
  const untold = db.prepare<[number, number], StoredAnomaly & { told: Anomaly["severity"] | null }>(
    `SELECT a.*, ${newestMark("a")} AS mark, t.severity AS told FROM anomaly a LEFT JOIN anomaly_told t USING (anomaly_id)
     WHERE a.state = 'open' AND ${rank("a.severity")} >= ? AND ${rank("a.severity")} > ${rank("t.severity")}
     ORDER BY a.anomaly_row LIMIT ?`,
  );
  const putTold = db.prepare<[string, string, number]>(
    `INSERT INTO anomaly_told (anomaly_id, severity, is_alone) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET severity = excluded.severity, is_alone = max(is_alone, excluded.is_alone)`,
  );
  const told = db.prepare<[string], number>("SELECT is_alone FROM anomaly_told WHERE anomaly_id = ?").pluck();
  const marks = db.prepare<[number], NewMark & { mark_id: number }>(
    `SELECT mark_id, anomaly_id, state, marked_by, note, marked_at FROM anomaly_mark
     WHERE mark_id > ? ORDER BY mark_id LIMIT 1000`,
  );
  const summaries = db.prepare<[string], WrittenSummary>(
    "SELECT date, zone, lang, words FROM daily_summary WHERE date > ? ORDER BY date, written_at",
  );
  return {
    putAlertMemory: (subject, memory) => void put.run(subject, JSON.stringify(memory)),
    untoldAnomalies: (from, limit) =>
      untold.all(severities.indexOf(from), limit).map((row) => ({ anomaly: fromAnomalyRow(row), told: row.told })),
    putAnomalyTold: (anomalyId, severity, alone) => void putTold.run(anomalyId, severity, alone ? 1 : 0),
    wasAnomalyTold: (anomalyId) => told.get(anomalyId) === 1,
    newMarks: (markId) => marks.all(markId),
    summariesAfter: (date) => summaries.all(date),
  };
}
