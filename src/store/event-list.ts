// store: lists of events, newest first, by the index that suits the filter. Business events in the order of the transactions
// they tell of, row changes in the order of the log. Superseded business events never count.
import type Database from "better-sqlite3";
import { prepareBusinessEventQueries, type StoredBusinessRow } from "./business-event.ts";
import { prepareChangeEventQueries, type StoredChangeRow } from "./change-event.ts";
import { behindAll, type Place } from "./cursor.ts";
import { prepareDistinct } from "./distinct.ts";
import type { EntrySpan } from "./entry-blocks.ts";
import {
  actorTexts,
  conditionsOf,
  type EventFilter,
  matchesTable,
  matchesType,
  type SqlValues,
} from "./event-filter.ts";
import { type NewestPage, type Placed, readNewest, type Sequence, type Span } from "./newest-first.ts";
import { prepareOnce } from "./prepare-once.ts";
import { pageCharactersMax, takeRows } from "./take-rows.ts";

/** Rows that a page looks at: some tens of milliseconds. */
const rowsMax = 10_000;

/** What an index gives in the right order: a condition of the table's columns, and its values. */
interface Driver {
  sql: string;
  values: SqlValues;
}

export interface EventList {
  businessEvents(filter: EventFilter, page: PageRequest): NewestPage<StoredBusinessRow>;
  changeEvents(filter: EventFilter, page: PageRequest): NewestPage<StoredChangeRow>;
}

export interface PageRequest {
  /** undefined: no entry has a time in the range. */
  entries: EntrySpan | undefined;
  below: Place | undefined;
  limit: number;
}

const businessOrder = (driver: string) =>
  `SELECT business_id AS id FROM business_event
   WHERE ${driver} AND (transaction_entry, business_id) < (@entry, @id) AND transaction_entry >= @first
   ORDER BY transaction_entry DESC, business_id DESC`;
const changeOrder = (driver: string) =>
  `SELECT change_id AS id FROM change_event WHERE ${driver} AND change_id < @id AND change_id >= @first
   ORDER BY change_id DESC`;

export function prepareEventList(db: Database.Database): EventList {
  const prepare = prepareOnce(db);
  const kinds = prepareDistinct<BusinessKind>(db, "business_event", ["type", "entity_type"]);
  const tables = prepareDistinct<ChangeKind>(db, "change_event", [
    "source_table",
    "source_db",
    "entity_type",
    "operation",
  ]);
  const businessRows = prepareBusinessEventQueries(db);
  const changeRows = prepareChangeEventQueries(db);

  // Sequences give places, and only what the page shows is read whole: `sale.*` has many sequences, each of a page.
  const businessSequence = (driver: Driver, filter: EventFilter): Sequence<Placed> => {
    const { sql, values } = conditionsOf(filter);
    const order = businessOrder(driver.sql);
    // CROSS JOIN: SQLite keeps this order, which is the page's.
    const read = prepare<Place>(
      `SELECT v.transaction_entry AS entry, v.business_id AS id FROM (${order} LIMIT @budget) k
       CROSS JOIN business_event v ON v.business_id = k.id CROSS JOIN ledger_entry e ON e.entry_id = v.transaction_entry
       WHERE ${sql} AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = k.id) LIMIT @limit`,
    );
    const edge = prepare<Place>(
      `SELECT transaction_entry AS entry, business_id AS id FROM business_event
       WHERE business_id = (${order} LIMIT 1 OFFSET @budget - 1)`,
    );
    const bind = ({ first, below }: Span) => ({ ...values, ...driver.values, ...below, first: first.entry });
    return {
      read: (span, limit, budget) => read.all({ ...bind(span), limit, budget }).map((place) => ({ place })),
      edge: (span, budget) => edge.get({ ...bind(span), budget }),
    };
  };
  const changeSequence = (driver: Driver, filter: EventFilter): Sequence<Placed> => {
    const { sql, values } = conditionsOf(filter);
    const order = changeOrder(driver.sql);
    const read = prepare<Place>(
      `SELECT v.entry_id AS entry, v.change_id AS id FROM (${order} LIMIT @budget) k
       CROSS JOIN change_event v ON v.change_id = k.id CROSS JOIN ledger_entry e ON e.entry_id = v.entry_id
       WHERE ${sql} LIMIT @limit`,
    );
    const edge = prepare<Place>(
      `SELECT entry_id AS entry, change_id AS id FROM change_event
       WHERE change_id = (${order} LIMIT 1 OFFSET @budget - 1)`,
    );
    const bind = ({ first, below }: Span) => ({ ...values, ...driver.values, id: below.id, first: first.id });
    return {
      read: (span, limit, budget) => read.all({ ...bind(span), limit, budget }).map((place) => ({ place })),
      edge: (span, budget) => edge.get({ ...bind(span), budget }),
    };
  };
  const belowOf = ({ entries, below = behindAll }: PageRequest, after: Place): Place =>
    entries === undefined || after.entry > below.entry ? below : after;

  return {
    businessEvents(filter, request) {
      if (request.entries === undefined) return { rows: [], next: null };
      const drivers = businessDrivers(filter, kinds);
      const span = {
        first: { entry: request.entries.first, id: 0 },
        below: belowOf(request, { entry: request.entries.last + 1, id: 0 }),
      };
      const sequences = drivers.map((driver) => businessSequence(driver, filter));
      const page = readNewest(sequences, span, request.limit, rowsMax);
      return readWhole(businessRows.ofRows, page, (row) => ({ entry: row.transaction_entry, id: row.business_id }));
    },
    changeEvents(filter, request) {
      if (request.entries === undefined) return { rows: [], next: null };
      const { first, last } = request.entries;
      const drivers = changeDrivers(filter, tables);
      const behind = { entry: last + 1, id: changeRows.firstFrom.get(last + 1) ?? behindAll.id };
      const span = {
        first: { entry: first, id: changeRows.firstFrom.get(first) ?? behindAll.id },
        below: belowOf(request, behind),
      };
      const sequences = drivers.map((driver) => changeSequence(driver, filter));
      const page = readNewest(sequences, span, request.limit, rowsMax);
      return readWhole(changeRows.ofRows, page, (row) => ({ entry: row.entry_id, id: row.change_id }));
    },
  };
}

