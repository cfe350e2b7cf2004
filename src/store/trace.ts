// store: the story of one entity. Business events about it or resting on a change of it, the changes no rule explains, and
// its row as a snapshot found it.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import type { Evidence, TimelineItem, TracedBusinessEvent } from "../model/trace.ts";
import { fromBusinessRow, prepareBusinessEventQueries, type StoredBusinessRow } from "./business-event.ts";
import { fromChangeRow, prepareChangeEventQueries, type StoredChangeRow } from "./change-event.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { endOfTime, type EntrySpan, everyEntry } from "./entry-blocks.ts";
import { prepareEventList } from "./event-list.ts";
import { prepareLedgerEntry } from "./ledger-entry.ts";
import { placeSnapshots } from "./place-snapshots.ts";

interface Placed<Item extends TimelineItem = TimelineItem> {
  place: StoryPlace;
  item: Item;
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

/** Rules see no transaction of more changes. */
const evidenceMax = 20_000;

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

  const withChanges = (row: StoredBusinessRow): Placed<TracedBusinessEvent> => {
    const rows = changeEvents.ofBusinessEvent.all(row.business_id);
    const changes = rows.map(fromChangeRow);
    const event = fromBusinessRow(
      row,
      changes.map((change) => change.event_id),
    );
    const own = rows.find((change) => change.entry_id === row.transaction_entry);
    return {
      place: [row.transaction_entry, own?.change_id ?? 0, row.business_id],
      item: { kind: "business_event", ...event, change_events: changes },
    };
  };
  const ofChange = (row: StoredChangeRow): Placed => ({
    place: [row.entry_id, row.change_id, 0],
    item: { kind: "change_event", ...fromChangeRow(row) },
  });

  return {
    /** The newest `limit` items before the cursor, oldest first. Empty when the trail holds nothing about the entity. */
    timeline(entityType: string, entityId: string, page: StoryPage): Story {
      const { limit, from = "", to = endOfTime, cursor } = page;
      assert(Number.isInteger(limit) && limit > 0, `a limit of ${limit} items`);
      const below = cursor === undefined ? undefined : (readCursor("trace", cursor, 3) as StoryPlace);
      if (page.entries === undefined) return { timeline: [], truncated: false, next_cursor: null };
      const asked = {
        entity_type: entityType,
        entity_id: entityId,
        limit: limit + 1,
        from,
        to,
        first: page.entries.first,
        last: Math.min(page.entries.last, below?.[0] ?? page.entries.last),
      };
      const isBelow = ({ place }: Placed): boolean => below === undefined || compareStory(place, below) < 0;
      const explained = businessEvents.ofEntity.all(asked);
      const oldest = explained.length > limit ? explained.at(-1) : undefined;
      // In a transaction events are not stored in the order in which they are told.
      const rest =
        oldest === undefined
          ? []
          : businessEvents.ofEntityInEntry.all({
              ...asked,
              last: oldest.transaction_entry,
              before: oldest.business_id,
            });
      const unexplained = changeEvents.unexplainedOfEntity.all({
        ...asked,
        before: below?.[1] ?? Number.MAX_SAFE_INTEGER,
      });
      const told = [...[...explained, ...rest].map(withChanges), ...unexplained.map(ofChange)]
        .filter(isBelow)
        .sort((a, b) => compareStory(a.place, b.place));
      const shown = told.slice(-limit);
      const truncated = told.length > limit;
      return {
        timeline: placeSnapshots(shown).map(({ item }) => item),
        truncated,
        next_cursor: truncated ? writeCursor("trace", shown[0]!.place) : null,
      };
    },
    /** A business event and what it was inferred from; undefined when there is none by that id. */
    evidence(businessEventId: string): Evidence | undefined {
      const row = businessEvents.byId.get(businessEventId);
      if (row === undefined) return undefined;
      const { item: event } = withChanges(row);
      const transaction = changeEvents.ofEntry.all(row.transaction_entry, evidenceMax).map(fromChangeRow);
      const noted = entries.rulesBefore.get(row.entry_id);
      const packs = noted === undefined ? [] : (JSON.parse(noted.detail) as { rule_packs: RuleText[] }).rule_packs;
      const rule_text = packs.find(({ pack }) => pack === event.rule.pack)?.text ?? null;
      return { event, transaction, rule_text };
    },
    newestOfType: (type: string, limit: number): TimelineItem[] =>
      lists
        .businessEvents({ kind: "business_event", type: [type] }, { entries: everyEntry, below: undefined, limit })
        .rows.map((row) => withChanges(row).item),
  };
}

function compareStory(a: StoryPlace, b: StoryPlace): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
