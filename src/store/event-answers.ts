// store: the questions `events`, `feed` and `event`. Takes them as they are understood, gives their answers.
import type Database from "better-sqlite3";
import { AppError } from "../model/app-error.ts";
import type { EventAnswer, EventPage, FeedPage, ListedEvent } from "../model/answer-schema.ts";
import type { ParsedInput } from "../model/question.ts";
import type { Coverage } from "../model/trace.ts";
import {
  fromBusinessRow,
  prepareBusinessEventQueries,
  storedBusinessColumns,
  type StoredBusinessRow,
} from "./business-event.ts";
import { fromChangeRow, prepareChangeEventQueries, storedChangeColumns, type StoredChangeRow } from "./change-event.ts";
import { foreignCursor, readPlace, writeCursor } from "./cursor.ts";
import type { EntryBlocks } from "./entry-blocks.ts";
import { conditionsOf } from "./event-filter.ts";
import { prepareEventList } from "./event-list.ts";
import { prepareOnce } from "./prepare-once.ts";
import { pageCharactersMax, takeRows } from "./take-rows.ts";

/** Rows that one answer of a feed looks at. */
const feedRowsMax = 20_000;

export interface EventAnswers {
  events(input: ParsedInput<"events">): EventPage;
  feed(input: ParsedInput<"feed">): FeedPage;
  /** undefined when there is none by that id, or it is superseded. */
  event(id: string): EventAnswer | undefined;
  find(id: string): EventAnswer["event"] | undefined;
}

export function prepareEventAnswers(
  db: Database.Database,
  blocks: EntryBlocks,
  coverage: () => Coverage,
): EventAnswers {
  const lists = prepareEventList(db);
  const businessEvents = prepareBusinessEventQueries(db);
  const changeEvents = prepareChangeEventQueries(db);
  const { businesses, change } = prepareListed(db);
  const feed = prepareFeed(db);

  const find = (id: string): Omit<EventAnswer, "coverage"> | undefined => {
    const row = businessEvents.byId.get(id);
    if (row !== undefined) {
      const change_events = changeEvents.ofBusinessEvents.all(JSON.stringify([row.business_id])).map(fromChangeRow);
      const ids = change_events.map(({ event_id }) => event_id);
      const event = { kind: "business_event" as const, ...fromBusinessRow(row, ids), change_events };
      return { event, business_event_ids: [] };
    }
    const found = changeEvents.byId.get(id);
    return found && { event: change(found), business_event_ids: businessEvents.idsOfChange.all(found.change_id) };
  };

  return {
    events(input) {
      const { cursor, limit, ...filter } = input;
      const use = `events/${input.kind}`;
      const below = cursor === undefined ? undefined : readPlace(use, cursor);
      const page = { below, limit, entries: blocks.span(filter.from, filter.to) };
      let items: ListedEvent[];
      let next: { entry: number; id: number } | null;
      if (input.kind === "business_event") {
        const found = lists.businessEvents(filter, page);
        items = businesses(found.rows);
        next = found.next;
      } else {
        const found = lists.changeEvents(filter, page);
        items = found.rows.map(change);
        next = found.next;
      }
      return {
        items,
        next_cursor: next === null ? null : writeCursor(use, [next.entry, next.id]),
        coverage: coverage(),
      };
    },
    feed,
    event(id) {
      const found = find(id);
      return found && { ...found, coverage: coverage() };
    },
    find: (id) => find(id)?.event,
  };
}

/** Rows -> events of a list. */
export function prepareListed(db: Database.Database) {
  const { lineageOfMany } = prepareBusinessEventQueries(db);
  const businesses = (rows: readonly StoredBusinessRow[]) => {
    const found = lineageOfMany.all(JSON.stringify(rows.map(({ business_id }) => business_id)));
    const links = Map.groupBy(found, ({ business_id }) => business_id);
    return rows.map((row) => {
      const ids = (links.get(row.business_id) ?? []).map(({ event_id }) => event_id);
      return { kind: "business_event" as const, ...fromBusinessRow(row, ids) };
    });
  };
  return {
    businesses,
    business: (row: StoredBusinessRow) => businesses([row])[0]!,
    change: (row: StoredChangeRow) => ({ kind: "change_event" as const, ...fromChangeRow(row) }),
  };
}

/** In the order of storage, so that what a replay adds comes too; what it supersedes had come before. */
function prepareFeed(db: Database.Database): EventAnswers["feed"] {
  const prepare = prepareOnce(db);
  const { businesses, change } = prepareListed(db);
  const tables = {
    business_event: { id: "business_id", entry: "transaction_entry" },
    change_event: { id: "change_id", entry: "entry_id" },
  };
  return ({ after, limit, ...filter }) => {
    const { sql, values } = conditionsOf(filter);
    const use = `feed/${filter.kind}`;
    const { id, entry } = tables[filter.kind];
    const newest = prepare<{ id: number }>(`SELECT coalesce(max(${id}), 0) AS id FROM ${filter.kind}`).get({})!.id;
    const from = after === undefined ? newest : readPlace(use, after).id;
    // Behind the end of this trail: of another one, or of this one before it was restored.
    if (from > newest) throw foreignCursor();
    const to = Math.min(newest, from + feedRowsMax);
    const isCurrent =
      filter.kind === "change_event"
        ? "true"
        : "NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = v.business_id)";
    const columns = filter.kind === "business_event" ? storedBusinessColumns("v") : storedChangeColumns("v");
    const found = prepare<StoredBusinessRow & StoredChangeRow>(
      `SELECT ${columns} FROM ${filter.kind} v CROSS JOIN ledger_entry e ON e.entry_id = v.${entry}
       WHERE v.${id} > @after AND v.${id} <= @to_id AND ${sql} AND ${isCurrent} ORDER BY v.${id} LIMIT @limit`,
    ).iterate({ ...values, after: from, to_id: to, limit });
    const { rows, cut } = takeRows(found, pageCharactersMax);
    const items = filter.kind === "business_event" ? businesses(rows) : rows.map(change);
    const last = rows.length < limit && !cut ? to : rows.at(-1)![id as "business_id" | "change_id"];
    return { items, cursor: writeCursor(use, [0, last]) };
  };
}

export function eventNotFound(id: string): AppError {
  return new AppError("trace.not_found", `the trail holds no event ${id}`, {
    hint: "Ids are in the answers of `trace`, `events` and `search`. A replay may have superseded it.",
  });
}
