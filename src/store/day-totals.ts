// store: what a stretch of time adds up to, by type, actor, entity and table.
import type Database from "better-sqlite3";
import type { DailySummary } from "../model/answer-schema.ts";
import type { Actor, Operation } from "../model/change-event.ts";
import type { EntryBlocks } from "./entry-blocks.ts";

/** Of actors and entities the most active are shown. */
const shownMax = 20;

interface TimeRange {
  from: string;
  to: string;
}

type Range = TimeRange & { first: number; last: number };

export type DayTotals = Pick<
  DailySummary,
  "transactions" | "change_events" | "business_events" | "unexplained_changes" | "by_actor" | "by_entity" | "by_table"
> & { by_type: Map<string, number> };

const inRange =
  "e.entry_id BETWEEN @first AND @last AND e.timestamp >= @from AND e.timestamp < @to AND e.kind = 'transaction'";
const counts = "NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id)";
// CROSS JOIN: from the range's entries to their events, not from all events.
const businessEvents = `ledger_entry e CROSS JOIN business_event b ON b.transaction_entry = e.entry_id WHERE ${inRange} AND ${counts}`;

export interface DayTotalsQuery {
  totals(range: TimeRange): DayTotals;
  byType(range: TimeRange): Map<string, number>;
}

export function prepareDayTotals(db: Database.Database, blocks: EntryBlocks): DayTotalsQuery {
  const entries = db.prepare<Range, { transactions: number; change_events: number }>(
    `SELECT count(*) AS transactions, coalesce(sum(change_count), 0) AS change_events FROM ledger_entry e WHERE ${inRange}`,
  );
  const types = db.prepare<Range, { type: string; count: number }>(
    `SELECT b.type, count(*) AS count FROM ${businessEvents} GROUP BY b.type`,
  );
  const actors = db.prepare<Range, { id: string | null; kind: Actor["kind"]; count: number }>(
    `SELECT b.actor ->> '$.id' AS id, b.actor ->> '$.kind' AS kind, count(*) AS count FROM ${businessEvents}
     GROUP BY 1, 2 ORDER BY count DESC, id LIMIT ${shownMax}`,
  );
  const entities = db.prepare<Range, DailySummary["by_entity"][number]>(
    `SELECT b.entity_type, b.entity_id, count(*) AS count FROM ${businessEvents}
     GROUP BY 1, 2 ORDER BY count DESC, b.entity_type, b.entity_id LIMIT ${shownMax}`,
  );
  const changes = db.prepare<Range, { table: string; operation: Operation; count: number; unexplained: number }>(
    `SELECT iif(c.source_table = '', c.source_db, c.source_db || '.' || c.source_table) AS "table", c.operation,
            count(*) AS count,
            sum(NOT EXISTS (SELECT 1 FROM business_event_change l WHERE l.change_id = c.change_id
              AND NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = l.business_id))) AS unexplained
     FROM ledger_entry e CROSS JOIN change_event c ON c.entry_id = e.entry_id WHERE ${inRange}
     GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const withEntries = (range: TimeRange): Range => ({
    ...range,
    ...(blocks.span(range.from, range.to) ?? { first: 0, last: 0 }),
  });
  const byType = (range: Range) => new Map(types.all(range).map(({ type, count }) => [type, count]));
  return {
    byType: (range) => byType(withEntries(range)),
    totals(times) {
      const range = withEntries(times);
      const { transactions, change_events } = entries.get(range)!;
      const by_type = byType(range);
      const tables = changes.all(range);
      return {
        transactions,
        change_events,
        business_events: sum([...by_type.values()]),
        unexplained_changes: sum(tables.map(({ unexplained }) => unexplained)),
        by_type,
        by_actor: actors.all(range).map(({ id, kind, count }) => ({ actor: { id, kind }, count })),
        by_entity: entities.all(range),
        by_table: tables.map(({ table, operation, count }) => ({ table, operation, count })),
      };
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
