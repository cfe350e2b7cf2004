// store: totals of the ledger, and where in it a time is, without reading all of it again. Entries are append-only, so what a
// block of them adds up to is remembered; only the newest block is read anew.
import type Database from "better-sqlite3";

export interface EntryTotals {
  transactions: number;
  change_events: number;
  /** Written, superseded or not. */
  business_events: number;
}

export interface EntrySpan {
  first: number;
  last: number;
}

export interface EntryBlocks {
  totals(): EntryTotals;
  /** From the first to the last entry whose time is in the range; undefined when none is. Times in the log may step back. */
  span(from: string | undefined, to: string | undefined): EntrySpan | undefined;
}

interface Block extends EntryTotals {
  block: number;
  from_time: string;
  to_time: string;
}

const blockEntries = 1_024;
const beginningOfTime = "";
/** After every time that there is; the ledger's times begin with a year of four digits. */
export const endOfTime = "9999-12-31T23:59:59.999999Z~";

/** Within a read transaction of `db` each answer is of that moment. */
export function prepareEntryBlocks(db: Database.Database): EntryBlocks {
  const from = db.prepare<[entry_id: number], Block>(
    `SELECT entry_id / ${blockEntries} AS block, min(timestamp) AS from_time, max(timestamp) AS to_time,
            sum(kind = 'transaction') AS transactions,
            sum(CASE kind WHEN 'transaction' THEN change_count ELSE 0 END) AS change_events,
            sum(business_count) AS business_events
     FROM ledger_entry WHERE entry_id >= ? GROUP BY block ORDER BY block`,
  );
  const edges = db.prepare<{ block: number; from: string; to: string }, { first: number | null; last: number | null }>(
    `SELECT min(entry_id) AS first, max(entry_id) AS last FROM ledger_entry
     WHERE entry_id BETWEEN @block * ${blockEntries} AND @block * ${blockEntries} + ${blockEntries - 1}
       AND timestamp >= @from AND timestamp < @to`,
  );
  const blocks: Block[] = [];
  /** Of all blocks but the newest. */
  const full: EntryTotals = { transactions: 0, change_events: 0, business_events: 0 };
  const refresh = (): Block | undefined => {
    const oldestRead = blocks.pop()?.block ?? 0;
    for (const [index, block] of from.all(oldestRead * blockEntries).entries()) {
      if (index > 0) addTotals(full, blocks.at(-1)!);
      blocks.push(block);
    }
    return blocks.at(-1);
  };
  return {
    totals() {
      const newest = refresh();
      const total = { ...full };
      if (newest !== undefined) addTotals(total, newest);
      return total;
    },
    span(start = beginningOfTime, end = endOfTime) {
      refresh();
      const meets = ({ from_time, to_time }: Block): boolean => to_time >= start && from_time < end;
      const inside = (block: Block) => edges.get({ block: block.block, from: start, to: end });
      // A block may meet the range and have no entry in it.
      let first: number | null = null;
      for (let at = 0; first === null && at < blocks.length; at += 1) {
        if (meets(blocks[at]!)) first = inside(blocks[at]!)?.first ?? null;
      }
      if (first === null) return undefined;
      for (let at = blocks.length - 1; at >= 0; at -= 1) {
        const last = meets(blocks[at]!) ? (inside(blocks[at]!)?.last ?? null) : null;
        if (last !== null) return { first, last };
      }
      return undefined;
    },
  };
}

function addTotals(total: EntryTotals, { transactions, change_events, business_events }: EntryTotals): void {
  total.transactions += transactions;
  total.change_events += change_events;
  total.business_events += business_events;
}
