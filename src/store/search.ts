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
import { businessEventText, changeText, matchesWords, readSearchWords, type SearchWords } from "./search-text.ts";

const rowsMax = 20_000;
const millisecondsMax = 75;
const pieceRows = 200;

interface SearchedRow {
  id: number;
  timestamp: string;
  /** False: a replay has superseded it. */
  counts: boolean;
  text(): string;
  toEvent(): ListedEvent;
}

interface SearchedKind {
  /** Newest first, of the rows from `first` on and before `below`. */
  rows(first: number, below: number, limit: number): SearchedRow[];
  row(id: number): SearchedRow | undefined;
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
    const isOfTime = ({ timestamp }: SearchedRow): boolean =>
      timestamp >= (from ?? "") && timestamp < (to ?? endOfTime);
    const indexed = !isOfStore ? 0 : kind === "change_event" ? state.change_id : state.business_id;

    const found: SearchedRow[] = [];
    for (const row of readRows({ searched, index, kind, words, indexed, ...span })) {
      if ("cutAt" in row) {
        page.searched_back_to =
          (searched.row(row.cutAt) ?? searched.row(row.cutAt - 1))?.timestamp ?? page.coverage.from_time;
        page.next_cursor = writeCursor(use, [0, row.cutAt]);
        break;
      }
      if (!row.counts || !isOfTime(row) || !matchesWords(words, row.text())) continue;
      if (found.length === limit) {
        page.next_cursor = writeCursor(use, [0, found.at(-1)!.id]);
        break;
      }
      found.push(row);
    }
    page.items = found.map((row) => row.toEvent());
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
  const listed = prepareListed(db);
  const select = `SELECT ${storedChangeColumns("c")} FROM change_event c CROSS JOIN ledger_entry e USING (entry_id)`;
  const rows = db.prepare<[first: number, below: number, limit: number], StoredChangeRow>(
    `${select} WHERE c.change_id >= ? AND c.change_id < ? ORDER BY c.change_id DESC LIMIT ?`,
  );
  const byId = db.prepare<[id: number], StoredChangeRow>(`${select} WHERE c.change_id = ?`);
  const { firstFrom } = prepareChangeEventQueries(db);
  const toRow = (row: StoredChangeRow): SearchedRow => ({
    id: row.change_id,
    timestamp: row.timestamp,
    counts: true,
    text: () => changeText(row),
    toEvent: () => listed.change(row),
  });
  return {
    rows: (first, below, limit) => rows.all(first, below, limit).map(toRow),
    row(id) {
      const row = byId.get(id);
      return row && toRow(row);
    },
    span: (first, last) => ({
      first: firstFrom.get(first) ?? Number.MAX_SAFE_INTEGER,
      below: firstFrom.get(last + 1) ?? Number.MAX_SAFE_INTEGER,
    }),
  };
}

function prepareBusinessEvents(db: Database.Database): SearchedKind {
  type Row = StoredBusinessRow & { counts: number };
  const listed = prepareListed(db);
  const select = `SELECT ${storedBusinessColumns("b")},
      NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id) AS counts
    FROM business_event b CROSS JOIN ledger_entry e ON e.entry_id = b.transaction_entry`;
  const rows = db.prepare<[first: number, below: number, limit: number], Row>(
    `${select} WHERE b.business_id >= ? AND b.business_id < ? ORDER BY b.business_id DESC LIMIT ?`,
  );
  const byId = db.prepare<[id: number], Row>(`${select} WHERE b.business_id = ?`);
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
  const toRow = (row: Row): SearchedRow => ({
    id: row.business_id,
    timestamp: row.timestamp,
    counts: row.counts === 1,
    text: () => businessEventText(row),
    toEvent: () => listed.business(row),
  });
  return {
    rows: (first, below, limit) => rows.all(first, below, limit).map(toRow),
    row(id) {
      const row = byId.get(id);
      return row && toRow(row);
    },
    span: (first, last) => ({
      first: firstFrom.get(first) ?? Number.MAX_SAFE_INTEGER,
      // A replay tells of these entries in later rows.
      below:
        isReplayed.get(last) === 1 ? Number.MAX_SAFE_INTEGER : (firstFrom.get(last + 1) ?? Number.MAX_SAFE_INTEGER),
    }),
  };
}
