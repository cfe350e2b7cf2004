// store: what an answer rests on. Reads the ledger, gives the GTID range held and its gaps.
import type Database from "better-sqlite3";
import type { Coverage, Gap } from "../model/trace.ts";
import { prepareCheckpoint } from "./checkpoint.ts";
import { preparePreparedList } from "./prepared.ts";
import { prepareSnapshot } from "./snapshot.ts";

/** Detail of a `start` entry; the first one says where the trail begins. */
export interface StartDetail {
  from_gtid_set: string;
  version: string;
  /** What the server's log cannot hold. */
  limits?: string[];
}

/** Detail of a `start` entry of changes that are not read from a log but posted. */
export interface FeedStartDetail extends StartDetail {
  via: "debezium";
  /** connector:server */
  feed: string;
}

/** Detail of a `gap` entry. */
export interface GapDetail extends Pick<Gap, "reason" | "from_gtid_set" | "to_gtid_set"> {
  /** Reading goes on because somebody said so. */
  accepted?: true;
  /** Of changes of a distributed transaction that are not in the trail: its id, and what had prepared it where that is known. */
  xid?: string;
  prepared_transaction_id?: string;
}

export type CoverageQuery = () => Coverage | null;

export function prepareCoverage(db: Database.Database): CoverageQuery {
  const checkpoints = prepareCheckpoint(db);
  const firstStart = db.prepare<[], { timestamp: string; detail: string }>(
    // A log that is read says where the trail begins; a trail that is only posted to begins with the first post.
    "SELECT timestamp, detail FROM ledger_entry WHERE kind = 'start' ORDER BY detail ->> '$.via' IS NOT NULL, entry_id LIMIT 1",
  );
  const feedLimits = db
    .prepare<[], string>(
      `SELECT l.value FROM ledger_entry e, json_each(e.detail, '$.limits') l
       WHERE e.kind = 'start' AND e.detail ->> '$.via' IS NOT NULL ORDER BY e.entry_id`,
    )
    .pluck();
  const newestLimits = db.prepare<[], { detail: string }>(
    `SELECT detail FROM ledger_entry WHERE kind = 'start' AND detail ->> '$.via' IS NULL AND json_array_length(detail, '$.limits') > 0
     ORDER BY entry_id DESC LIMIT 1`,
  );
  const gaps = db.prepare<[], GapRow>(
    "SELECT entry_id, timestamp, detail FROM ledger_entry WHERE kind = 'gap' ORDER BY entry_id",
  );
  const totals = db.prepare<[], { transactions: number; change_events: number; business_events: number }>(
    `SELECT count(*) AS transactions, coalesce(sum(change_count), 0) AS change_events,
            (SELECT coalesce(sum(business_count), 0) FROM ledger_entry WHERE business_count > 0)
              - (SELECT count(*) FROM business_event_superseded) AS business_events
     FROM ledger_entry WHERE kind = 'transaction'`,
  );
  const newest = prepareNewestTransaction(db);
  const snapshots = prepareSnapshot(db);
  const prepared = preparePreparedList(db);

  return () => {
    const start = firstStart.get();
    const checkpoint = checkpoints.get.get();
    const total = totals.get();
    if (start === undefined || total === undefined) return null;
    const detail = JSON.parse(start.detail) as StartDetail;
    if (checkpoint === undefined && !("via" in detail)) return null;
    const limited = newestLimits.get();
    return {
      from_gtid_set: detail.from_gtid_set,
      from_time: start.timestamp,
      to_gtid_set: checkpoint?.gtid_set ?? "",
      to_time: newest.get()?.timestamp ?? null,
      ...total,
      gaps: foldGaps(gaps.all()),
      limits: [
        ...(limited === undefined ? [] : ((JSON.parse(limited.detail) as StartDetail).limits ?? [])),
        ...feedLimits.all(),
      ],
      baselines: snapshots.baselines(),
      prepared: prepared(),
    };
  };
}

interface GapRow {
  entry_id: number;
  timestamp: string;
  detail: string;
}

/** A gap and its acceptance are two entries of the ledger, and one gap. */
function foldGaps(rows: readonly GapRow[]): Gap[] {
  let gaps: Gap[] = [];
  for (const { entry_id, timestamp, detail } of rows) {
    const { accepted = false, reason, from_gtid_set, to_gtid_set } = JSON.parse(detail) as GapDetail;
    const gap = { reason, from_gtid_set, to_gtid_set };
    const isSame = (other: Gap): boolean =>
      accepted && other.to_gtid_set === null && other.from_gtid_set === from_gtid_set;
    const first = gaps.find(isSame) ?? { entry_id, recorded_at: timestamp };
    gaps = gaps.filter((other) => !isSame(other));
    gaps.push({
      entry_id: first.entry_id,
      recorded_at: first.recorded_at,
      ...gap,
      accepted_at: accepted ? timestamp : null,
    });
  }
  return gaps;
}

export function prepareNewestTransaction(db: Database.Database) {
  return db.prepare<[], { timestamp: string; received_at: string }>(
    "SELECT timestamp, received_at FROM ledger_entry WHERE kind = 'transaction' ORDER BY entry_id DESC LIMIT 1",
  );
}
