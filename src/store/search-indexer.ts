// store: brings the search index up to the store, batch by batch. Each batch is one transaction of the index: a kill leaves the
// one before. When two processes try, the second leaves it to the first.
import Database from "better-sqlite3";
import { openStoreFile } from "./open-file.ts";
import { type IndexState, openSearchIndexWriter, removeSearchIndex, type SearchIndexWriter } from "./search-index.ts";
import {
  businessEventText,
  changeText,
  type SearchedBusinessEvent,
  type SearchedChange,
  tokensOf,
} from "./search-text.ts";
import { withStoreErrors } from "./sqlite-error.ts";

/** Rows of a batch: about a second of work. */
const batchRows = 10_000;

export interface IndexProgress {
  /** Rows that are indexed, and rows that the store has. */
  done: number;
  of: number;
}

export interface SearchIndexer extends Disposable {
  /** Indexes a batch. `busy`: another process is at it. `unwritable`: the folder is, or a file of that name is not ours. */
  step(): IndexProgress | "busy" | "unwritable";
}

/** @throws AppError of the store itself */
export function openSearchIndexer(storePath: string): SearchIndexer {
  const store = openStoreFile(storePath);
  const readNew = prepareNew(store, storePath);
  let index: SearchIndexWriter | undefined;
  const close = (): void => {
    index?.[Symbol.dispose]();
    index = undefined;
  };
  return {
    step() {
      const opened = index ?? openIndex(storePath);
      if (typeof opened === "string") return opened;
      index = opened;
      try {
        return opened.exclusively(() => indexNew(opened, readNew(opened.state())));
      } catch (error) {
        if (isBusy(error)) return "busy";
        // What it had made in that transaction is gone.
        close();
        if (!(error instanceof Database.SqliteError)) throw error;
        if (!isBroken(error)) return "unwritable";
        return removeIndex(storePath) ? { done: 0, of: 1 } : "unwritable";
      }
    },
    [Symbol.dispose]() {
      close();
      store.close();
    },
  };
}

function openIndex(storePath: string): SearchIndexWriter | "busy" | "unwritable" {
  for (const isLastTry of [false, true]) {
    try {
      return openSearchIndexWriter(storePath);
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      if (isBusy(error)) return "busy";
      if (isLastTry || !isBroken(error) || !removeIndex(storePath)) return "unwritable";
    }
  }
  return "unwritable";
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

function isBroken({ code }: { code: string }): boolean {
  return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}

function removeIndex(storePath: string): boolean {
  try {
    removeSearchIndex(storePath);
    return true;
  } catch {
    return false;
  }
}

interface NewRows {
  state: IndexState;
  /** False: the index is of another store, or of what this one was before it was restored. */
  goesOn: boolean;
  changes: (SearchedChange & { id: number })[];
  businessEvents: (SearchedBusinessEvent & { id: number })[];
  of: number;
}

/** What comes after the state; undefined of a store without an entry. */
function prepareNew(db: Database.Database, path: string): (state: IndexState | undefined) => NewRows | undefined {
  const hashOf = db.prepare<[entry_id: number], Buffer>("SELECT hash FROM ledger_entry WHERE entry_id = ?").pluck();
  const head = db.prepare<[], Pick<IndexState, "entry_id" | "hash">>(
    "SELECT entry_id, hash FROM ledger_entry ORDER BY entry_id DESC LIMIT 1",
  );
  const rows = db
    .prepare<[], number>(
      `SELECT coalesce((SELECT max(change_id) FROM change_event), 0) + coalesce((SELECT max(business_id) FROM business_event), 0)`,
    )
    .pluck();
  const changesAfter = db.prepare<[after: number, limit: number], NewRows["changes"][number]>(
    `SELECT change_id AS id, source_db, source_table, source_pk, operation, before, after, entity_type, entity_id, actor, metadata
     FROM change_event WHERE change_id > ? ORDER BY change_id LIMIT ?`,
  );
  const businessEventsAfter = db.prepare<[after: number, limit: number], NewRows["businessEvents"][number]>(
    `SELECT business_id AS id, type, entity_type, entity_id, actor, payload
     FROM business_event WHERE business_id > ? ORDER BY business_id LIMIT ?`,
  );
  const read = db.transaction((state: IndexState | undefined): NewRows | undefined => {
    const at = head.get();
    if (at === undefined) return undefined;
    const goesOn = state !== undefined && hashOf.get(state.entry_id)?.equals(state.hash) === true;
    const { change_id, business_id } = goesOn ? state : { change_id: 0, business_id: 0 };
    const changes = changesAfter.all(change_id, batchRows);
    const businessEvents = businessEventsAfter.all(business_id, batchRows - changes.length);
    const newest = {
      change_id: changes.at(-1)?.id ?? change_id,
      business_id: businessEvents.at(-1)?.id ?? business_id,
    };
    return { state: { ...at, ...newest }, goesOn, changes, businessEvents, of: rows.get() ?? 0 };
  });
  return (state) => withStoreErrors(path, () => read(state));
}

function indexNew(index: SearchIndexWriter, found: NewRows | undefined): IndexProgress {
  if (found === undefined) return { done: 0, of: 0 };
  const { state, goesOn, changes, businessEvents, of } = found;
  if (!goesOn) index.clear();
  for (const row of changes) index.add("change_event", row.id, tokensOfText(changeText(row)));
  for (const row of businessEvents) index.add("business_event", row.id, tokensOfText(businessEventText(row)));
  if (!goesOn || index.state()?.entry_id !== state.entry_id || changes.length + businessEvents.length > 0)
    index.put(state);
  return { done: state.change_id + state.business_id, of };
}

function tokensOfText(text: string): string[] {
  return [...new Set(tokensOf(text))];
}
