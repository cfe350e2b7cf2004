// store: what rules with `preceded_by` look back at. Takes tables and a stretch of time, gives their changes in it and
// which of them events rest on already. Read once at each start, by the ledger's own order: no index is there for it.
import type Database from "better-sqlite3";
import { toTimestamp } from "../lib/clock.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import { prepareBusinessEvent } from "./business-event.ts";
import { fromChangeRow, prepareChangeEvent, type StoredChangeRow } from "./change-event.ts";
import { prepareLedgerEntry } from "./ledger-entry.ts";

export interface RecentChangesQuery {
  tables: readonly string[];
  /** How far back from the newest transaction, in milliseconds. */
  withinMs: number;
  /** Transactions of more changes are left out: the rules did not see them. */
  changesMax: number;
}

export interface RecentChanges {
  /** In the order of the log, one at a time: nothing may be written while it is read. */
  changes: Iterable<ChangeEvent>;
  /** Changes that an event of a later transaction rests on, by the event's rule. */
  used: { pack: string; name: string; event_id: string }[];
}

export function prepareRecentChanges(db: Database.Database) {
  const entries = prepareLedgerEntry(db);
  const changeEvents = prepareChangeEvent(db);
  const businessEvents = prepareBusinessEvent(db);
  return ({ tables, withinMs, changesMax }: RecentChangesQuery): RecentChanges | undefined => {
    const newest = entries.newestTime.get();
    if (newest === undefined) return undefined;
    const since = toTimestamp(Date.parse(newest.timestamp) - withinMs);
    const after = entries.lastBefore.get(since)?.entry_id ?? 0;
    const rows = changeEvents.ofTables.iterate({ tables: JSON.stringify(tables), after, changes_max: changesMax });
    return { changes: readChanges(rows), used: businessEvents.earlierChanges.all(after) };
  };
}

function* readChanges(rows: Iterable<StoredChangeRow>): Generator<ChangeEvent> {
  for (const row of rows) yield fromChangeRow(row);
}