/** The page's rows themselves; where they are too long for one answer, the page ends there. */
function readWhole<Row extends object>(
  read: Database.Statement<[ids: string], Row>,
  { rows: placed, next }: NewestPage<Placed>,
  placeOf: (row: Row) => Place,
): NewestPage<Row> {
  const ids = JSON.stringify(placed.map(({ place }) => place.id));
  const { rows, cut } = takeRows(read.iterate(ids), pageCharactersMax);
  const isShort = cut && rows.length < placed.length;
  return { rows, next: isShort ? placeOf(rows.at(-1)!) : next };
}

type BusinessKind = { type: string; entity_type: string };
type ChangeKind = { source_table: string; source_db: string; entity_type: string; operation: string };

const everything: Driver[] = [{ sql: "true", values: {} }];
/** An entity by both its names. */
function ofEntity(of_type: string, of_id: string): Driver {
  return { sql: "entity_type = @of_type AND entity_id = @of_id", values: { of_type, of_id } };
}

/** Of the kinds that are meant: each by its index or, where the filter has an id, whatever it is an id of. */
function ofKinds<Kind extends { entity_type: string }>(
  kinds: readonly Kind[] | undefined,
  entityId: string | undefined,
  driver: (kind: Kind) => Driver,
): Driver[] {
  if (kinds === undefined) return everything;
  if (entityId === undefined) return kinds.map(driver);
  return [...new Set(kinds.map((kind) => kind.entity_type))].map((type) => ofEntity(type, entityId));
}

function businessDrivers(filter: EventFilter, kinds: () => BusinessKind[] | undefined): Driver[] {
  const { type, entity_type, entity_id, actor } = filter;
  if (entity_type !== undefined && entity_id !== undefined) return [ofEntity(entity_type, entity_id)];
  if (actor !== undefined)
    return actorTexts(actor).map((text) => ({ sql: "actor = @of_actor", values: { of_actor: text } }));
  if (type === undefined && entity_type === undefined && entity_id === undefined) return everything;
  const meant = kinds()?.filter(
    (kind) =>
      (type === undefined || matchesType(type, kind.type)) &&
      (entity_type === undefined || kind.entity_type === entity_type),
  );
  return ofKinds(meant, entity_id, (kind) => ({
    sql: "type = @of_event AND entity_type = @of_type",
    values: { of_event: kind.type, of_type: kind.entity_type },
  }));
}

function changeDrivers(filter: EventFilter, kinds: () => ChangeKind[] | undefined): Driver[] {
  const { entity_type, entity_id, table, operation } = filter;
  if (entity_type !== undefined && entity_id !== undefined) return [ofEntity(entity_type, entity_id)];
  if ([table, operation, entity_type, entity_id].every((value) => value === undefined)) return everything;
  const meant = kinds()?.filter(
    (kind) =>
      (table === undefined || matchesTable(table, kind.source_db, kind.source_table)) &&
      (operation === undefined || kind.operation === operation) &&
      (entity_type === undefined || kind.entity_type === entity_type),
  );
  return ofKinds(meant, entity_id, (kind) => ({
    sql: `source_table = @of_table AND source_db = @of_db AND entity_type = @of_type AND operation = @of_operation`,
    values: {
      of_table: kind.source_table,
      of_db: kind.source_db,
      of_type: kind.entity_type,
      of_operation: kind.operation,
    },
  }));
}
