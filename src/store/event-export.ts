// store: events for an export, page after page in the order of the ledger. Speaks of the trail as it was when it was opened,
// without a read transaction over all of it: the ledger only grows, so "up to that entry" stays the same. Memory holds a page.
import type Database from "better-sqlite3";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { ListedEvent } from "../model/answer-schema.ts";
import type { Coverage } from "../model/trace.ts";
import {
  fromBusinessRow,
  prepareBusinessEventQueries,
  storedBusinessColumns,
  type StoredBusinessRow,
} from "./business-event.ts";
import { fromChangeRow, storedChangeColumns, type StoredChangeRow } from "./change-event.ts";
import { type CsvPart, csvPartSql } from "./csv-parts.ts";
import { prepareDistinct } from "./distinct.ts";
import type { EntryBlocks } from "./entry-blocks.ts";
import { checkFilter, conditionsOf, type EventFilter, matchesType, type SqlValues } from "./event-filter.ts";
import { withStoreErrors } from "./sqlite-error.ts";

/** Which events are meant. */
export interface ExportRange extends EventFilter {
  /** False: `change_event_ids` of business events are left empty, which takes half the time. */
  lineage: boolean;
}

/** An event as it is stored: a table takes its JSON as the text that it is, which spares half of the work. */
export type ExportedEvent =
  | { kind: "business_event"; row: StoredBusinessRow; changeEventIds: string[]; payload?: JsonObject }
  | { kind: "change_event"; row: StoredChangeRow };

/** What was asked of an event, in that order, and behind it its place. */
export type CsvValues = (string | number | null)[];

export interface ExportPage<Event = ExportedEvent> {
  events: Event[];
  /** Part of the ledger that is behind, 0 to 1. */
  done: number;
}

export interface EventExport {
  /** When it was opened, which is what the events are of; null where nothing has begun. */
  coverage: Coverage | null;
  /** Newest entry of the ledger that it reads, and its hash in hex: what `verify` takes as an anchor. */
  head: { entry_id: number; hash: string };
  /** Names of the payload's fields in all events of one type, in the order of the rules; undefined of several types. */
  payloadFields: string[] | undefined;
  pages(): Generator<ExportPage>;
  /** The same events, as parts of lines of CSV. */
  csvPages(parts: readonly CsvPart[]): Generator<ExportPage<CsvValues>>;
}

export function toListedEvent(exported: ExportedEvent): ListedEvent {
  return exported.kind === "business_event"
    ? { kind: "business_event", ...fromBusinessRow(exported.row, exported.changeEventIds) }
    : { kind: "change_event", ...fromChangeRow(exported.row) };
}

/** Read at once: as many rows, or as soon as their text is as long. */
const pageRows = 1_000;
const pageChars = 4_000_000;
/** Looked through in one question, though none of them is meant: no question takes long. */
const spanEntries = 20_000;
const spanChanges = 50_000;

interface Ledger {
  coverage: () => Coverage | null;
  blocks: EntryBlocks;
}

export function openEventExport(
  db: Database.Database,
  path: string,
  range: ExportRange,
  { coverage, blocks }: Ledger,
): EventExport {
  checkFilter(range);
  const opened = withStoreErrors(path, () =>
    db.transaction(() => {
      const extent = readExtent(db, blocks, range);
      const types = range.kind === "business_event" ? resolveTypes(db, range.type) : undefined;
      return {
        coverage: coverage(),
        extent,
        types,
        payloadFields: types?.length === 1 ? readPayloadFields(db, types[0]!, extent) : undefined,
      };
    })(),
  );
  const { extent, types, payloadFields } = opened;
  return {
    coverage: opened.coverage,
    head: { entry_id: extent.newest, hash: extent.hash },
    payloadFields,
    pages: () =>
      range.kind === "business_event"
        ? walkPages(path, prepareBusinessPage(db, range, types, extent, wholeBusinessRows(db, range.lineage)))
        : walkPages(path, prepareChangePage(db, range, extent, wholeChangeRows)),
    csvPages: (parts) =>
      range.kind === "business_event"
        ? walkPages(path, prepareBusinessPage(db, range, types, extent, csvRows(parts, businessPlace)))
        : walkPages(path, prepareChangePage(db, range, extent, csvRows(parts, changePlace))),
  };
}

function* walkPages<Place, Event>(path: string, reader: PageReader<Place, Event>): Generator<ExportPage<Event>> {
  let place = reader.begin;
  while (!reader.isBehind(place)) {
    const from = place;
    const page = withStoreErrors(path, () => reader.after(from));
    place = page.place;
    if (page.events.length > 0) yield { events: page.events, done: reader.share(place) };
  }
}

