// store: the findings file beside the store, "<store>-findings", with what the slow lane makes of the trail.
// A file of its own, because the ledger has one writer: findings never hold up the log, and people mark them while it is read.
import { statSync } from "node:fs";
import Database from "better-sqlite3";
import { type AlertQueries, prepareAlertQueries } from "./alert-list.ts";
import {
  type AlertMemoryQueries,
  type AlertMemoryWrites,
  prepareAlertMemory,
  prepareAlertMemoryQueries,
} from "./alert-memory.ts";
import { type AlertWrites, prepareAlertWrites } from "./alert-outbox.ts";
import { type AnomalyQueries, type AnomalyWrites, prepareAnomalyQueries, prepareAnomalyWrites } from "./anomaly.ts";
import { type DayAnomalyQueries, prepareDayAnomalies } from "./day-anomalies.ts";
import { type AnomalyMarkWrites, prepareAnomalyMarkWrites } from "./anomaly-mark.ts";
import {
  type DetectionQueries,
  type DetectionWrites,
  prepareDetectionQueries,
  prepareDetectionWrites,
} from "./detection-state.ts";
import { compileWhenUsed } from "./compile-when-used.ts";
import { checkNotNewer, findingsSchema, migrate, readSchemaVersion } from "./migrations.ts";
import { type ModelCallWrites, prepareModelCallWrites } from "./model-call.ts";
import { withFileErrors } from "./sqlite-error.ts";
import { prepareWordsQueries, prepareWordsWrites, type WordsQueries, type WordsWrites } from "./stored-words.ts";

export interface FindingsStore
  extends
    FindingsQueries,
    AnomalyWrites,
    WordsWrites,
    AnomalyMarkWrites,
    DetectionWrites,
    ModelCallWrites,
    AlertWrites,
    AlertMemoryWrites,
    Disposable {
  readonly path: string;
  /** One transaction, all of it or nothing. */
  write<T>(work: () => T): T;
}

export interface FindingsQueries
  extends AnomalyQueries, DayAnomalyQueries, DetectionQueries, WordsQueries, AlertQueries, AlertMemoryQueries {}

export interface FindingsReader extends Disposable {
  /** undefined while nothing has been found. One read transaction: its parts speak of the same moment. */
  consistently<T>(work: (findings: FindingsQueries) => T): T | undefined;
}

/** Other writers hold the file for a few milliseconds each. */
const busyTimeoutMs = 5_000;

export function findingsPath(storePath: string): string {
  return `${storePath}-findings`;
}

export function hasFindings(storePath: string): boolean {
  return statSync(findingsPath(storePath), { throwIfNoEntry: false })?.isFile() === true;
}

/** For writing; created where it is missing. @param timeoutMs that it waits for another writer @throws store.newer, store.damaged, store.write_failed */
export function openFindings(storePath: string, timeoutMs = busyTimeoutMs): FindingsStore {
  const path = findingsPath(storePath);
  return guarded(path, () => {
    using cleanup = new DisposableStack();
    const db = cleanup.adopt(new Database(path, { timeout: timeoutMs }), (open) => open.close());
    checkNotNewer(readSchemaVersion(db, path, findingsSchema), path, findingsSchema);
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    migrate(db, path, findingsSchema);
    const queries = prepareQueries(db);
    const writes = {
      ...prepareAnomalyWrites(db),
      ...prepareWordsWrites(db),
      ...prepareAnomalyMarkWrites(db),
      ...prepareDetectionWrites(db),
      ...prepareModelCallWrites(db),
      ...prepareAlertWrites(db),
      ...prepareAlertMemory(db),
    };
    const owned = cleanup.move();
    return {
      path,
      ...queries,
      ...writes,
      write: (work) => guarded(path, () => db.transaction(work).immediate()),
      [Symbol.dispose]: () => owned.dispose(),
    };
  });
}

function prepareQueries(db: Database.Database): FindingsQueries {
  return {
    ...prepareAnomalyQueries(db),
    ...prepareDayAnomalies(db),
    ...prepareDetectionQueries(db),
    ...prepareWordsQueries(db),
    ...prepareAlertQueries(db),
    ...prepareAlertMemoryQueries(db),
  };
}

/** Over a read-only connection of its own, opened when the file is there. */
export function createFindingsReader(storePath: string): FindingsReader {
  const path = findingsPath(storePath);
  let opened: { db: Database.Database; queries: FindingsQueries } | undefined;
  const open = (): typeof opened => {
    if (opened !== undefined || !hasFindings(storePath)) return opened;
    using cleanup = new DisposableStack();
    const db = cleanup.adopt(new Database(path, { readonly: true, timeout: busyTimeoutMs }), (made) => made.close());
    const version = readSchemaVersion(db, path, findingsSchema);
    checkNotNewer(version, path, findingsSchema);
    // Its writer is only just making it.
    if (version === 0) return undefined;
    opened = { db, queries: prepareQueries(compileWhenUsed(db)) };
    cleanup.move();
    return opened;
  };
  return {
    consistently: (work) =>
      guarded(path, () => {
        const found = open();
        return found && found.db.transaction(work)(found.queries);
      }),
    [Symbol.dispose]: () => opened?.db.close(),
  };
}

function guarded<T>(path: string, work: () => T): T {
  return withFileErrors(path, "anomalies and what people said of them", work);
}
