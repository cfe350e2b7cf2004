// store: what alerts look at in the trail itself, over a read-only connection of its own: the state of capture, and gaps.
import type Database from "better-sqlite3";
import type { DiskStatus } from "../model/trace.ts";
import { type CaptureStateRow, prepareCaptureState } from "./capture-state.ts";
import type { GapDetail } from "./coverage.ts";
import { prepareDisk } from "./disk.ts";
import { isNote } from "./ledger-entry.ts";
import { openStoreFile } from "./open-file.ts";
import { withStoreErrors } from "./sqlite-error.ts";

export interface RecordedGap extends GapDetail {
  entry_id: number;
  recorded_at: string;
}

export interface AlertSource extends Disposable {
  captureState(): CaptureStateRow | undefined;
  /** After an entry, the oldest first. */
  gapsAfter(entryId: number): RecordedGap[];
  disk(nowMs: number): DiskStatus;
  /** 0 of a store without an entry. */
  newestEntry(): number;
}

/** @throws store.missing, store.newer, store.damaged */
export function openAlertSource(path: string): AlertSource {
  const db = openStoreFile(path);
  try {
    return prepareAlertSource(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareAlertSource(db: Database.Database, path: string): AlertSource {
  const state = prepareCaptureState(db).get;
  const gaps = db.prepare<[number], { entry_id: number; recorded_at: string; detail: string }>(
    `SELECT entry_id, received_at AS recorded_at, detail FROM ledger_entry
     WHERE ${isNote} AND kind = 'gap' AND entry_id > ? ORDER BY entry_id LIMIT 100`,
  );
  const disk = prepareDisk(db, path);
  const newest = db.prepare<[], number>("SELECT coalesce(max(entry_id), 0) FROM ledger_entry").pluck();
  return {
    captureState: () => withStoreErrors(path, () => state.get()),
    gapsAfter: (entryId) =>
      withStoreErrors(path, () =>
        gaps.all(entryId).map(({ detail, ...gap }) => ({ ...(JSON.parse(detail) as GapDetail), ...gap })),
      ),
    disk: (nowMs) => withStoreErrors(path, () => disk(nowMs)),
    newestEntry: () => withStoreErrors(path, () => newest.get() ?? 0),
    [Symbol.dispose]: () => db.close(),
  };
}
