// store: the entries of kind `snapshot` in the ledger. Which tables have a baseline, how far each has come, and as of when.
import type Database from "better-sqlite3";
import type { Baseline, BaselineProgress, SnapshotKey } from "../model/snapshot.ts";

/** The newest snapshot that names the table decides; an earlier one stays in the ledger as what it was. */
const newestBegin = `SELECT t.value AS name, max(e.entry_id) AS entry_id
  FROM ledger_entry e, json_each(e.detail, '$.tables') t
  WHERE e.kind <> 'transaction' AND e.kind = 'snapshot' AND e.detail ->> '$.phase' = 'begin' GROUP BY t.value`;

const progress = `WITH begin AS (${newestBegin}), chunk AS (
    SELECT entry_id, timestamp, change_count, detail, detail ->> '$.snapshot_id' AS id, detail ->> '$.table' AS name
    FROM ledger_entry WHERE kind <> 'transaction' AND kind = 'snapshot' AND detail ->> '$.phase' = 'chunk')
  SELECT begin.name AS "table", b.detail ->> '$.snapshot_id' AS snapshot_id, count(chunk.entry_id) AS chunks,
         coalesce(sum(chunk.change_count), 0) AS rows, coalesce(max(chunk.detail ->> '$.last'), 0) AS complete,
         min(chunk.entry_id) AS first_entry, max(chunk.entry_id) AS last_entry
  FROM begin JOIN ledger_entry b ON b.entry_id = begin.entry_id
  LEFT JOIN chunk ON chunk.name = begin.name AND chunk.id = b.detail ->> '$.snapshot_id'
  GROUP BY begin.name`;

interface ProgressRow {
  table: string;
  snapshot_id: string;
  chunks: number;
  rows: number;
  complete: number;
  first_entry: number | null;
  last_entry: number | null;
}

interface ChunkRow {
  timestamp: string;
  gtid_set: string;
  to_key: string | null;
}

export interface SnapshotQueries {
  /** By database.table, in order of the name. */
  progress(): Map<string, BaselineProgress>;
  /** Tables of which at least one chunk is held. */
  baselines(): Baseline[];
}

export function prepareSnapshot(db: Database.Database): SnapshotQueries {
  const newest = db.prepare<[], ProgressRow>(progress);
  const chunk = db.prepare<[number], ChunkRow>(
    "SELECT timestamp, detail ->> '$.gtid_set' AS gtid_set, detail -> '$.to_key' AS to_key FROM ledger_entry WHERE entry_id = ?",
  );
  const chunkOf = (entryId: number | null): ChunkRow | undefined => (entryId === null ? undefined : chunk.get(entryId));
  return {
    progress: () =>
      new Map(
        newest.all().map(({ table, snapshot_id, chunks, rows, complete, last_entry }) => {
          const to_key = JSON.parse(chunkOf(last_entry)?.to_key ?? "null") as SnapshotKey | null;
          return [table, { snapshot_id, chunks, rows, complete: complete === 1, to_key }];
        }),
      ),
    baselines: () =>
      newest.all().flatMap(({ table, snapshot_id, chunks, rows, complete, first_entry }) => {
        const first = chunkOf(first_entry);
        if (first === undefined) return [];
        return [
          {
            table,
            snapshot_id,
            chunks,
            rows,
            complete: complete === 1,
            gtid_set: first.gtid_set,
            read_at: first.timestamp,
          },
        ];
      }),
  };
}