interface Extent {
  /** Of the whole ledger. */
  newest: number;
  hash: string;
  /** Of the transactions in the range; 0 where there is none. */
  first: number;
  last: number;
}

function readExtent(db: Database.Database, blocks: EntryBlocks, { from, to }: ExportRange): Extent {
  const newest = db.prepare<[], { newest: number; hash: string }>(
    "SELECT entry_id AS newest, lower(hex(hash)) AS hash FROM ledger_entry ORDER BY entry_id DESC LIMIT 1",
  );
  const head = newest.get() ?? { newest: 0, hash: "" };
  const span = blocks.span(from, to) ?? { first: 0, last: -1 };
  return { ...head, first: span.first, last: Math.min(span.last, head.newest) };
}

/** Names as asked -> types that are in the trail, `sale.*` spread out; undefined where there are too many to tell apart. */
function resolveTypes(db: Database.Database, asked: readonly string[] | undefined): string[] | undefined {
  const known = prepareDistinct<{ type: string }>(db, "business_event", ["type"])()?.map(({ type }) => type);
  return asked === undefined ? known : known?.filter((type) => matchesType(asked, type));
}

/** Every event of one version of a rule has the same fields, so one event of each tells. */
function readPayloadFields(db: Database.Database, type: string, { first, last }: Extent): string[] {
  const versions = db
    .prepare<[string, number, number], { payload: string }>(
      `SELECT payload FROM business_event WHERE business_id IN (
         SELECT min(business_id) FROM business_event INDEXED BY business_event_type
         WHERE type = ? AND transaction_entry BETWEEN ? AND ? GROUP BY rule_pack, rule_name, rule_version)
       ORDER BY business_id`,
    )
    .all(type, first, last);
  return [...new Set(versions.flatMap(({ payload }) => Object.keys(JSON.parse(payload) as object)))];
}

/** How the pages of one kind are read. A place is the key of the last row behind it. */
interface PageReader<Place, Event> {
  begin: Place;
  isBehind(place: Place): boolean;
  share(place: Place): number;
  after(place: Place): { events: Event[]; place: Place };
}

/** What is read of each row, and what it is for the caller. */
interface Reading<Row, Place, Event> {
  /** Of the event as `v` and its transaction's entry as `e`. */
  columns: string;
  isRaw: boolean;
  chars: (row: Row) => number;
  place(row: Row): Place;
  toEvents(rows: Row[]): Event[];
}

interface BusinessPlace {
  entry: number;
  id: number;
}

function wholeBusinessRows(
  db: Database.Database,
  lineage: boolean,
): Reading<StoredBusinessRow, BusinessPlace, ExportedEvent> {
  return {
    columns: storedBusinessColumns("v"),
    isRaw: false,
    chars: (row) => row.payload.length,
    place: (row) => ({ entry: row.transaction_entry, id: row.business_id }),
    toEvents: prepareLineage(db, lineage),
  };
}

const wholeChangeRows: Reading<StoredChangeRow, number, ExportedEvent> = {
  columns: storedChangeColumns("v"),
  isRaw: false,
  chars: (row) => (row.before?.length ?? 0) + (row.after?.length ?? 0) + row.metadata.length,
  place: (row) => row.change_id,
  toEvents: (rows) => rows.map((row) => ({ kind: "change_event", row })),
};

const businessPlace = {
  columns: "v.transaction_entry, v.business_id",
  of: (row: CsvValues): BusinessPlace => ({ entry: Number(row.at(-2)), id: Number(row.at(-1)) }),
};
const changePlace = { columns: "v.change_id", of: (row: CsvValues): number => Number(row.at(-1)) };

function csvRows<Place>(
  parts: readonly CsvPart[],
  place: { columns: string; of: (row: CsvValues) => Place },
): Reading<CsvValues, Place, CsvValues> {
  const ofEntry = new Set(["timestamp", "transaction_id"]);
  return {
    columns: `${csvPartSql(parts, (column) => `${ofEntry.has(column) ? "e" : "v"}.${column}`)}, ${place.columns}`,
    isRaw: true,
    chars: (row) => {
      let chars = 0;
      for (const value of row) if (typeof value === "string") chars += value.length;
      return chars;
    },
    place: place.of,
    toEvents: (rows) => rows,
  };
}

