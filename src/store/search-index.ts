// store: the file `<store>-search`, which finds words in events. Derived from the store and beside it, so that writing it never
// holds up the log, and it can be deleted: it is built again. It names the entry of the store that it has come to, and that
// entry's hash, so that the index of another store, or of one that was restored, is not believed.
import { rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { openPrivate } from "./open-private.ts";
import { type Prepare, prepareOnce } from "./prepare-once.ts";
import type { SearchWords } from "./search-text.ts";

/** "AUOS": marks the file as ours in SQLite's header. */
const applicationId = 0x41554f53;
/** One more when the text of events, or what a token is, changes. */
const indexVersion = 1;

export interface IndexState {
  entry_id: number;
  hash: Buffer;
  /** Newest rows that it holds. */
  change_id: number;
  business_id: number;
}

export type IndexedKind = "change_event" | "business_event";

/**
 * Rows of one full-text table. What begins with a common word is put together anew for each search, table by table: of the
 * newest table first, which is enough for a page of something common, and with a look at the clock between two of them.
 */
const partRows = 131_072;

const tableOf = (kind: IndexedKind, part: number): string =>
  `${kind === "change_event" ? "change_text" : "business_text"}_${part}`;

export interface IndexPart {
  part: number;
  first: number;
  below: number;
}

/** Newest first. */
export function partsOf(first: number, below: number): IndexPart[] {
  const parts: IndexPart[] = [];
  for (let part = Math.floor((below - 1) / partRows); part >= 0 && (part + 1) * partRows > first; part -= 1)
    parts.push({ part, first: Math.max(first, part * partRows), below: Math.min(below, (part + 1) * partRows) });
  return parts;
}

// The tokenizer gets runs of letters and digits that are folded already, and takes every other character as it is. Without
// positions (detail=none) the index is a fraction as large; what must stand together is compared with the row itself.
const textTable = (name: string) =>
  `CREATE VIRTUAL TABLE IF NOT EXISTS ${name} USING fts5(text, content='', columnsize=0, detail=none, tokenize='ascii')`;
const create = `CREATE TABLE search_index (
    search_index_id INTEGER PRIMARY KEY CHECK (search_index_id = 1),
    entry_id INTEGER NOT NULL, hash BLOB NOT NULL, change_id INTEGER NOT NULL, business_id INTEGER NOT NULL) STRICT`;
const selectState = "SELECT entry_id, hash, change_id, business_id FROM search_index";

export function searchIndexPath(storePath: string): string {
  return `${storePath}-search`;
}

export interface SearchIndexWriter extends Disposable {
  /** Runs the work in one transaction that no other process writes in. @throws SqliteError SQLITE_BUSY */
  exclusively<T>(work: () => T): T;
  state(): IndexState | undefined;
  put(state: IndexState): void;
  add(kind: IndexedKind, id: number, tokens: readonly string[]): void;
  /** Forgets everything. */
  clear(): void;
}

/** @throws SqliteError where it cannot be written, or is no file of ours */
export function openSearchIndexWriter(storePath: string): SearchIndexWriter {
  const path = searchIndexPath(storePath);
  const db = openPrivate(path, { timeout: 0 });
  try {
    const exclusively = <T>(work: () => T): T => db.transaction(work).immediate();
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    exclusively(() => prepareFile(db));
    const state = db.prepare<[], IndexState>(selectState);
    const put = db.prepare<[IndexState]>(
      "INSERT OR REPLACE INTO search_index VALUES (1, @entry_id, @hash, @change_id, @business_id)",
    );
    const adders = new Map<string, Database.Statement<[id: number, text: string]>>();
    const adder = (table: string) => {
      const known = adders.get(table);
      if (known !== undefined) return known;
      db.exec(textTable(table));
      const made = db.prepare<[id: number, text: string]>(`INSERT INTO ${table} (rowid, text) VALUES (?, ?)`);
      adders.set(table, made);
      return made;
    };
    return {
      exclusively,
      state: () => state.get(),
      put: (next) => void put.run(next),
      add: (kind, id, tokens) => void adder(tableOf(kind, Math.floor(id / partRows))).run(id, tokens.join(" ")),
      clear() {
        adders.clear();
        dropAll(db);
        db.exec(create);
      },
      [Symbol.dispose]: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareFile(db: Database.Database): void {
  const owner = db.pragma("application_id", { simple: true });
  if (owner === applicationId && db.pragma("user_version", { simple: true }) === indexVersion) return;
  const isEmpty = db.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (!isEmpty && owner !== applicationId) throw new Database.SqliteError("not a search index", "SQLITE_FOREIGN");
  dropAll(db);
  db.exec(create);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${indexVersion}`);
}

function dropAll(db: Database.Database): void {
  const ours = db.prepare<[], string>(
    "SELECT name FROM sqlite_schema WHERE name = 'search_index' OR sql LIKE 'CREATE VIRTUAL TABLE%'",
  );
  for (const name of ours.pluck().all()) db.exec(`DROP TABLE ${name}`);
}

/** For an index that SQLite cannot read: it holds nothing that the store does not. */
export function removeSearchIndex(storePath: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(searchIndexPath(storePath) + suffix, { force: true });
}

/** A guess: numbers before words, long before short. */
function rarity(term: string): number {
  return term.length + (/\d/.test(term) ? 100 : 0);
}

/** The file is damaged: the store answers without it. */
class UnreadableIndex extends Error {}

export interface SearchIndexReader extends Disposable {
  /**
   * Runs the work on the index as of one moment, with what it has come to; without it where there is no index that can be read.
   */
  consistently<T>(work: (state: IndexState | undefined) => T): T;
  /** Rows that may have the words, newest first; those of the state's moment. */
  candidates(kind: IndexedKind, words: SearchWords, part: IndexPart): Iterable<number>;
}

/** Opened when it is first used; a file that was put in its place is noticed. */
export function createSearchIndexReader(storePath: string): SearchIndexReader {
  const path = searchIndexPath(storePath);
  let open: { db: Database.Database; prepare: Prepare; inode: number } | undefined;
  const close = (): void => {
    open?.db.close();
    open = undefined;
  };
  const reopen = (): Database.Database | undefined => {
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    if (open !== undefined && open.inode === inode) return open.db;
    close();
    if (inode === undefined) return undefined;
    const db = new Database(path, { readonly: true, fileMustExist: true });
    open = { db, prepare: prepareOnce(db), inode };
    return db;
  };
  const readState = (): IndexState | undefined => {
    try {
      const db = reopen();
      if (db === undefined || db.pragma("application_id", { simple: true }) !== applicationId) return undefined;
      if (db.pragma("user_version", { simple: true }) !== indexVersion) return undefined;
      db.exec("BEGIN");
      return db.prepare<[], IndexState>(selectState).get();
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
      close();
      return undefined;
    }
  };
  return {
    consistently(work) {
      const state = readState();
      try {
        return work(state);
      } catch (error) {
        if (!(error instanceof UnreadableIndex)) throw error;
        close();
        return work(undefined);
      } finally {
        if (open?.db.inTransaction === true) open.db.exec("COMMIT");
      }
    },
    *candidates(kind, { tokens }, { part, first, below }) {
      const table = tableOf(kind, part);
      const terms = tokens.map(({ token, isPrefix }) => `"${token}"${isPrefix ? "*" : ""}`);
      const [rarest = "", ...others] = terms.toSorted((a, b) => rarity(b) - rarity(a));
      const sql = `SELECT rowid FROM ${table} WHERE ${table} MATCH @match AND rowid >= @first AND rowid < @below ORDER BY rowid DESC`;
      try {
        const { prepare } = open!;
        // All words at once cost as much as the commonest of them.
        const isThere =
          others.length === 0 || prepare(`${sql} LIMIT 1`).get({ match: rarest, first, below }) !== undefined;
        if (!isThere) return;
        yield* prepare<number>(sql)
          .pluck()
          .iterate({ match: [rarest, ...others].join(" AND "), first, below });
      } catch (error) {
        throw error instanceof Database.SqliteError ? new UnreadableIndex(error.message, { cause: error }) : error;
      }
    },
    [Symbol.dispose]: close,
  };
}
