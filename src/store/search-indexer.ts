// store: brings the search index up to the store, batch by batch. Each batch is one transaction of the index: a kill leaves the
// one before. When two processes try, the second leaves it to the first.
import Database from "better-sqlite3";
import { AppError } from "../model/app-error.ts";
import { openStoreFile } from "./open-file.ts";
import {
  type IndexedKind,
  type IndexState,
  openSearchIndexWriter,
  removeSearchIndex,
  type SearchIndexWriter,
} from "./search-index.ts";
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
  let index: SearchIndexWriter | undefined;
  let work: (() => IndexProgress) | undefined;
  return {
    step() {
      if (index === undefined) {
        const opened = openIndex(storePath);
        if (typeof opened === "string") return opened;
        index = opened;
      }
      work ??= prepareStep(store, index);
      try {
        return withStoreErrors(storePath, () => index!.exclusively(work!));
      } catch (error) {
        if (error instanceof AppError && error.code === "store.in_use") return "busy";
        // What it had made in that transaction is gone.
        index[Symbol.dispose]();
        index = undefined;
        work = undefined;
        throw error;
      }
    },
    [Symbol.dispose]() {
      index?.[Symbol.dispose]();
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
      const isBroken = error.code.startsWith("SQLITE_CORRUPT") || error.code === "SQLITE_NOTADB";
      if (!isBroken || isLastTry) return "unwritable";
      try {
        removeSearchIndex(storePath);
      } catch {
        return "unwritable";
      }
    }
  }
  return "unwritable";
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

function prepareStep(store: Database.Database, index: SearchIndexWriter): () => IndexProgress {
  const hashOf = store.prepare<[entry_id: number], Buffer>("SELECT hash FROM ledger_entry WHERE entry_id = ?").pluck();
  const head = store.prepare<[], Pick<IndexState, "entry_id" | "hash">>(
    "SELECT entry_id, hash FROM ledger_entry ORDER BY entry_id DESC LIMIT 1",
  );
  const newest = {
    change_event: store.prepare<[], number>("SELECT coalesce(max(change_id), 0) FROM change_event").pluck(),
    business_event: store.prepare<[], number>("SELECT coalesce(max(business_id), 0) FROM business_event").pluck(),
  };
  const changes = store.prepare<[after: number, limit: number], SearchedChange & { id: number }>(
    `SELECT change_id AS id, source_db, source_table, source_pk, operation, before, after, entity_type, entity_id, actor, metadata
     FROM change_event WHERE change_id > ? ORDER BY change_id LIMIT ?`,
  );
  const businessEvents = store.prepare<[after: number, limit: number], SearchedBusinessEvent & { id: number }>(
    `SELECT business_id AS id, type, entity_type, entity_id, actor, payload
     FROM business_event WHERE business_id > ? ORDER BY business_id LIMIT ?`,
  );
  const add = (kind: IndexedKind, rows: readonly { id: number }[], text: (row: never) => string): void => {
    for (const row of rows) index.add(kind, row.id, [...new Set(tokensOf(text(row as never)))]);
  };
  return store.transaction(() => {
    const at = head.get();
    if (at === undefined) return { done: 0, of: 0 };
    let state = index.state();
    if (state !== undefined && hashOf.get(state.entry_id)?.equals(state.hash) !== true) {
      index.clear();
      state = undefined;
    }
    const { change_id = 0, business_id = 0 } = state ?? {};
    const changed = changes.all(change_id, batchRows);
    const inferred = businessEvents.all(business_id, batchRows - changed.length);
    add("change_event", changed, changeText);
    add("business_event", inferred, businessEventText);
    const next = { ...at, change_id: changed.at(-1)?.id ?? change_id, business_id: inferred.at(-1)?.id ?? business_id };
    if (state === undefined || state.entry_id !== at.entry_id || changed.length + inferred.length > 0) index.put(next);
    const of = (newest.change_event.get() ?? 0) + (newest.business_event.get() ?? 0);
    return { done: next.change_id + next.business_id, of };
  });
}
