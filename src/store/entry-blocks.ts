// store: where in the ledger a time is. Times in the log may step back, so none can be found by halving; entries are append-only,
// so the first and last time of a block of them is remembered, and only the newest block is read anew.
import type Database from "better-sqlite3";

/** Entries, both included. */
export interface EntrySpan {
  first: number;
  last: number;
}

export interface EntryBlocks {
  /** From the first to the last entry whose time is in the range; undefined when none is. */
  span(from: string | undefined, to: string | undefined): EntrySpan | undefined;
}

interface Block {
  block: number;
  from_time: string;
  to_time: string;
}

const blockEntries = 1_024;
export const everyEntry: EntrySpan = { first: 0, last: Number.MAX_SAFE_INTEGER - 1 };
const beginningOfTime = "";
/** After every time that there is; the ledger's times begin with a year of four digits. */
export const endOfTime = "9999-12-31T23:59:59.999999Z~";

/** Within a read transaction of `db` each answer is of that moment. */
export function prepareEntryBlocks(db: Database.Database): EntryBlocks {
  const from = db.prepare<[entry_id: number], Block>(
    `SELECT entry_id / ${blockEntries} AS block, min(timestamp) AS from_time, max(timestamp) AS to_time
     FROM ledger_entry WHERE entry_id >= ? GROUP BY block ORDER BY block`,
  );
  const edges = db.prepare<{ block: number; from: string; to: string }, { first: number | null; last: number | null }>(
    `SELECT min(entry_id) AS first, max(entry_id) AS last FROM ledger_entry
     WHERE entry_id BETWEEN @block * ${blockEntries} AND @block * ${blockEntries} + ${blockEntries - 1}
       AND timestamp >= @from AND timestamp < @to`,
  );
  const blocks: Block[] = [];
  return {
    span(start, end) {
      if (start === undefined && end === undefined) return everyEntry;
      const range = { from: start ?? beginningOfTime, to: end ?? endOfTime };
      const newest = blocks.pop()?.block ?? 0;
      for (const block of from.iterate(newest * blockEntries)) blocks.push(block);
      // A block may meet the range and have no entry in it.
      const inside = ({ block, from_time, to_time }: Block) =>
        to_time >= range.from && from_time < range.to ? edges.get({ block, ...range }) : undefined;
      const edge = (inOrder: Iterable<Block>, side: "first" | "last"): number | undefined => {
        for (const block of inOrder) {
          const found = inside(block)?.[side];
          if (typeof found === "number") return found;
        }
        return undefined;
      };
      const first = edge(blocks, "first");
      const last = edge(blocks.toReversed(), "last");
      return first === undefined || last === undefined ? undefined : { first, last };
    },
  };
}
