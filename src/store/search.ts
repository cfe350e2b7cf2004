// store: the question `search`. Newest first: what the index does not hold yet is looked at row by row, the rest is found by the
// index and compared with the row. Bounded in rows and time: a search that finds little says how far back it came.
import type Database from "better-sqlite3";
import type { ListedEvent, SearchPage } from "../model/answer-schema.ts";
import type { ParsedInput } from "../model/question.ts";
import type { Coverage } from "../model/trace.ts";
import { storedBusinessColumns, type StoredBusinessRow } from "./business-event.ts";
import { prepareChangeEventQueries, storedChangeColumns, type StoredChangeRow } from "./change-event.ts";
import { readPlace, writeCursor } from "./cursor.ts";
import { endOfTime, type EntryBlocks } from "./entry-blocks.ts";
import { prepareListed } from "./event-answers.ts";
import { type IndexState, partsOf, type SearchIndexReader } from "./search-index.ts";
import {
  businessEventText,
  changeText,
  matchesWords,
  readSearchWords,
  type SearchedBusinessEvent,
  type SearchedChange,
  type SearchWords,
} from "./search-text.ts";

const rowsMax = 20_000;
const millisecondsMax = 75;
const pieceRows = 200;

/** As much of a row as a search compares: thousands are looked at for a page of twenty. */
interface SearchedRow {
  id: number;
  text(): string;
}

interface SearchedKind {
  /** Newest first, of the rows from `first` on and before `below`. */
  rows(first: number, below: number, limit: number): SearchedRow[];
  row(id: number): SearchedRow | undefined;
  /** The whole event; undefined where a replay has superseded it. */
  event(id: number): ListedEvent | undefined;
  timestamp(id: number): string | undefined;
  /** Ids of the rows that may be of those entries. */
  span(first: number, last: number): { first: number; below: number };
}

export function prepareSearch(
  db: Database.Database,
  index: SearchIndexReader,
  blocks: EntryBlocks,
  coverage: () => Coverage,
): (input: ParsedInput<"search">, state: IndexState | undefined) => SearchPage {
  const kinds = { change_event: prepareChanges(db), business_event: prepareBusinessEvents(db) };
  const hashOf = db.prepare<[entry_id: number], Buffer>("SELECT hash FROM ledger_entry WHERE entry_id = ?").pluck();
  return ({ kind, limit, cursor, from, to, text }, state) => {
    const use = `search/${kind}`;
    const below = cursor === undefined ? undefined : readPlace(use, cursor).id;
    const words = readSearchWords(text);
    const entries = blocks.span(from, to);
    const page: SearchPage = { items: [], next_cursor: null, coverage: coverage(), searched_back_to: null };
    if (entries === undefined) return page;
    const isOfStore = state !== undefined && hashOf.get(state.entry_id)?.equals(state.hash) === true;
    const searched = kinds[kind];
    const span = searched.span(entries.first, entries.last);
    span.below = Math.min(span.below, below ?? span.below);
    const isOfTime = ({ timestamp }: ListedEvent): boolean =>
      timestamp >= (from ?? "") && timestamp < (to ?? endOfTime);
    const indexed = !isOfStore ? 0 : kind === "change_event" ? state.change_id : state.business_id;

    let last = 0;
    for (const row of readRows({ searched, index, kind, words, indexed, ...span })) {
      if ("cutAt" in row) {
        page.searched_back_to =
          searched.timestamp(row.cutAt) ?? searched.timestamp(row.cutAt - 1) ?? page.coverage.from_time;
        page.next_cursor = writeCursor(use, [0, row.cutAt]);
        break;
      }
      if (!matchesWords(words, row.text())) continue;
      const event = searched.event(row.id);
      if (event === undefined || !isOfTime(event)) continue;
      if (page.items.length === limit) {
        page.next_cursor = writeCursor(use, [0, last]);
        break;
      }
      page.items.push(event);
      last = row.id;
    }
    return page;
  };
}

interface RowsToSearch {
  searched: SearchedKind;
  index: SearchIndexReader;
  kind: "change_event" | "business_event";
  words: SearchWords;
  /** The newest row that the index holds; 0: it is of no use. */
  indexed: number;
  first: number;
  below: number;
}

/** What is before that row has not been looked at. */
interface Cut {
  cutAt: number;
}

