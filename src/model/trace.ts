// What the repository layer answers, as zod schemas. The same shapes leave every face, as JSON or in words.
import { z } from "zod";
import type { ChangeEvent } from "./change-event.ts";
import { captureStates } from "./capture-state.ts";
import { anomalyCountSchema, detectionProgressSchema } from "./detection-progress.ts";
import { listedChangeEventSchema, timestampSchema, tracedBusinessEventSchema } from "./event-schema.ts";

export const gapSchema = z
  .object({
    entry_id: z.number().int(),
    recorded_at: timestampSchema,
    reason: z.string(),
    from_gtid_set: z
      .string()
      .describe(
        "GTID set that the trail had. The same as where it goes on: the log of that transaction, or right after that set, lacks something.",
      ),
    to_gtid_set: z.string().nullable().describe("Where it goes on; null while nobody has decided."),
    accepted_at: timestampSchema
      .nullable()
      .describe("When somebody decided to read on (`--accept-gap`); null where nobody had to, or has."),
  })
  .meta({ id: "Gap", description: "A stretch of the source's history that the trail does not hold, and why." });
export type Gap = z.infer<typeof gapSchema>;

export const preparedTransactionSchema = z
  .object({
    xid: z.string().describe("`'gtrid','bqual',formatID`, a part in hexadecimal where it is not plain text."),
    transaction_id: z.string().describe("GTID of its XA PREPARE; its changes will have that of its XA COMMIT."),
    prepared_at: timestampSchema,
    changes: z.number().int(),
  })
  .meta({
    id: "PreparedTransaction",
    description: "A distributed (XA) transaction that waits for its decision: nothing of it has taken effect.",
  });
export type PreparedTransaction = z.infer<typeof preparedTransactionSchema>;

export const baselineSchema = z
  .object({
    table: z.string().describe("database.table"),
    snapshot_id: z.string(),
    chunks: z.number().int(),
    rows: z.number().int(),
    complete: z.boolean(),
    gtid_set: z.string().describe("The anchor of its oldest chunk, which is the one that holds for all of it."),
    read_at: timestampSchema,
  })
  .meta({ id: "Baseline", description: "A table's newest snapshot." });

export const coverageSchema = z
  .object({
    from_gtid_set: z.string().describe("GTID set at which reading began; earlier changes are not in the trail."),
    from_time: timestampSchema,
    to_gtid_set: z.string().describe("GTID set read so far."),
    to_time: timestampSchema.nullable().describe("Commit time of the newest transaction held; null before the first."),
    transactions: z.number().int(),
    change_events: z.number().int(),
    business_events: z.number().int(),
    gaps: z.array(gapSchema),
    limits: z
      .array(z.string())
      .describe(
        "What the server's log cannot hold, as found at the newest start that found any; never cured for what is stored already.",
      ),
    baselines: z
      .array(baselineSchema)
      .describe("Tables whose rows were read as they stood, so that entities older than the trail are not empty."),
    prepared: z.array(preparedTransactionSchema).describe("Prepared and not yet decided."),
  })
  .meta({ id: "Coverage", description: "What an answer rests on." });
export type Coverage = z.infer<typeof coverageSchema>;

export type TracedBusinessEvent = z.infer<typeof tracedBusinessEventSchema>;

/** What a business event was inferred from. */
export interface Evidence {
  event: TracedBusinessEvent;
  /** Every change of its transaction, in order. */
  transaction: ChangeEvent[];
  /** Text of the rule pack that was in force then; null where the trail does not hold it. */
  rule_text: string | null;
}

export const timelineItemSchema = z.discriminatedUnion("kind", [tracedBusinessEventSchema, listedChangeEventSchema]);
export type TimelineItem = z.infer<typeof timelineItemSchema>;

export const traceSchema = z
  .object({
    entity_type: z.string(),
    entity_id: z.string(),
    timeline: z
      .array(timelineItemSchema)
      .describe(
        "Oldest first, in the order of the log. A row of a snapshot stands after the changes that it is known to contain.",
      ),
    truncated: z.boolean().describe("True when older items were left out by the limit."),
    coverage: coverageSchema,
  })
  .meta({ id: "Trace", description: "The story of one entity." });
