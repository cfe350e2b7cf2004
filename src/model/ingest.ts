// What is posted to the trail from outside (Debezium), and what is answered. The same shapes at the API, the command and the thread.
import { z } from "zod";

/** Messages that tell of no row. They are counted, and nothing is stored of them. */
export const ignoredReasons = ["tombstone", "heartbeat", "schema_change", "transaction_metadata", "message"] as const;
export type IgnoredReason = (typeof ignoredReasons)[number];

const count = z.number().int();
export const ingestReportSchema = z
  .object({
    received: count.describe("Messages in this post."),
    stored_transactions: count.describe(
      "Transactions that are in the trail since this post; also those that had waited for it.",
    ),
    stored_changes: count.describe("Their row changes."),
    business_events: count.describe("What the rules made of them."),
    waiting: count.describe("Row changes that are kept and wait for the rest of their transaction."),
    duplicates: count.describe("Row changes that the trail had already, or has from the server's own log."),
    ignored: z.object(
      Object.fromEntries(ignoredReasons.map((reason) => [reason, count])) as Record<IgnoredReason, typeof count>,
    ),
  })
  .meta({ id: "IngestReport", description: "What became of a post." });
export type IngestReport = z.infer<typeof ingestReportSchema>;

export function emptyIngestReport(): IngestReport {
  return {
    received: 0,
    stored_transactions: 0,
    stored_changes: 0,
    business_events: 0,
    waiting: 0,
    duplicates: 0,
    ignored: { tombstone: 0, heartbeat: 0, schema_change: 0, transaction_metadata: 0, message: 0 },
  };
}

/** A post, as it crosses a thread. */
export interface IngestPost {
  /** JSON array, one JSON object, or JSON lines. */
  body: string;
  /** The text is JSON lines, whatever it looks like. */
  lines: boolean;
  /** Columns of primary keys, where messages come without their key: `database.table:column,column;…`. */
  keyColumns: string;
}

/** Who takes posts: the thread that has the store. */
export interface IngestSink {
  /** All of it or nothing. @throws AppError `ingest.invalid`, `service.too_large`, `service.busy`, `store.*` */
  ingest(post: IngestPost): Promise<IngestReport>;
  /** Of posts that it has and has not answered. */
  waitingBytes(): number;
}
