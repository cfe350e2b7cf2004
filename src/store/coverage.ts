// store: what an answer rests on. Reads the ledger, gives the GTID range held and its gaps.
import type Database from "better-sqlite3";
import type { Coverage, Gap } from "../model/trace.ts";
import { prepareBusinessEventQueries } from "./business-event.ts";
import { prepareCheckpoint } from "./checkpoint.ts";
import { prepareEntryTotals } from "./entry-totals.ts";
import { type EntryKind, isNote } from "./ledger-entry.ts";
import { preparePreparedList } from "./prepared.ts";
import type { RestoredDetail } from "../model/backup.ts";
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

export interface CoverageQuery {
  /** null while nothing has been read. */
  coverage: () => Coverage | null;
  businessEventsByType: () => Record<string, number>;
  /** Of all that were ever written: these counts only grow. */
  writtenEvents: () => WrittenEvents;
}

export interface WrittenEvents {
  byType: Record<string, number>;
  superseded: number;
}

/** Answers carry it, so it costs what is new since the last time: the ledger only grows. */
export function prepareCoverage(db: Database.Database): CoverageQuery {
  const checkpoints = prepareCheckpoint(db);
  const firstStart = db.prepare<[], { timestamp: string; detail: string }>(
    // A log that is read says where the trail begins; a trail that is only posted to begins with the first post.
    `SELECT timestamp, detail FROM ledger_entry WHERE ${isNote} AND kind = 'start'
     ORDER BY detail ->> '$.via' IS NOT NULL, entry_id LIMIT 1`,
  );
  const feedLimits = db
    .prepare<[], string>(
      `SELECT l.value FROM ledger_entry e, json_each(e.detail, '$.limits') l
       WHERE e.${isNote} AND e.kind = 'start' AND e.detail ->> '$.via' IS NOT NULL ORDER BY e.entry_id`,
    )
    .pluck();
  const newestLimits = db.prepare<[], { detail: string }>(
    `SELECT detail FROM ledger_entry
     WHERE ${isNote} AND kind = 'start' AND detail ->> '$.via' IS NULL AND json_array_length(detail, '$.limits') > 0
     ORDER BY entry_id DESC LIMIT 1`,
  );
  const restored = db.prepare<[], { entry_id: number; timestamp: string; detail: string }>(
    `SELECT entry_id, timestamp, detail FROM ledger_entry
     WHERE ${isNote} AND kind = 'config' AND detail -> '$.restored' IS NOT NULL ORDER BY entry_id`,
  );
  const gaps = db.prepare<[], GapRow>(
    `SELECT entry_id, timestamp, detail FROM ledger_entry WHERE ${isNote} AND kind = 'gap' ORDER BY entry_id`,
  );
  const superseded = db.prepare<[], number>("SELECT count(*) FROM business_event_superseded").pluck();
  const totals = prepareEntryTotals(db);
  const newest = prepareNewestTransaction(db);
  const snapshots = prepareSnapshot(db);
  const prepared = preparePreparedList(db);
  const since = prepareSince(db);
  const readStart = since("start", () => ({
    first: firstStart.get(),
    limited: newestLimits.get(),
    ofFeeds: feedLimits.all(),
  }));
  const readRestores = since("config", () => restored.all().map(tellRestore));
  const readGaps = since("gap", () => foldGaps(gaps.all()));
  const readSuperseded = since("replay", () => superseded.get() ?? 0);
  const readBaselines = since("snapshot", () => snapshots.baselines());

  const { current, written } = prepareCountByType(db, since);
  return {
    businessEventsByType: current,
    writtenEvents: () => ({ byType: written(), superseded: readSuperseded() }),
    coverage() {
      const { first, limited, ofFeeds } = readStart();
      const checkpoint = checkpoints.get.get();
      if (first === undefined) return null;
      const detail = JSON.parse(first.detail) as StartDetail;
      if (checkpoint === undefined && !("via" in detail)) return null;
      const { transactions, change_events, business_events } = totals();
      const ofLog = limited === undefined ? [] : ((JSON.parse(limited.detail) as StartDetail).limits ?? []);
      return {
        from_gtid_set: detail.from_gtid_set,
        from_time: first.timestamp,
        to_gtid_set: checkpoint?.gtid_set ?? "",
        to_time: newest.get()?.timestamp ?? null,
        transactions,
        change_events,
        business_events: business_events - readSuperseded(),
        gaps: readGaps(),
        limits: [...ofLog, ...ofFeeds, ...readRestores()],
        baselines: readBaselines(),
        prepared: prepared(),
      };
    },
  };
}

type Since = <T>(kind: EntryKind, read: () => T) => () => T;

/** What entries of a kind tell is read again when there is a newer one. */
function prepareSince(db: Database.Database): Since {
  const newest = db
    .prepare<[kind: string], number | null>(`SELECT max(entry_id) FROM ledger_entry WHERE ${isNote} AND kind = ?`)
    .pluck();
  return (kind, read) => {
    let known: { entry: number | null; value: ReturnType<typeof read> } | undefined;
    return () => {
      const entry = newest.get(kind) ?? null;
      if (known === undefined || known.entry !== entry) known = { entry, value: read() };
      return known.value;
    };
  };
}

function prepareCountByType(
  db: Database.Database,
  since: Since,
): Record<"current" | "written", () => Record<string, number>> {
  const events = prepareBusinessEventQueries(db);
  const superseded = since("replay", () => events.countSupersededByType.all());
  const written = new Map<string, number>();
  let last: number | undefined;
  const catchUp = (): Map<string, number> => {
    const newer = last === undefined ? events.countAllByType.all() : events.countByType.all(last);
    last = events.newestId.get() ?? 0;
    for (const { type, count } of newer) written.set(type, (written.get(type) ?? 0) + count);
    return new Map(written);
  };
  const toRecord = (counts: ReadonlyMap<string, number>): Record<string, number> =>
    Object.fromEntries([...counts].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    written: () => toRecord(catchUp()),
    current() {
      const counts = catchUp();
      for (const { type, count } of superseded()) counts.set(type, (counts.get(type) ?? 0) - count);
      return toRecord(counts);
    },
  };
}

/** Legitimate, and for an auditor to see: what the file held after the backup is gone, or was read from the server once more. */
function tellRestore({ entry_id, timestamp, detail }: { entry_id: number; timestamp: string; detail: string }): string {
  const { taken_at, head, by } = (JSON.parse(detail) as RestoredDetail).restored;
  return `restored at ${timestamp} by ${by} from a backup of ${taken_at} (ledger entry ${entry_id}, the backup ended with ${head.entry_id}): what follows was read after that`;
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

/** When the trail begins: a log that was read from its oldest change on holds more than the time since reading began. */
export function prepareTrailBegin(db: Database.Database): (held: Pick<Coverage, "from_time">) => string {
  const firstTransaction = db
    .prepare<[], string>("SELECT timestamp FROM ledger_entry WHERE kind = 'transaction' ORDER BY entry_id LIMIT 1")
    .pluck();
  return ({ from_time }) => [from_time, firstTransaction.get() ?? from_time].sort()[0]!;
}

export function prepareNewestTransaction(db: Database.Database) {
  return db.prepare<[], { timestamp: string; received_at: string }>(
    "SELECT timestamp, received_at FROM ledger_entry WHERE kind = 'transaction' ORDER BY entry_id DESC LIMIT 1",
  );
}
