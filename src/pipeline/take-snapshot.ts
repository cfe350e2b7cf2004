// pipeline: source tables -> normalize -> store, as a baseline. Takes table names and an open store; goes on where an
// earlier run of it was stopped, because how far it came is in the ledger itself.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { PreflightReport } from "../capture/preflight.ts";
import { openSnapshotReader, type SnapshotReader, type SnapshotTable } from "../capture/snapshot-reader.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import { AppError } from "../model/app-error.ts";
import type { Config, SourceConnection } from "../model/config.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import { parseGtidSet } from "../model/gtid-set.ts";
import { type BaselineProgress, fullName, type SnapshotAnchor, type SnapshotChunk } from "../model/snapshot.ts";
import { chunkName, normalizeSnapshot } from "../normalize/snapshot-rows.ts";
import type { LedgerWriter } from "../store/ledger-writer.ts";
import { bindSource, checkServer, oldestGtidSet } from "./start.ts";

export interface SnapshotOptions {
  config: Config;
  connection: SourceConnection;
  mapping: EntityMapping;
  store: LedgerWriter;
  version: string;
  /** `database.table` or `database.*`. */
  tables: readonly string[];
  /** 0: as fast as it goes. */
  rowsPerSecond: number;
  chunkRows: number;
  /** Takes a new one of tables that are complete. */
  again: boolean;
  /** Rows so far, of the server's estimate. */
  onProgress: (rows: number, estimate: number) => void;
  clock: Clock;
  signal: AbortSignal;
}

export interface SnapshotTableReport {
  table: string;
  snapshot_id: string;
  /** Rows stored, by this run and by earlier ones of the same snapshot. */
  rows: number;
  chunks: number;
  /** `complete` before this run had begun, `taken` by it, `unfinished`: stopped. */
  outcome: "complete" | "taken" | "unfinished";
  /** False where the table has no primary key to go on along: stopped, it begins anew. */
  resumable: boolean;
}

export interface SnapshotReport {
  complete: boolean;
  /** The consistent read of this run; null when there was nothing left to read. */
  anchor: SnapshotAnchor | null;
  tables: SnapshotTableReport[];
}

interface Work {
  table: SnapshotTable;
  progress: BaselineProgress;
}

const replicationPrivilege = "privilege REPLICATION SLAVE";

/** Resolves when complete or stopped by the signal. @throws AppError; what was stored stays, and the next run goes on after it. */
export async function takeSnapshot(options: SnapshotOptions): Promise<SnapshotReport> {
  const { connection, store, clock, signal } = options;
  const now = (): string => toTimestamp(clock.now());
  const report = await checkServer(connection, [replicationPrivilege]);
  await using reader = await openSnapshotReader(connection, report.identity.flavor);
  const tables = await reader.findTables(options.tables);
  const clientId = bindSource(store, report, now());
  const work = planWork(tables, store, options.again);
  const pending = work.filter(({ progress }) => !progress.complete);
  if (pending.length === 0)
    return { complete: true, anchor: null, tables: work.map((item) => toReport(item, "complete")) };

  // The read first: a new store begins reading the log where it stands.
  const anchor = await reader.open();
  await startStore(options, report, clientId, anchor, now());
  noteBegin(pending, store, now());
  const total = work.reduce((sum, { table, progress }) => sum + Math.max(table.estimate, progress.rows), 0);
  const count = (): number => work.reduce((sum, { progress }) => sum + progress.rows, 0);
  const outcomes = new Map<Work, SnapshotTableReport["outcome"]>(work.map((item) => [item, "complete"]));
  for (const item of pending) {
    outcomes.set(item, "unfinished");
    if (signal.aborted) continue;
    await readTable(item, reader, options, now, () => options.onProgress(count(), Math.max(total, count())));
    if (item.progress.complete) outcomes.set(item, "taken");
  }
  const told = work.map((item) => toReport(item, outcomes.get(item) ?? "unfinished"));
  return { complete: told.every(({ outcome }) => outcome !== "unfinished"), anchor, tables: told };
}

