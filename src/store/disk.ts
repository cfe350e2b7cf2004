// store: how much room the store has, and when it will be full at the pace of the last days.
import { statSync } from "node:fs";
import { dirname } from "node:path";
import type Database from "better-sqlite3";
import { toTimestamp } from "../lib/clock.ts";
import { backupFiles } from "../model/backup.ts";
import type { DiskStatus } from "../model/trace.ts";
import { isNote } from "./ledger-entry.ts";
import { searchIndexPath } from "./search-index.ts";
import { freeBytes } from "./whole-file.ts";

const dayMs = 86_400_000;
const windowDays = 7;
/** Below these the files' own fixed parts and the first hours would be taken for a pace. */
const changesMin = 1_000;
const daysMin = 1;
/** Farther away nobody plans, and the date would be of no use. */
const daysMax = 3_650;

/** Costs some thirty look-ups by number, whatever the size of the trail. */
export function prepareDisk(db: Database.Database, path: string): (nowMs: number) => DiskStatus {
  const growth = prepareGrowth(db);
  return (nowMs) => {
    const free_bytes = freeBytes(dirname(path));
    const store_bytes = bytesOf(path);
    const share = growth(nowMs);
    const bytes_per_day = share === undefined ? null : Math.round(store_bytes * share);
    const days = bytes_per_day === null || bytes_per_day === 0 ? Infinity : free_bytes / bytes_per_day;
    const full_at = days > daysMax ? null : toTimestamp(nowMs + Math.round(days * dayMs));
    return { free_bytes, store_bytes, bytes_per_day, full_at };
  };
}

/** With what is derived from it and lies beside it. */
function bytesOf(path: string): number {
  const files = [...backupFiles.map(({ suffix }) => `${path}${suffix}`), searchIndexPath(path)];
  return files
    .flatMap((file) => [file, `${file}-wal`])
    .reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** What part of all changes came, by their time of commit, in one of the last days: a server that is read from its oldest log is not taken for a fast one. */
function prepareGrowth(db: Database.Database): (nowMs: number) => number | undefined {
  const ends = db.prepare<[], { entry: number | null; change: number | null }>(
    "SELECT (SELECT max(entry_id) FROM ledger_entry) AS entry, (SELECT max(change_id) FROM change_event) AS change",
  );
  const timeOf = db.prepare<[number], string>("SELECT timestamp FROM ledger_entry WHERE entry_id = ?").pluck();
  const changeBefore = db
    .prepare<[number], number>(
      "SELECT change_id FROM change_event WHERE entry_id < ? ORDER BY entry_id DESC, seq DESC LIMIT 1",
    )
    .pluck();
  // Rows of a snapshot come once.
  const snapshotRows = db
    .prepare<[number], number>(
      `SELECT coalesce(sum(change_count), 0) FROM ledger_entry WHERE ${isNote} AND kind = 'snapshot' AND entry_id >= ?`,
    )
    .pluck();
  return (nowMs) => {
    const { entry, change } = ends.get()!;
    if (entry === null || change === null || change < changesMin) return undefined;
    const timeMs = (id: number): number => Date.parse(timeOf.get(id) ?? "");
    // The first entry is the start of `run`; the second one may be older, as the server's log was.
    const oldestMs = Math.min(timeMs(1), timeMs(Math.min(2, entry)));
    const days = Math.min(windowDays, (nowMs - oldestMs) / dayMs);
    if (!(days >= daysMin)) return undefined;
    // Times may step back a little; a forecast does not mind.
    let [low, high] = [1, entry + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (timeMs(middle) < nowMs - days * dayMs) low = middle + 1;
      else high = middle;
    }
    const came = change - (changeBefore.get(low) ?? 0) - (snapshotRows.get(low) ?? 0);
    return Math.max(0, came) / change / days;
  };
}