function prepareBusinessPage<Row, Event>(
  db: Database.Database,
  range: ExportRange,
  types: readonly string[] | undefined,
  { newest, first, last }: Extent,
  reading: Reading<Row, BusinessPlace, Event>,
): PageReader<BusinessPlace, Event> {
  const { sql, values } = conditionsOf(range);
  const rows = db
    .prepare<[SqlValues], Row>(
      `SELECT ${reading.columns}
       FROM business_event v INDEXED BY business_event_transaction
       CROSS JOIN ledger_entry e ON e.entry_id = v.transaction_entry
       WHERE v.transaction_entry BETWEEN @entry AND @to_entry
         AND (v.transaction_entry > @entry OR v.business_id > @id) AND v.entry_id <= @newest AND ${sql}
         AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = v.business_id AND s.entry_id <= @newest)
       ORDER BY v.transaction_entry, v.business_id`,
    )
    .raw(reading.isRaw);
  const asked = { ...values, newest };
  return {
    begin: { entry: first, id: 0 },
    isBehind: ({ entry }) => entry > last || types?.length === 0,
    share: ({ entry }) => Math.min(1, (entry - first) / Math.max(1, last - first)),
    after({ entry, id }) {
      const to_entry = Math.min(last, entry + spanEntries);
      const page = readRows(rows.iterate({ ...asked, entry, id, to_entry }), reading.chars);
      const place = page.cutAt === undefined ? { entry: to_entry + 1, id: 0 } : reading.place(page.cutAt);
      return { events: reading.toEvents(page.rows), place };
    },
  };
}

/** Rows with the ids of the changes that they rest on. */
function prepareLineage(
  db: Database.Database,
  wanted: boolean,
): (rows: readonly StoredBusinessRow[]) => ExportedEvent[] {
  if (!wanted) return (rows) => rows.map((row) => ({ kind: "business_event", row, changeEventIds: [] }));
  const { lineageOfMany } = prepareBusinessEventQueries(db);
  return (rows) => {
    const found = lineageOfMany.all(JSON.stringify(rows.map(({ business_id }) => business_id)));
    const links = Map.groupBy(found, ({ business_id }) => business_id);
    return rows.map((row) => {
      const changeEventIds = (links.get(row.business_id) ?? []).map(({ event_id }) => event_id);
      return { kind: "business_event", row, changeEventIds };
    });
  };
}

function prepareChangePage<Row, Event>(
  db: Database.Database,
  range: ExportRange,
  { newest, first, last }: Extent,
  reading: Reading<Row, number, Event>,
): PageReader<number, Event> {
  // Of one entity the index has the order of the ledger.
  const byEntity = range.entity_type !== undefined && range.entity_id !== undefined;
  const { sql, values } = conditionsOf(range);
  const edge = db.prepare<[number, number], { begin: number | null; end: number | null }>(
    `SELECT (SELECT change_id FROM change_event WHERE entry_id >= ? ORDER BY entry_id, seq LIMIT 1) AS begin,
            (SELECT change_id FROM change_event WHERE entry_id <= ? ORDER BY entry_id DESC, seq DESC LIMIT 1) AS end`,
  );
  const rows = db
    .prepare<[SqlValues], Row>(
      `SELECT ${reading.columns}
       FROM change_event v ${byEntity ? "INDEXED BY change_event_entity" : "NOT INDEXED"}
       CROSS JOIN ledger_entry e ON e.entry_id = v.entry_id
       WHERE v.change_id > @after AND v.change_id <= @to_change AND v.entry_id <= @newest AND ${sql}
       ORDER BY v.change_id`,
    )
    .raw(reading.isRaw);
  const { begin, end } = withNothing(last < first ? undefined : edge.get(first, last));
  const asked = { ...values, newest };
  return {
    begin: begin - 1,
    isBehind: (after) => after >= end,
    share: (after) => Math.min(1, (after - begin) / Math.max(1, end - begin)),
    after(after) {
      const to_change = byEntity ? end : Math.min(end, after + spanChanges);
      const page = readRows(rows.iterate({ ...asked, after, to_change }), reading.chars);
      return {
        events: reading.toEvents(page.rows),
        place: page.cutAt === undefined ? to_change : reading.place(page.cutAt),
      };
    },
  };
}

/** An empty range of changes. */
function withNothing(edge: { begin: number | null; end: number | null } | undefined): { begin: number; end: number } {
  return { begin: edge?.begin ?? 1, end: edge?.end ?? 0 };
}

/** As many rows as a page holds; the statement is closed with the last of them. */
function readRows<Row>(from: IterableIterator<Row>, chars: (row: Row) => number): { rows: Row[]; cutAt?: Row } {
  const rows: Row[] = [];
  let size = 0;
  for (const row of from) {
    rows.push(row);
    size += chars(row);
    if (rows.length >= pageRows || size >= pageChars) return { rows, cutAt: row };
  }
  return { rows };
}