/** Each table with what its newest snapshot has: one that was not finished is gone on with, unless it cannot be. */
function planWork(tables: readonly SnapshotTable[], store: LedgerWriter, again: boolean): Work[] {
  const stored = store.snapshotProgress();
  const snapshot_id = randomUUID();
  return tables.map((table) => {
    const known = stored.get(fullName(table));
    const goesOn = known !== undefined && !again && (known.complete || table.resumable || known.chunks === 0);
    return { table, progress: goesOn ? known : { snapshot_id, chunks: 0, rows: 0, complete: false, to_key: null } };
  });
}

/** Names the tables of a new snapshot in the ledger; one that goes on has been named. */
function noteBegin(pending: readonly Work[], store: LedgerWriter, now: string): void {
  const stored = store.snapshotProgress();
  const isNew = ({ table, progress }: Work): boolean =>
    stored.get(fullName(table))?.snapshot_id !== progress.snapshot_id;
  const begun = pending.filter(isNew);
  const [first] = begun;
  if (first === undefined) return;
  const detail = {
    phase: "begin",
    snapshot_id: first.progress.snapshot_id,
    tables: begun.map(({ table }) => fullName(table)),
  };
  store.note("snapshot", detail, now);
}

/**
 * A new store begins reading the log where its first snapshot stands, so that nothing is missing between the two.
 * A known one must not be ahead of the server. @throws capture.diverged
 */
async function startStore(
  options: SnapshotOptions,
  report: PreflightReport,
  clientId: number,
  anchor: SnapshotAnchor,
  now: string,
): Promise<void> {
  const { store, config, version } = options;
  const checkpoint = store.checkpoint();
  if (checkpoint === undefined) {
    const gtid_set =
      config.start_from === "earliest" ? await oldestGtidSet(options.connection, report, clientId) : anchor.gtid_set;
    const detail = { from_gtid_set: gtid_set, version, server_version: report.identity.version };
    store.note("start", detail, now, { gtid_set, binlog_file: null, binlog_position: null });
    return;
  }
  if (parseGtidSet(anchor.gtid_set).covers(parseGtidSet(checkpoint.gtid_set))) return;
  throw new AppError(
    "capture.diverged",
    `the trail has been read to ${checkpoint.gtid_set}, the server's tables stand at ${anchor.gtid_set}`,
    {
      hint: "Check host and port. A server that was reset or restored needs a new store (--store); right after `run` was stopped, try again.",
    },
  );
}

async function readTable(
  { table, progress }: Work,
  reader: SnapshotReader,
  options: SnapshotOptions,
  now: () => string,
  onChunk: () => void,
): Promise<void> {
  const { store, signal, rowsPerSecond } = options;
  const name = fullName(table);
  let startedAt = performance.now();
  for await (const { table: raw, rows, anchor, from_key, to_key, last } of reader.readChunks(
    table,
    progress.to_key,
    options.chunkRows,
  )) {
    const { snapshot_id } = progress;
    const chunk = progress.chunks + 1;
    const { gtid_set, gtid_set_max } = anchor;
    const detail: SnapshotChunk = {
      phase: "chunk",
      snapshot_id,
      table: name,
      gtid_set,
      gtid_set_max,
      chunk,
      from_key,
      to_key,
      of: table.estimate,
      last,
    };
    const changes = normalizeSnapshot({ table: raw, rows, anchor }, snapshot_id, chunk, options.mapping);
    store.appendSnapshot({
      transaction_id: chunkName(detail),
      timestamp: anchor.read_at,
      received_at: now(),
      detail,
      changes,
    });
    Object.assign(progress, { chunks: chunk, rows: progress.rows + rows.length, complete: last, to_key });
    onChunk();
    if (signal.aborted) return;
    const dueMs = rowsPerSecond === 0 ? 0 : (rows.length * 1_000) / rowsPerSecond - (performance.now() - startedAt);
    // Also without a limit a turn of the event loop, so that Ctrl-C is heard.
    await delay(Math.max(0, dueMs), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    startedAt = performance.now();
  }
}

function toReport({ table, progress }: Work, outcome: SnapshotTableReport["outcome"]): SnapshotTableReport {
  const { snapshot_id, rows, chunks } = progress;
  return { table: fullName(table), snapshot_id, rows, chunks, outcome, resumable: table.resumable };
}