export type Trace = z.infer<typeof traceSchema>;

export const rulePackStatusSchema = z
  .object({
    file: z.string(),
    state: z
      .enum(["current", "earlier", "entities", "none"])
      .describe(
        "`current`: the file as it is. `earlier`: the file has mistakes, its last good version goes on. `entities`: it has mistakes and was never good; only what it says about tables and masks counts. `none`: nothing of it.",
      ),
    pack: z.string().nullable(),
    version: z.number().int().nullable(),
    hash: z.string().nullable().describe("SHA-256 of the text in force, in hex."),
    rules: z.number().int(),
    mistakes: z.array(z.string()).readonly().describe("Of the file as it is now: `file:line:column: message`."),
  })
  .meta({ id: "RulePackStatus", description: "What is in force of a rule pack that capture was told to use." });
export type RulePackStatus = z.infer<typeof rulePackStatusSchema>;

export const diskStatusSchema = z
  .object({
    free_bytes: z.number().int().describe("Of the store's file system, for this user."),
    store_bytes: z.number().int().describe("Of the store and the files beside it."),
    bytes_per_day: z
      .number()
      .int()
      .nullable()
      .describe(
        "Over the last seven days; null where the trail is younger than a day or holds less than 1,000 changes.",
      ),
    full_at: timestampSchema
      .nullable()
      .describe("When the disk is full at that pace; null without one, and where that is more than ten years away."),
  })
  .meta({ id: "DiskStatus", description: "The room that the store has." });
export type DiskStatus = z.infer<typeof diskStatusSchema>;

export const storeStatusSchema = z
  .object({
    store: z.string(),
    source: z
      .object({
        flavor: z.enum(["mysql", "mariadb"]),
        version: z.string(),
        server_id: z.string(),
        address: z.string().describe("host:port, as configured."),
      })
      .nullable(),
    capture: z
      .object({
        state: z.enum(captureStates),
        since: timestampSchema,
        reason: z.string().nullable(),
        hint: z.string().nullable(),
        last_verified_at: timestampSchema.nullable().describe("Last event or heartbeat from the server."),
        process_id: z.number().int(),
      })
      .nullable(),
    checkpoint: z
      .object({
        gtid_set: z.string(),
        binlog_file: z.string().nullable(),
        binlog_position: z.number().int().nullable(),
        updated_at: timestampSchema,
      })
      .nullable(),
    coverage: coverageSchema.nullable(),
    rule_packs: z.array(rulePackStatusSchema).describe("As the chain last told; empty where no pack was ever used."),
    business_events_by_type: z.record(z.string(), z.number().int()),
    lag_seconds: z
      .number()
      .nullable()
      .describe("Commit to receipt of the newest transaction, in seconds; null before the first."),
    detection: detectionProgressSchema.nullable(),
    anomalies: z.array(anomalyCountSchema).describe("How many there are of each kind, severity and state."),
    disk: diskStatusSchema,
  })
  .meta({ id: "StoreStatus", description: "What capture is doing, and what the trail holds." });
export type StoreStatus = z.infer<typeof storeStatusSchema>;

export const verifyReportSchema = z
  .object({
    ok: z.boolean(),
    entries: z.number().int(),
    change_events: z.number().int(),
    business_events: z.number().int(),
    superseded_events: z.number().int().describe("Those of them that a replay has superseded."),
    head: z
      .object({ entry_id: z.number().int(), hash: z.string() })
      .describe("Newest entry and its hash: keep it off this machine and a later cut of the trail's end shows."),
    faults: z.array(
      z
        .object({
          table: z.string(),
          entry_id: z.number().int().nullable(),
          place: z.string().describe("For example `change_event 12 (pharmacy.sales, event_id …)`."),
          message: z.string(),
        })
        .meta({ id: "VerifyFault", description: "One place in the file that is not as it was written." }),
    ),
    truncated: z.boolean().describe("True when there are more faults than are listed."),
  })
  .meta({ id: "VerifyReport" });
export type VerifyReport = z.infer<typeof verifyReportSchema>;
export type VerifyFault = VerifyReport["faults"][number];
