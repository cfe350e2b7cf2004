// store: events for an export, page after page in the order of the ledger. Speaks of the trail as it was when it was opened,
// without a read transaction over all of it: the ledger only grows, so "up to that entry" stays the same. Memory holds a page.
import type Database from "better-sqlite3";
import type { ListedEvent } from "../model/answer-schema.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { Coverage } from "../model/trace.ts";
import { fromBusinessRow, type StoredBusinessRow } from "./business-event.ts";
import { fromChangeRow, type StoredChangeRow } from "./change-event.ts";
import type { CoverageQuery } from "./coverage.ts";
import { withStoreErrors } from "./sqlite-error.ts";

/** Which events are meant; what is absent does not count. */
export interface ExportRange {
  kind: ListedEvent["kind"];
  /** Types of business events; `sale.*` means all that begin with `sale.`. */
  type?: readonly string[] | undefined;
  entity_type?: string | undefined;
  entity_id?: string | undefined;
  /** Id of who did it. */
  actor?: string | undefined;
  /** Of change events: `table` or `database.table`. */
  table?: string | undefined;
  operation?: string | undefined;
  /** Committed from … on, before `to`; RFC 3339 as the ledger writes it. */
  from?: string | undefined;
  to?: string | undefined;
  /** False: `change_event_ids` of business events are left empty, which takes half the time. */
  lineage: boolean;
}

export interface ExportPage {
  events: ListedEvent[];
  /** Part of the ledger that is behind, 0 to 1. */
  done: number;
}

export interface EventExport {
  /** When it was opened, which is what the events are of; null where nothing has begun. */
  coverage: Coverage | null;
  /** Newest entry of the ledger that it reads, and its hash in hex: what `verify` takes as an anchor. */
  head: { entry_id: number; hash: string };
  /** Types of business events that are meant; empty of change events. */
  types: string[];
  /** Names of the payload's fields in all events of one type, in the order of the rules; undefined of several types. */
  payloadFields: string[] | undefined;
  pages(): Generator<ExportPage>;
}

/** Read at once: as many rows, or as soon as their text is as long. */
const pageRows = 2_000;
const pageChars = 4_000_000;
/** Looked through in one question, though none of them is meant: no question takes long. */
const spanEntries = 20_000;
const spanChanges = 50_000;
/** After every time that there is; the ledger's times begin with a year of four digits. */
const endOfTime = "9999-12-31T23:59:59.999999Z";

export function openEventExport(
  db: Database.Database,
  path: string,
  range: ExportRange,
  coverage: CoverageQuery,
): EventExport {
  const opened = withStoreErrors(path, () =>
    db.transaction(() => {
      const extent = readExtent(db, range);
      const types = range.kind === "business_event" ? resolveTypes(db, range.type) : [];
      return {
        coverage: coverage(),
        extent,
        types,
        payloadFields: types.length === 1 ? readPayloadFields(db, types[0]!, extent) : undefined,
      };
    })(),
  );
  const { extent, types, payloadFields } = opened;
  return {
    coverage: opened.coverage,
    head: { entry_id: extent.newest, hash: extent.hash },
    types,
    payloadFields,
    pages: () =>
      range.kind === "business_event"
        ? walkPages(path, prepareBusinessPage(db, range, types, extent))
        : walkPages(path, prepareChangePage(db, range, extent)),
  };
}

