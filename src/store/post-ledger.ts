// store: the ledger for what is posted, and the table posted_change, in which changes wait for the rest of their transaction.
// Runs inside the writer's transaction.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { FeedStartDetail } from "./coverage.ts";
import type { prepareLedgerBuilder } from "./ledger-builder.ts";
import type { LedgerHead } from "./ledger-entry.ts";

export interface WaitingChange {
  /** Connector and server. */
  feed: string;
  transaction_id: string;
  /** What the database calls the transaction. */
  own_id: string;
  /** Ordinal in the transaction, where it is known. */
  place: number | null;
  change: ChangeEvent;
}

export interface WaitingTransaction extends Pick<WaitingChange, "feed" | "transaction_id" | "own_id"> {
  changes: number;
}

/** An entry of what was posted. */
export interface PostedEntry {
  kind: "transaction" | "snapshot";
  transaction_id: string;
  timestamp: string;
  received_at: string;
  detail: JsonObject;
  changes: readonly ChangeEvent[];
  businessEvents: readonly BusinessEvent[];
}

export interface PostLedger {
  /** Commit time of a transaction that the ledger holds. */
  heldAt(transactionId: string): string | undefined;
  /** Entries that hold a part of the transaction. */
  countParts(transactionId: string): number;
  /** Whether the change is in the ledger, or waits. */
  knows(eventId: string): boolean;
  /** Whether a feed has ever posted. */
  hasFeed(feed: string): boolean;
  startFeed(detail: FeedStartDetail, now: string): void;
  /** Oldest first. */
  waiting(): WaitingTransaction[];
  wait(change: WaitingChange): void;
  /** The changes that waited, in the order of their transaction; they wait no more. */
  take(transactionId: string): ChangeEvent[];
  append(entry: PostedEntry): void;
}

export function preparePostLedger(db: Database.Database, openEntry: ReturnType<typeof prepareLedgerBuilder>) {
  const statements = preparePosted(db);
  return {
    count: () => statements.count.get()?.n ?? 0,
    /** `head` gives the new head of the chain, when the work is done. */
    open(from: LedgerHead): { ledger: PostLedger; head: () => LedgerHead } {
      let head = from;
      const append = ({
        changes,
        businessEvents,
        ...content
      }: Omit<PostedEntry, "kind" | "transaction_id"> & EntryName) => {
        const entry = openEntry(head, content.transaction_id);
        assert(entry !== undefined, `${content.transaction_id} is in the ledger already`);
        entry.addChanges(changes);
        entry.addBusinessEvents(businessEvents);
        head = entry.finish(content);
      };
      const ledger: PostLedger = {
        heldAt: (transactionId) => statements.heldAt.get(transactionId)?.timestamp,
        countParts: (transactionId) => statements.countParts.get({ name: transactionId })?.n ?? 0,
        knows: (eventId) => statements.knows.get({ event_id: eventId }) !== undefined,
        hasFeed: (feed) => statements.hasFeed.get(feed) !== undefined,
        startFeed: (detail, now) =>
          append({
            kind: "start",
            transaction_id: null,
            timestamp: now,
            received_at: now,
            detail: { ...detail },
            changes: [],
            businessEvents: [],
          }),
        waiting: () => statements.waiting.all(),
        wait: ({ change, ...row }) =>
          void statements.insert.run({ ...row, event_id: change.event_id, change: JSON.stringify(change) }),
        take(transactionId) {
          const rows = statements.ofTransaction.all(transactionId);
          statements.deleteTransaction.run(transactionId);
          return rows.map(({ change }) => JSON.parse(change) as ChangeEvent);
        },
        append,
      };
      return { ledger, head: () => head };
    },
  };
}

type EntryName = Pick<PostedEntry, "kind" | "transaction_id"> | { kind: "start"; transaction_id: null };

function preparePosted(db: Database.Database) {
  return {
    count: db.prepare<[], { n: number }>("SELECT count(*) AS n FROM posted_change"),
    heldAt: db.prepare<[string], { timestamp: string }>("SELECT timestamp FROM ledger_entry WHERE transaction_id = ?"),
    // `#` and what follows it in order of characters: every part after the first.
    countParts: db.prepare<{ name: string }, { n: number }>(
      `SELECT count(*) AS n FROM ledger_entry
       WHERE transaction_id = @name OR (transaction_id >= @name || '#' AND transaction_id < @name || '$')`,
    ),
    knows: db.prepare<{ event_id: string }, { found: number }>(
      `SELECT 1 AS found FROM change_event WHERE event_id = @event_id
       UNION ALL SELECT 1 FROM posted_change WHERE event_id = @event_id`,
    ),
    hasFeed: db.prepare<[string], { found: number }>(
      "SELECT 1 AS found FROM ledger_entry WHERE kind = 'start' AND detail ->> '$.feed' = ? LIMIT 1",
    ),
    waiting: db.prepare<[], WaitingTransaction>(
      `SELECT feed, transaction_id, own_id, count(*) AS changes FROM posted_change
       GROUP BY transaction_id ORDER BY min(posted_id)`,
    ),
    insert: db.prepare<Omit<WaitingChange, "change"> & { event_id: string; change: string }>(
      `INSERT INTO posted_change (feed, transaction_id, own_id, place, event_id, change)
       VALUES (@feed, @transaction_id, @own_id, @place, @event_id, @change)`,
    ),
    ofTransaction: db.prepare<[string], { change: string }>(
      "SELECT change FROM posted_change WHERE transaction_id = ? ORDER BY place IS NULL, place, posted_id",
    ),
    deleteTransaction: db.prepare<[string]>("DELETE FROM posted_change WHERE transaction_id = ?"),
  };
}