/** Rows that may match, newest first, and at the end where the search was cut. */
function* readRows({
  searched,
  index,
  kind,
  words,
  indexed,
  first,
  below,
}: RowsToSearch): Generator<SearchedRow | Cut, void> {
  const until = performance.now() + millisecondsMax;
  let looked = 0;
  const isOver = (): boolean => (looked += 1) > rowsMax || (looked % 20 === 0 && performance.now() > until);
  const known = words.tokens.length === 0 ? 0 : indexed;
  let next = below;
  while (next > Math.max(first, known + 1)) {
    const rows = searched.rows(Math.max(first, known + 1), next, pieceRows);
    for (const row of rows) {
      yield row;
      if (!isOver()) continue;
      yield { cutAt: row.id };
      return;
    }
    if (rows.length < pieceRows) break;
    next = rows.at(-1)!.id;
  }
  if (known === 0) return;
  for (const part of partsOf(first, Math.min(below, known + 1))) {
    if (performance.now() > until) {
      yield { cutAt: part.below };
      return;
    }
    for (const id of index.candidates(kind, words, part)) {
      const row = searched.row(id);
      if (row === undefined) continue;
      yield row;
      if (!isOver()) continue;
      yield { cutAt: id };
      return;
    }
  }
}

function prepareChanges(db: Database.Database): SearchedKind {
  type Row = SearchedChange & { id: number };
  const listed = prepareListed(db);
  const select = `SELECT change_id AS id, source_db, source_table, source_pk, operation, before, after, entity_type, entity_id, actor, metadata
    FROM change_event`;
  const rows = db.prepare<[first: number, below: number, limit: number], Row>(
    `${select} WHERE change_id >= ? AND change_id < ? ORDER BY change_id DESC LIMIT ?`,
  );
  const byId = db.prepare<[id: number], Row>(`${select} WHERE change_id = ?`);
  const whole = db.prepare<[id: number], StoredChangeRow>(
    `SELECT ${storedChangeColumns("c")} FROM change_event c CROSS JOIN ledger_entry e USING (entry_id) WHERE c.change_id = ?`,
  );
  const timestamp = db
    .prepare<[id: number], string>(
      "SELECT e.timestamp FROM change_event c CROSS JOIN ledger_entry e USING (entry_id) WHERE c.change_id = ?",
    )
    .pluck();
  const { firstFrom } = prepareChangeEventQueries(db);
  const toRow = (row: Row): SearchedRow => ({ id: row.id, text: () => changeText(row) });
  return {
    rows: (first, below, limit) => rows.all(first, below, limit).map(toRow),
    row(id) {
      const row = byId.get(id);
      return row && toRow(row);
    },
    event(id) {
      const row = whole.get(id);
      return row && listed.change(row);
    },
    timestamp: (id) => timestamp.get(id),
    span: (first, last) => ({
      first: firstFrom.get(first) ?? Number.MAX_SAFE_INTEGER,
      below: firstFrom.get(last + 1) ?? Number.MAX_SAFE_INTEGER,
    }),
  };
}

function prepareBusinessEvents(db: Database.Database): SearchedKind {
  type Row = SearchedBusinessEvent & { id: number };
  const listed = prepareListed(db);
  const select = "SELECT business_id AS id, type, entity_type, entity_id, actor, payload FROM business_event";
  const rows = db.prepare<[first: number, below: number, limit: number], Row>(
    `${select} WHERE business_id >= ? AND business_id < ? ORDER BY business_id DESC LIMIT ?`,
  );
  const byId = db.prepare<[id: number], Row>(`${select} WHERE business_id = ?`);
  const whole = db.prepare<[id: number], StoredBusinessRow>(
    `SELECT ${storedBusinessColumns("b")}
     FROM business_event b CROSS JOIN ledger_entry e ON e.entry_id = b.transaction_entry
     WHERE b.business_id = ? AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id)`,
  );
  const timestamp = db
    .prepare<[id: number], string>(
      "SELECT e.timestamp FROM business_event b JOIN ledger_entry e ON e.entry_id = b.transaction_entry WHERE b.business_id = ?",
    )
    .pluck();
  const firstFrom = db
    .prepare<[entry_id: number], number>(
      "SELECT business_id FROM business_event WHERE entry_id >= ? ORDER BY entry_id, ordinal LIMIT 1",
    )
    .pluck();
  const isReplayed = db
    .prepare<[entry_id: number], number>(
      "SELECT 1 FROM ledger_entry WHERE kind <> 'transaction' AND kind = 'replay' AND entry_id > ? LIMIT 1",
    )
    .pluck();
  const toRow = (row: Row): SearchedRow => ({ id: row.id, text: () => businessEventText(row) });
  return {
    rows: (first, below, limit) => rows.all(first, below, limit).map(toRow),
    row(id) {
      const row = byId.get(id);
      return row && toRow(row);
    },
    event(id) {
      const row = whole.get(id);
      return row && listed.business(row);
    },
    timestamp: (id) => timestamp.get(id),
    span: (first, last) => ({
      first: firstFrom.get(first) ?? Number.MAX_SAFE_INTEGER,
      // A replay tells of these entries in later rows.
      below:
        isReplayed.get(last) === 1 ? Number.MAX_SAFE_INTEGER : (firstFrom.get(last + 1) ?? Number.MAX_SAFE_INTEGER),
    }),
  };
}
