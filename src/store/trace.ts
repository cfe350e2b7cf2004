// store: the story of one entity. Business events about it or resting on a change of it, the changes no rule explains, and
// its row as a snapshot found it.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import { type GtidSet, parseGtidSet } from "../model/gtid-set.ts";
import type { Evidence, TimelineItem, Trace, TracedBusinessEvent } from "../model/trace.ts";
import { fromBusinessRow, prepareBusinessEventQueries, type StoredBusinessRow } from "./business-event.ts";
import { prepareLedgerEntry } from "./ledger-entry.ts";
import { everyEntry, prepareEventList } from "./event-list.ts";
import { fromChangeRow, prepareChangeEventQueries } from "./change-event.ts";

interface Placed {
  /** Order in the log: the first change of its own transaction that the item rests on. */
  changeId: number;
  item: TimelineItem;
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

  const withChanges = (row: StoredBusinessRow): Placed & { item: TracedBusinessEvent } => {
    const rows = changeEvents.ofBusinessEvent.all(row.business_id);
    const changes = rows.map(fromChangeRow);
    const event = fromBusinessRow(
      row,
      changes.map((change) => change.event_id),
    );
    const own = rows.find((change) => change.entry_id === row.entry_id);
    return { changeId: own?.change_id ?? 0, item: { kind: "business_event", ...event, change_events: changes } };
  };

  return {
    /** The newest `limit` items, oldest first. Empty when the trail holds nothing about the entity. */
    timeline(entityType: string, entityId: string, limit: number): Pick<Trace, "timeline" | "truncated"> {
      assert(Number.isInteger(limit) && limit > 0, `a limit of ${limit} items`);
      const explained = businessEvents.ofEntity
        .all({ entity_type: entityType, entity_id: entityId, limit: limit + 1 })
        .map(withChanges);
      const unexplained = changeEvents.unexplainedOfEntity
        .all(entityType, entityId, limit + 1)
        .map((row): Placed => ({ changeId: row.change_id, item: { kind: "change_event", ...fromChangeRow(row) } }));
      const all = placeSnapshots([...explained, ...unexplained].sort((a, b) => a.changeId - b.changeId));
      return { timeline: all.slice(-limit).map(({ item }) => item), truncated: all.length > limit };
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

/**
 * A snapshot reads ahead of the log: changes that it contains may be stored after it. Each row of a snapshot is moved behind
 * the last change that its anchor holds, so that the story never tells a change after the state it had led to.
 */
function placeSnapshots(items: readonly Placed[]): Placed[] {
  if (!items.some(({ item }) => anchorOf(item) !== undefined)) return [...items];
  return items
    .map((placed, index) => {
      const anchor = anchorOf(placed.item);
      const last =
        anchor === undefined
          ? index
          : items.findLastIndex(
              ({ item }, at) => at > index && anchorOf(item) === undefined && anchor.has(item.transaction_id),
            );
      return { placed, after: Math.max(index, last), isSnapshot: anchor !== undefined };
    })
    .sort((a, b) => a.after - b.after || Number(a.isSnapshot) - Number(b.isSnapshot))
    .map(({ placed }) => placed);
}

/** The transactions that a row of a snapshot is known to contain; undefined of every other item. */
function anchorOf(item: TimelineItem): GtidSet | undefined {
  if (item.kind !== "change_event" || item.operation !== "snapshot") return undefined;
  const { gtid_set } = item.metadata["snapshot"] as { gtid_set: string };
  return parseGtidSet(gtid_set);
}
