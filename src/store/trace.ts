// store: the story of one entity. Business events about it or resting on a change of it, the changes no rule explains, and
// its row as a snapshot found it.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import { inferredChangesMax } from "../model/business-event.ts";
import type { Evidence, TimelineItem, TracedBusinessEvent } from "../model/trace.ts";
import { fromBusinessRow, prepareBusinessEventQueries, type StoredBusinessRow } from "./business-event.ts";
import { fromChangeRow, prepareChangeEventQueries, type StoredChangeRow } from "./change-event.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { endOfTime, type EntrySpan, everyEntry } from "./entry-blocks.ts";
import { prepareEventList } from "./event-list.ts";
import { prepareLedgerEntry } from "./ledger-entry.ts";
import { placeSnapshots } from "./place-snapshots.ts";
import { prepareStoryPlaces } from "./story-places.ts";

/** An item that is not made yet: most of a long story is older than the page, and making one is most of its cost. */
interface Placed<Item extends TimelineItem = TimelineItem> {
  place: StoryPlace;
  toItem: () => Item;
}

/** Order in the log: the item's transaction, in it the first change that it rests on, and its own number where others rest on the same. */
type StoryPlace = [entry: number, change: number, business: number];

/** Which part of the story. */
export interface StoryPage {
  limit: number;
  from?: string | undefined;
  to?: string | undefined;
  /** Entries that have such a time; undefined: none has. */
  entries: EntrySpan | undefined;
  cursor?: string | undefined;
}

export interface Story {
  timeline: TimelineItem[];
  truncated: boolean;
  next_cursor: string | null;
}

/** Part of a pack as the chain notes it. */
interface RuleText {
  pack: string | null;
  text: string | null;
}

export function prepareTrace(db: Database.Database) {
  const businessEvents = prepareBusinessEventQueries(db);
  const changeEvents = prepareChangeEventQueries(db);
  const entries = prepareLedgerEntry(db);
  const lists = prepareEventList(db);
  const placesOf = prepareStoryPlaces(db);

  const withChanges = (rows: readonly StoredBusinessRow[]): Placed<TracedBusinessEvent>[] => {
    const found = changeEvents.ofBusinessEvents.all(JSON.stringify(rows.map(({ business_id }) => business_id)));
    const changesOf = Map.groupBy(found, ({ business_id }) => business_id);
    return rows.map((row) => {
      const changes = changesOf.get(row.business_id) ?? [];
      const own = changes.find((change) => change.entry_id === row.transaction_entry);
      return {
        place: [row.transaction_entry, own?.change_id ?? 0, row.business_id],
        toItem() {
          const ids = changes.map((change) => change.event_id);
          return { kind: "business_event", ...fromBusinessRow(row, ids), change_events: changes.map(fromChangeRow) };
        },
      };
    });
  };
  const ofChange = (row: StoredChangeRow): Placed => ({
    place: [row.entry_id, row.change_id, 0],
    toItem: () => ({ kind: "change_event", ...fromChangeRow(row) }),
  });

  return {
    /** The newest `limit` items before the cursor, oldest first. Empty when the trail holds nothing about the entity. */
    timeline(entityType: string, entityId: string, page: StoryPage): Story {
      const { limit, from = "", to = endOfTime, cursor } = page;
      assert(Number.isInteger(limit) && limit > 0, `a limit of ${limit} items`);
      const below = cursor === undefined ? undefined : (readCursor("trace", cursor, 3) as StoryPlace);
      if (page.entries === undefined) return { timeline: [], truncated: false, next_cursor: null };
      const { first, last } = page.entries;
      const range = {
        entity_type: entityType,
        entity_id: entityId,
        first,
        last: Math.min(last, below?.[0] ?? last),
        from,
        to,
        any_time: page.from === undefined && page.to === undefined ? (1 as const) : (0 as const),
      };
      // In a transaction events are not stored in the order in which they are told: the cursor's is read whole again.
      const found = placesOf(range, limit + 1, below && { entry: below[0], change: below[1] });
      const isBelow = ({ place }: Placed): boolean => below === undefined || compareStory(place, below) < 0;
      const events = businessEvents.ofRows.all(JSON.stringify(found.businessIds));
      const unexplained = changeEvents.ofRows.all(JSON.stringify(found.changeIds));
      const told = [...withChanges(events), ...unexplained.map(ofChange)]
        .filter(isBelow)
        .sort((a, b) => compareStory(a.place, b.place));
      const shown = told.slice(-limit);
      const truncated = told.length > limit;
      return {
        timeline: placeSnapshots(shown.map(({ toItem }) => ({ item: toItem() }))).map(({ item }) => item),
        truncated,
        next_cursor: truncated ? writeCursor("trace", shown[0]!.place) : null,
      };
    },
    /** A business event and what it was inferred from; undefined when there is none by that id. */
    evidence(businessEventId: string): Evidence | undefined {
      const row = businessEvents.byId.get(businessEventId);
      if (row === undefined) return undefined;
      const event = withChanges([row])[0]!.toItem();
      const transaction = changeEvents.ofEntry.all(row.transaction_entry, inferredChangesMax).map(fromChangeRow);
      const noted = entries.rulesBefore.get(row.entry_id);
      const packs = noted === undefined ? [] : (JSON.parse(noted.detail) as { rule_packs: RuleText[] }).rule_packs;
      const rule_text = packs.find(({ pack }) => pack === event.rule.pack)?.text ?? null;
      return { event, transaction, rule_text };
    },
    newestOfType: (type: string, limit: number): TimelineItem[] =>
      withChanges(
        lists.businessEvents({ kind: "business_event", type: [type] }, { entries: everyEntry, below: undefined, limit })
          .rows,
      ).map(({ toItem }) => toItem()),
  };
}

function compareStory(a: StoryPlace, b: StoryPlace): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
