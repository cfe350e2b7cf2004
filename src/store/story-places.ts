// store: where the newest items of an entity's story are. Three sequences, each newest first by an index, so that a page of a
// shelf with a million events costs what a page of a new one does.
import type Database from "better-sqlite3";
import { inferredChangesMax } from "../model/business-event.ts";
import { prepareChangeEventQueries } from "./change-event.ts";

export interface StoryRange {
  entity_type: string;
  entity_id: string;
  /** Entries, both included. */
  first: number;
  last: number;
  /** Commit times. */
  from: string;
  to: string;
  /** 1: all times are meant, and none is looked up. */
  any_time: 0 | 1;
}

/** Rows of business_event, and of change_event that no business event rests on. */
export interface StoryPlaces {
  businessIds: number[];
  changeIds: number[];
}

interface Row {
  entry: number;
  business_id: number | null;
  change_id: number | null;
}

/** Rows of whole entries; `floor` is the last entry that was read, 0 when that is all of them. */
interface Taken {
  rows: Row[];
  floor: number;
}

const isInTime = (entry: string): string =>
  `(@any_time OR EXISTS (SELECT 1 FROM ledger_entry e WHERE e.entry_id = ${entry} AND e.timestamp >= @from AND e.timestamp < @to))`;
const isCurrent = (business: string): string =>
  `NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = ${business})`;
const eventsOf = (table: string): string =>
  `SELECT transaction_entry AS entry, business_id, NULL AS change_id FROM ${table} b
   WHERE entity_type = @entity_type AND entity_id = @entity_id AND transaction_entry BETWEEN @first AND @last
     AND ${isCurrent("b.business_id")} AND ${isInTime("b.transaction_entry")}
   ORDER BY transaction_entry DESC, business_id DESC`;

export function prepareStoryPlaces(db: Database.Database) {
  const { firstFrom } = prepareChangeEventQueries(db);
  const about = db.prepare<StoryRange, Row>(eventsOf("business_event"));
  const restingOnEarlier = db.prepare<StoryRange, Row>(eventsOf("business_event_earlier"));
  /** Each with the events of its own transaction that rest on it; without one when none does; not at all when only later ones do. */
  const changes = db.prepare<StoryRange & { from_change: number; before_change: number }, Row>(
    `SELECT c.entry_id AS entry, l.business_id, iif(l.business_id IS NULL, c.change_id, NULL) AS change_id
     FROM change_event c
     LEFT JOIN business_event_change l ON l.change_id = c.change_id AND ${isCurrent("l.business_id")}
     LEFT JOIN business_event b ON b.business_id = l.business_id
     WHERE c.entity_type = @entity_type AND c.entity_id = @entity_id
       AND c.change_id >= @from_change AND c.change_id < @before_change
       AND (l.business_id IS NULL OR b.transaction_entry = c.entry_id) AND ${isInTime("c.entry_id")}
     ORDER BY c.change_id DESC`,
  );
  const changeCount = db
    .prepare<[entry_id: number], number>("SELECT change_count FROM ledger_entry WHERE entry_id = ?")
    .pluck();
  const changeFrom = (entry: number): number => firstFrom.get(entry) ?? Number.MAX_SAFE_INTEGER;
  /** No event is of such a transaction: its changes are a sequence by themselves, and no page needs all of them. */
  const isLarge = (entry: number): boolean => (changeCount.get(entry) ?? 0) > inferredChangesMax;

  /** At least `wanted` items before `below`, where there are as many. Others of its entry may be among them. */
  return (range: StoryRange, wanted: number, below: { entry: number; change: number } | undefined): StoryPlaces => {
    const isInside = below !== undefined && isLarge(below.entry);
    const ofChanges = {
      ...range,
      from_change: changeFrom(range.first),
      before_change: isInside ? below.change : changeFrom(range.last + 1),
    };
    const counted = below === undefined || isInside ? Infinity : below.entry;
    const taken = [
      takeEntries(about.iterate(range), wanted, counted, isLarge),
      takeEntries(restingOnEarlier.iterate(range), wanted, counted, isLarge),
      takeEntries(changes.iterate(ofChanges), wanted, counted, isLarge),
    ];
    // What is before it was not read by all, and is behind enough of what was.
    const floor = Math.max(...taken.map((part) => part.floor));
    const rows = taken.flatMap((part) => part.rows).filter(({ entry }) => entry >= floor);
    return {
      businessIds: [...new Set(rows.flatMap(({ business_id }) => business_id ?? []))],
      changeIds: rows.flatMap(({ change_id }) => change_id ?? []),
    };
  };
}

/** Whole entries until they have `wanted` items that count, which are those of entries before `counted`. */
function takeEntries(
  found: Iterable<Row>,
  wanted: number,
  counted: number,
  isLarge: (entry: number) => boolean,
): Taken {
  const rows: Row[] = [];
  const items = new Set<number>();
  let ofEntry = 0;
  for (const row of found) {
    const newest = rows.at(-1)?.entry ?? row.entry;
    ofEntry = row.entry === newest ? ofEntry + 1 : 1;
    const isEnough = row.entry < newest || (ofEntry > inferredChangesMax && isLarge(newest));
    if (items.size >= wanted && isEnough) return { rows, floor: newest };
    rows.push(row);
    // An event that rests on several changes is one item.
    if (row.entry < counted) items.add(row.business_id ?? -row.change_id!);
  }
  return { rows, floor: 0 };
}