function* walkPages<Place>(path: string, reader: PageReader<Place>): Generator<ExportPage> {
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

function readExtent(db: Database.Database, { from = "", to = endOfTime }: ExportRange): Extent {
  const newest = db.prepare<[], { newest: number; hash: string }>(
    "SELECT entry_id AS newest, lower(hex(hash)) AS hash FROM ledger_entry ORDER BY entry_id DESC LIMIT 1",
  );
  const inRange = db.prepare<[string, string], { first: number; last: number }>(
    `SELECT coalesce(min(entry_id), 0) AS first, coalesce(max(entry_id), -1) AS last
     FROM ledger_entry WHERE timestamp >= ? AND timestamp < ?`,
  );
  return { ...(newest.get() ?? { newest: 0, hash: "" }), ...inRange.get(from, to)! };
}

/** Names as asked -> types that are in the trail, `sale.*` spread out. */
function resolveTypes(db: Database.Database, asked: readonly string[] | undefined): string[] {
  // A loose index scan: one probe per distinct type.
  const known = db
    .prepare<[], { type: string }>(
      `WITH RECURSIVE kind(type) AS (
         SELECT min(type) FROM business_event
         UNION ALL
         SELECT (SELECT min(type) FROM business_event WHERE type > kind.type) FROM kind WHERE kind.type IS NOT NULL)
       SELECT type FROM kind WHERE type IS NOT NULL`,
    )
    .all()
    .map(({ type }) => type);
  if (asked === undefined) return known;
  return known.filter((type) =>
    asked.some((name) => (name.endsWith(".*") ? type.startsWith(name.slice(0, -1)) : name === type)),
  );
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
interface PageReader<Place> {
  begin: Place;
  isBehind(place: Place): boolean;
  share(place: Place): number;
  after(place: Place): { events: ListedEvent[]; place: Place };
}

interface BusinessPlace {
  entry: number;
  id: number;
}

function prepareBusinessPage(
  db: Database.Database,
  range: ExportRange,
  types: readonly string[],
  { newest, first, last }: Extent,
): PageReader<BusinessPlace> {
  const { from = "", to = endOfTime, entity_type, entity_id, actor } = range;
  const one = types.length === 1;
  const conditions = [
    // The unary plus keeps SQLite on the index in the order of the ledger.
    one ? "b.type = @type" : "+b.type IN (SELECT value FROM json_each(@types))",
    ...(entity_type === undefined ? [] : ["+b.entity_type = @entity_type"]),
    ...(entity_id === undefined ? [] : ["+b.entity_id = @entity_id"]),
    ...(actor === undefined ? [] : ["b.actor ->> '$.id' = @actor"]),
  ];
  const rows = db.prepare<[Record<string, unknown>], StoredBusinessRow>(
    `SELECT b.business_id, b.entry_id, b.ordinal, b.transaction_entry, b.business_event_id, b.type, b.entity_type, b.entity_id,
            b.occurred_at, b.payload, b.confidence, b.actor, b.rule_pack, b.rule_name, b.rule_version, e.timestamp, e.transaction_id
     FROM business_event b INDEXED BY ${one ? "business_event_type" : "business_event_transaction"}
     CROSS JOIN ledger_entry e ON e.entry_id = b.transaction_entry
     WHERE b.transaction_entry BETWEEN @entry AND @to_entry AND (b.transaction_entry > @entry OR b.business_id > @id)
       AND ${conditions.join(" AND ")}
       AND b.entry_id <= @newest AND e.timestamp >= @from AND e.timestamp < @to
       AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id AND s.entry_id <= @newest)
     ORDER BY b.transaction_entry, b.business_id`,
  );
  const linked = prepareLineage(db, range.lineage);
  const asked = { from, to, newest, type: types[0] ?? "", types: JSON.stringify(types), entity_type, entity_id, actor };
  return {
    begin: { entry: first, id: 0 },
    isBehind: ({ entry }) => entry > last || types.length === 0,
    share: ({ entry }) => Math.min(1, (entry - first) / Math.max(1, last - first)),
    after({ entry, id }) {
      const to_entry = Math.min(last, entry + spanEntries);
      const page = readRows(rows.iterate({ ...asked, entry, id, to_entry }), (row) => row.payload.length);
      const events = linked(page.rows).map((event): ListedEvent => ({ kind: "business_event", ...event }));
      const end = page.rows.at(-1);
      const place = page.isCut && end !== undefined ? { entry: end.transaction_entry, id: end.business_id } : undefined;
      return { events, place: place ?? { entry: to_entry + 1, id: 0 } };
    },
  };
}

/** Rows -> events, with the ids of the changes that they rest on. */
function prepareLineage(
  db: Database.Database,
  wanted: boolean,
): (rows: readonly StoredBusinessRow[]) => BusinessEvent[] {
  if (!wanted) return (rows) => rows.map((row) => fromBusinessRow(row, []));
  const lineage = db.prepare<[string], { business_id: number; event_id: string }>(
    `SELECT l.business_id, c.event_id
     FROM json_each(?) p CROSS JOIN business_event_change l ON l.business_id = p.value CROSS JOIN change_event c USING (change_id)
     ORDER BY l.business_id, l.position`,
  );
  return (rows) => {
    const found = lineage.all(JSON.stringify(rows.map(({ business_id }) => business_id)));
    const links = Map.groupBy(found, ({ business_id }) => business_id);
    return rows.map((row) =>
      fromBusinessRow(
        row,
        (links.get(row.business_id) ?? []).map(({ event_id }) => event_id),
      ),
    );
  };
}

function prepareChangePage(db: Database.Database, range: ExportRange, extent: Extent): PageReader<number> {
  const { from = "", to = endOfTime, entity_type, entity_id, actor, table, operation } = range;
  const { newest, first, last } = extent;
  // Of one entity the index has the order of the ledger.
  const byEntity = entity_type !== undefined && entity_id !== undefined;
  const plus = byEntity ? "" : "+";
  const [database, name] = table?.includes(".") === true ? splitOnce(table, ".") : [undefined, table];
  const conditions = [
    ...(entity_type === undefined ? [] : [`${plus}c.entity_type = @entity_type`]),
    ...(entity_id === undefined ? [] : [`${plus}c.entity_id = @entity_id`]),
    ...(actor === undefined ? [] : ["c.actor ->> '$.id' = @actor"]),
    ...(database === undefined ? [] : ["c.source_db = @database"]),
    ...(name === undefined ? [] : ["c.source_table = @name"]),
    ...(operation === undefined ? [] : ["c.operation = @operation"]),
  ];
  const edge = db.prepare<[number, number], { begin: number | null; end: number | null }>(
    `SELECT (SELECT change_id FROM change_event WHERE entry_id >= ? ORDER BY entry_id, seq LIMIT 1) AS begin,
            (SELECT change_id FROM change_event WHERE entry_id <= ? ORDER BY entry_id DESC, seq DESC LIMIT 1) AS end`,
  );
  const rows = db.prepare<[Record<string, unknown>], StoredChangeRow>(
    `SELECT c.change_id, c.entry_id, c.seq, c.event_id, c.source_db, c.source_table, c.source_pk, c.operation, c.before, c.after,
            c.changed, c.entity_type, c.entity_id, c.actor, c.metadata, e.timestamp, e.transaction_id
     FROM change_event c CROSS JOIN ledger_entry e ON e.entry_id = c.entry_id
     WHERE c.change_id > @after AND c.change_id <= @to_change AND ${["c.entry_id <= @newest", ...conditions].join(" AND ")}
       AND e.timestamp >= @from AND e.timestamp < @to
     ORDER BY c.change_id`,
  );
  const { begin, end } = withNothing(last < first ? undefined : edge.get(first, last));
  const asked = { from, to, newest, entity_type, entity_id, actor, database, name, operation };
  return {
    begin: begin - 1,
    isBehind: (after) => after >= end,
    share: (after) => Math.min(1, (after - begin) / Math.max(1, end - begin)),
    after(after) {
      const to_change = byEntity ? end : Math.min(end, after + spanChanges);
      const page = readRows(
        rows.iterate({ ...asked, after, to_change }),
        (row) => (row.before?.length ?? 0) + (row.after?.length ?? 0) + row.metadata.length,
      );
      const events = page.rows.map((row): ListedEvent => ({ kind: "change_event", ...fromChangeRow(row) }));
      return { events, place: page.isCut ? page.rows.at(-1)!.change_id : to_change };
    },
  };
}

/** An empty range of changes. */
function withNothing(edge: { begin: number | null; end: number | null } | undefined): { begin: number; end: number } {
  return { begin: edge?.begin ?? 1, end: edge?.end ?? 0 };
}

/** As many rows as a page holds; the statement is closed with the last of them. */
function readRows<Row>(from: IterableIterator<Row>, chars: (row: Row) => number): { rows: Row[]; isCut: boolean } {
  const rows: Row[] = [];
  let size = 0;
  for (const row of from) {
    rows.push(row);
    size += chars(row);
    if (rows.length >= pageRows || size >= pageChars) return { rows, isCut: true };
  }
  return { rows, isCut: false };
}

function splitOnce(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return [text.slice(0, index), text.slice(index + at.length)];
}
