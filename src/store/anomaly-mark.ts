// store: the table anomaly_mark of the findings file. What people said of anomalies; nothing of it is ever deleted.
import type Database from "better-sqlite3";
import type { Anomaly, MarkedAnomaly } from "../model/answer-schema.ts";

export interface NewMark {
  anomaly_id: string;
  state: Anomaly["state"];
  marked_by: string;
  note: string | null;
  marked_at: string;
}

export interface AnomalyMarkWrites {
  /** False when there is no such anomaly. */
  markAnomaly(mark: NewMark): boolean;
  /** 0 while there is none. */
  newestMarkId(): number;
  /** In the order in which they were said. */
  marksAfter(markId: number): { mark_id: number; anomaly_id: string; state: Anomaly["state"] }[];
  /** What was said last of an anomaly, up to a mark. */
  markedState(anomalyId: string, upTo: number): Anomaly["state"] | undefined;
}

export function prepareAnomalyMarkWrites(db: Database.Database): AnomalyMarkWrites {
  const setState = db.prepare<[state: string, anomaly_id: string]>("UPDATE anomaly SET state = ? WHERE anomaly_id = ?");
  const insert = db.prepare<[NewMark]>(
    `INSERT INTO anomaly_mark (anomaly_id, state, marked_by, note, marked_at)
     VALUES (@anomaly_id, @state, @marked_by, @note, @marked_at)`,
  );
  const newest = db.prepare<[], number>("SELECT coalesce(max(mark_id), 0) FROM anomaly_mark").pluck();
  const after = db.prepare<[number], ReturnType<AnomalyMarkWrites["marksAfter"]>[number]>(
    "SELECT mark_id, anomaly_id, state FROM anomaly_mark WHERE mark_id > ? ORDER BY mark_id",
  );
  const last = db
    .prepare<[anomaly_id: string, up_to: number], Anomaly["state"]>(
      "SELECT state FROM anomaly_mark WHERE anomaly_id = ? AND mark_id <= ? ORDER BY mark_id DESC LIMIT 1",
    )
    .pluck();
  return {
    markAnomaly(mark) {
      if (setState.run(mark.state, mark.anomaly_id).changes === 0) return false;
      insert.run(mark);
      return true;
    },
    newestMarkId: () => newest.get() ?? 0,
    marksAfter: (markId) => after.all(markId),
    markedState: (anomalyId, upTo) => last.get(anomalyId, upTo),
  };
}

/** The newest mark of an anomaly `a`, as JSON; null where there is none. */
export const newestMark = (a: string): string =>
  `(SELECT json_object('state', m.state, 'by', m.marked_by, 'at', m.marked_at, 'note', m.note)
    FROM anomaly_mark m WHERE m.anomaly_id = ${a}.anomaly_id ORDER BY m.mark_id DESC LIMIT 1)`;

export function parseMark(json: string | null): MarkedAnomaly["mark"] {
  return json === null ? null : (JSON.parse(json) as MarkedAnomaly["mark"]);
}
