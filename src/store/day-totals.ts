// store: what a stretch of time adds up to, by type, place, actor, entity and table.
import type Database from "better-sqlite3";
import type { DailySummary } from "../model/answer-schema.ts";
import type { Actor, Operation } from "../model/change-event.ts";
import type { RuleTerms } from "../model/rule-terms.ts";
import type { EntryBlocks } from "./entry-blocks.ts";
import { numericAmount, type TermColumns, termColumns } from "./event-terms.ts";
import { prepareOnce } from "./prepare-once.ts";

/** Of actors and entities the most active are shown. */
const shownMax = 20;

export interface TimeRange {
  from: string;
  to: string;
}

type Range = TimeRange & { first: number; last: number };

/** What business events of one type in one place add up to. */
export interface EventTotal {
  type: string;
  branch: string | null;
  count: number;
  /** null: no event has an amount. */
  total: number | null;
  /** Digits after the point, of the amount that has most. */
  decimals: number;
}

export interface EntryTotals {
  transactions: number;
  change_events: number;
  first_at: string | null;
  last_at: string | null;
}

export type DayTotals = EntryTotals &
  Pick<DailySummary, "unexplained_changes" | "by_actor" | "by_entity" | "by_table"> & {
    movements: Movement[];
  };

export type Movement = Omit<DailySummary["movements"][number], "label" | "field">;

/** The largest are shown, so many of each type. */
const movementsOfType = 3;

const inRange =
  "e.entry_id BETWEEN @first AND @last AND e.timestamp >= @from AND e.timestamp < @to AND e.kind = 'transaction'";
const counts = "NOT EXISTS (SELECT 1 FROM business_event_superseded s WHERE s.business_id = b.business_id)";
// CROSS JOIN: from the range's entries to their events, not from all events.
const businessEvents = `ledger_entry e CROSS JOIN business_event b ON b.transaction_entry = e.entry_id WHERE ${inRange} AND ${counts}`;

export interface DayTotalsQuery {
  totals(range: TimeRange, terms: RuleTerms): DayTotals;
  entries(range: TimeRange): EntryTotals;
  events(range: TimeRange, terms: RuleTerms): EventTotal[];
}

export function prepareDayTotals(db: Database.Database, blocks: EntryBlocks): DayTotalsQuery {
  const prepare = prepareOnce(db);
  const entries = db.prepare<Range, EntryTotals>(
    `SELECT count(*) AS transactions, coalesce(sum(change_count), 0) AS change_events,
            min(e.timestamp) AS first_at, max(e.timestamp) AS last_at FROM ledger_entry e WHERE ${inRange}`,
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
    from: range.from,
    to: range.to,
    ...(blocks.span(range.from, range.to) ?? { first: 0, last: -1 }),
  });
  const movements = (range: Range, { sql, values }: TermColumns): Movement[] =>
    prepare<Omit<Movement, "actor"> & { actor_id: string | null; actor_kind: Actor["kind"] }>(
      `SELECT business_event_id, type, entity_type, entity_id, branch, actor ->> '$.id' AS actor_id,
              actor ->> '$.kind' AS actor_kind, occurred_at, CAST(amount AS TEXT) AS amount
       FROM (SELECT *, row_number() OVER (PARTITION BY type ORDER BY abs(CAST(amount AS REAL)) DESC, business_id) AS place
             FROM (SELECT b.*, ${sql.branch} AS branch, ${sql.amount} AS amount FROM ${businessEvents} AND ${sql.hasAmount})
             WHERE ${numericAmount})
       WHERE place <= ${movementsOfType} ORDER BY type, place`,
    )
      .all({ ...range, ...values })
      .map(({ actor_id, actor_kind, ...movement }) => ({ ...movement, actor: { id: actor_id, kind: actor_kind } }));
  return {
    entries: (range) => entries.get(withEntries(range))!,
    events(range, terms) {
      const { sql, values } = termColumns(terms);
      return prepare<EventTotal>(
        `SELECT type, branch, count(*) AS count, sum(CAST(amount AS REAL)) FILTER (WHERE ${numericAmount}) AS total,
                coalesce(max(iif(instr(amount, '.') = 0, 0, length(amount) - instr(amount, '.'))) FILTER (WHERE ${numericAmount}), 0) AS decimals
         FROM (SELECT b.type, ${sql.branch} AS branch, ${sql.amount} AS amount FROM ${businessEvents})
         GROUP BY type, branch ORDER BY type, branch`,
      ).all({ ...withEntries(range), ...values });
    },
    totals(times, terms) {
      const range = withEntries(times);
      const tables = changes.all(range);
      return {
        ...entries.get(range)!,
        unexplained_changes: tables.reduce((total, { unexplained }) => total + unexplained, 0),
        by_actor: actors.all(range).map(({ id, kind, count }) => ({ actor: { id, kind }, count })),
        by_entity: entities.all(range),
        by_table: tables,
        movements: movements(range, termColumns(terms)),
      };
    },
  };
}
