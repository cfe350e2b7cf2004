// store: how far detection has read the trail. Takes what the findings file says of it, measured against the ledger.
import type Database from "better-sqlite3";
import type { DetectionProgress } from "../model/detection-progress.ts";
import { prepareNewestTransaction } from "./coverage.ts";
import type { StoredDetection } from "./detection-state.ts";
import { prepareLedgerEntry } from "./ledger-entry.ts";

/** null: it has never run. */
export type MeasureDetection = (stored: StoredDetection | undefined) => DetectionProgress | null;

export function prepareDetectionProgress(db: Database.Database): MeasureDetection {
  const { head, hashOf } = prepareLedgerEntry(db);
  const newest = prepareNewestTransaction(db);
  return (stored) => {
    if (stored === undefined) return null;
    const { baselines, updated_at } = stored;
    // Of another store, or of what this one was before it was restored: none of this one has been read.
    const isOfThis = hashOf.get(stored.entry_id)?.hash.equals(stored.hash) === true;
    const { entry_id, read_to: to_time } = isOfThis ? stored : { entry_id: 0, read_to: null };
    const behind = (head.get()?.entry_id ?? 0) - entry_id;
    const newestTime = newest.get()?.timestamp;
    const until = newestTime === undefined ? 0 : Date.parse(newestTime);
    const since = to_time === null ? until : Date.parse(to_time);
    return {
      entry_id,
      to_time,
      behind,
      behind_seconds: behind === 0 ? 0 : Math.max(0, until - since) / 1_000,
      learning: baselines
        .filter(({ ready }) => !ready)
        .map(({ watch, samples, samples_needed, unit }) => ({ watch, samples, samples_needed, unit })),
      updated_at,
    };
  };
}
