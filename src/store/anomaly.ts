// store: the table anomaly of the findings file. What stands out in the trail, as detection found it.
import type Database from "better-sqlite3";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { Anomaly, MarkedAnomaly } from "../model/answer-schema.ts";
import type { AnomalyCount } from "../model/detection-progress.ts";
import type { ParsedInput } from "../model/question.ts";
import { newestMark, parseMark } from "./anomaly-mark.ts";
import { readPlace, writeCursor } from "./cursor.ts";
import { endOfTime } from "./entry-blocks.ts";
import type { SqlValues } from "./event-filter.ts";
import { prepareOnce } from "./prepare-once.ts";

interface AnomalyRow extends Omit<
  Anomaly,
  "from" | "to" | "actor" | "numbers" | "business_event_ids" | "change_event_ids"
> {
  from_time: string;
  to_time: string;
  actor: string | null;
  numbers: string;
  business_event_ids: string;
  change_event_ids: string;
}

export type StoredAnomaly = AnomalyRow & { anomaly_row: number; mark: string | null };

export interface AnomalyPart {
  items: MarkedAnomaly[];
  next_cursor: string | null;
}

export interface AnomalyWrites {
  /** New ones, and those that have gone on: what a person said of one (its state) stays. @param round of detection */
  putAnomalies(found: readonly Anomaly[], round?: number): void;
  /** The last round of detection that came upon it; undefined where none did. */
  anomalyRound(id: string): number | undefined;
  /** Those that detection, when it began anew, did not come upon again. What people have judged stays. Gives how many went. */
  dropAnomaliesBefore(round: number): number;
}

export interface AnomalyQueries {
  anomalyById(id: string): MarkedAnomaly | undefined;
  /** Those whose time meets the range, the newest found first. @throws usage.query for a cursor that is none of its own */
  listAnomalies(input: ParsedInput<"anomalies">): AnomalyPart;
  countAnomalies(): AnomalyCount[];
}

export function prepareAnomalyWrites(db: Database.Database): AnomalyWrites {
  const put = db.prepare<[AnomalyRow & { round: number }]>(
    `INSERT INTO anomaly
     (anomaly_id, kind, severity, score, entity_type, entity_id, actor, from_time, to_time, detected_at, reason, numbers, state, business_event_ids, change_event_ids, round)
     VALUES (@anomaly_id, @kind, @severity, @score, @entity_type, @entity_id, @actor, @from_time, @to_time, @detected_at, @reason, @numbers,
       coalesce((SELECT m.state FROM anomaly_mark m WHERE m.anomaly_id = @anomaly_id ORDER BY m.mark_id DESC LIMIT 1), @state),
       @business_event_ids, @change_event_ids, @round)
     ON CONFLICT (anomaly_id) DO UPDATE SET kind = excluded.kind, severity = excluded.severity, score = excluded.score,
       entity_type = excluded.entity_type, entity_id = excluded.entity_id, actor = excluded.actor, from_time = excluded.from_time,
       to_time = excluded.to_time, detected_at = excluded.detected_at, reason = excluded.reason, numbers = excluded.numbers,
       business_event_ids = excluded.business_event_ids, change_event_ids = excluded.change_event_ids, round = excluded.round`,
  );
  const round = db.prepare<[string], number>("SELECT round FROM anomaly WHERE anomaly_id = ?").pluck();
  const drop = db.prepare<[number]>(
    `DELETE FROM anomaly WHERE round < ?
       AND NOT EXISTS (SELECT 1 FROM anomaly_mark m WHERE m.anomaly_id = anomaly.anomaly_id)`,
  );
  return {
    putAnomalies(found, of = 1) {
      for (const anomaly of found) put.run({ ...toAnomalyRow(anomaly), round: of });
    },
    anomalyRound: (id) => round.get(id),
    dropAnomaliesBefore: (before) => drop.run(before).changes,
  };
}

function toAnomalyRow({ from, to, actor, ...anomaly }: Anomaly): AnomalyRow {
  return {
    ...anomaly,
    from_time: from,
    to_time: to,
    actor: actor === null ? null : canonicalJson(actor),
    numbers: JSON.stringify(anomaly.numbers),
    business_event_ids: JSON.stringify(anomaly.business_event_ids),
    change_event_ids: JSON.stringify(anomaly.change_event_ids),
  };
}

export function fromAnomalyRow(row: StoredAnomaly): MarkedAnomaly {
  const { anomaly_id, kind, severity, score, entity_type, entity_id, detected_at, reason, state } = row;
  return {
    anomaly_id,
    kind,
    severity,
    score,
    entity_type,
    entity_id,
    from: row.from_time,
    to: row.to_time,
    detected_at,
    reason,
    state,
    actor: JSON.parse(row.actor ?? "null") as Anomaly["actor"],
    numbers: JSON.parse(row.numbers) as Anomaly["numbers"],
    business_event_ids: JSON.parse(row.business_event_ids) as string[],
    change_event_ids: JSON.parse(row.change_event_ids) as string[],
    mark: parseMark(row.mark),
  };
}

const filters = { anomaly_kind: "kind", severity: "severity", state: "state" } as const;

export function prepareAnomalyQueries(db: Database.Database): AnomalyQueries {
  const prepare = prepareOnce(db);
  const byId = db.prepare<[string], StoredAnomaly>(
    `SELECT a.*, ${newestMark("a")} AS mark FROM anomaly a WHERE anomaly_id = ?`,
  );
  const counts = db.prepare<[], AnomalyCount>(
    "SELECT kind, severity, state, count(*) AS count FROM anomaly GROUP BY kind, severity, state ORDER BY kind, severity, state",
  );
  return {
    countAnomalies: () => counts.all(),
    anomalyById(id) {
      const row = byId.get(id);
      return row && fromAnomalyRow(row);
    },
    listAnomalies({ from, to, limit, cursor, ...rest }) {
      const values: SqlValues = {
        below: cursor === undefined ? Number.MAX_SAFE_INTEGER : readPlace("anomalies", cursor).id,
        from: from ?? "",
        to: to ?? endOfTime,
        limit: limit + 1,
      };
      const conditions = Object.entries(filters).flatMap(([name, column]) => {
        const value = rest[name as keyof typeof filters];
        if (value === undefined) return [];
        values[name] = value;
        return [`AND ${column} = @${name}`];
      });
      const rows = prepare<StoredAnomaly>(
        `SELECT a.*, ${newestMark("a")} AS mark FROM anomaly a WHERE anomaly_row < @below AND to_time >= @from AND from_time < @to ${conditions.join(" ")}
         ORDER BY anomaly_row DESC LIMIT @limit`,
      ).all(values);
      const shown = rows.slice(0, limit);
      const next_cursor = rows.length > limit ? writeCursor("anomalies", [0, shown.at(-1)!.anomaly_row]) : null;
      return { items: shown.map(fromAnomalyRow), next_cursor };
    },
  };
}
