// store: the story of one entity. Business events about it or resting on a change of it, and the changes no rule explains.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import type { TimelineItem, Trace } from "../model/trace.ts";
import { fromBusinessRow, prepareBusinessEventQueries, type StoredBusinessRow } from "./business-event.ts";
import { fromChangeRow, prepareChangeEventQueries } from "./change-event.ts";

interface Placed {
  /** Order in the log: the first change the item rests on. */
  changeId: number;
  item: TimelineItem;
}

export function prepareTrace(db: Database.Database) {
  const businessEvents = prepareBusinessEventQueries(db);
  const changeEvents = prepareChangeEventQueries(db);

  const withChanges = (row: StoredBusinessRow): Placed => {
    const rows = changeEvents.ofBusinessEvent.all(row.business_id);
    const changes = rows.map(fromChangeRow);
    const event = fromBusinessRow(
      row,
      changes.map((change) => change.event_id),
    );
    return { changeId: rows[0]?.change_id ?? 0, item: { kind: "business_event", ...event, change_events: changes } };
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
      const all = [...explained, ...unexplained].sort((a, b) => a.changeId - b.changeId);
      return { timeline: all.slice(-limit).map(({ item }) => item), truncated: all.length > limit };
    },
    newestOfType: (type: string, limit: number): TimelineItem[] =>
      businessEvents.newestOfType.all(type, limit).map((row) => withChanges(row).item),
  };
}
