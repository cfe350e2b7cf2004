// Answers to the questions of question.ts that trace.ts does not hold.
import { z } from "zod";
import {
  actorSchema,
  changeEventSchema,
  listedBusinessEventSchema,
  listedChangeEventSchema,
  timestampSchema,
  tracedBusinessEventSchema,
} from "./event-schema.ts";
import { languages } from "./language.ts";
import { detectionProgressSchema } from "./detection-progress.ts";
import { coverageSchema, gapSchema } from "./trace.ts";

export const listedEventSchema = z.discriminatedUnion("kind", [listedBusinessEventSchema, listedChangeEventSchema]);
export type ListedEvent = z.infer<typeof listedEventSchema>;

/** What every page has. A cursor stays right while data arrives: it names a place in the ledger, not a count. */
const page = {
  next_cursor: z.string().nullable().describe("Give it as `cursor` for the next page; null: there is no more."),
  coverage: coverageSchema,
};

export const eventPageSchema = z.object({ items: z.array(listedEventSchema), ...page }).meta({ id: "EventPage" });
export type EventPage = z.infer<typeof eventPageSchema>;

export const feedPageSchema = z
  .object({
    items: z.array(listedEventSchema).describe("Oldest first, in the order in which they were stored."),
    cursor: z.string().describe("Give it as `after` to go on behind the last of these items."),
  })
  .meta({ id: "FeedPage" });
export type FeedPage = z.infer<typeof feedPageSchema>;

export const eventAnswerSchema = z
  .object({
    event: z.discriminatedUnion("kind", [tracedBusinessEventSchema, listedChangeEventSchema]),
    business_event_ids: z.array(z.string()).describe("Of a row change: the business events that rest on it."),
    coverage: coverageSchema,
  })
  .meta({ id: "EventAnswer" });
export type EventAnswer = z.infer<typeof eventAnswerSchema>;

export const entityStateSchema = z
  .object({
    entity_type: z.string(),
    entity_id: z.string(),
    at: timestampSchema.describe("Everything committed up to this moment is in it."),
    rows: z.array(
      z.object({
        source_db: z.string(),
        source_table: z.string(),
        source_pk: changeEventSchema.shape.source_pk,
        row: changeEventSchema.shape.after.describe("Column to value as they were; null: the row had been deleted."),
        complete: z
          .boolean()
          .describe("False: the trail did not see the row whole by then; columns that it never saw are absent."),
        last_change: z.object({
          event_id: z.string(),
          operation: changeEventSchema.shape.operation,
          timestamp: timestampSchema,
          actor: actorSchema,
        }),
      }),
    ),
    truncated: z.boolean().describe("True when the entity has more rows than are shown."),
    coverage: coverageSchema,
  })
  .meta({ id: "EntityState", description: "The rows of an entity as they were at a time." });
export type EntityState = z.infer<typeof entityStateSchema>;

export const searchPageSchema = z
  .object({
    items: z.array(listedEventSchema).describe("Newest first."),
    ...page,
    searched_back_to: timestampSchema
      .nullable()
      .describe(
        "Where a search that finds little was cut for time; `next_cursor` goes on from there. null: nothing was left out.",
      ),
  })
  .meta({ id: "SearchPage" });
export type SearchPage = z.infer<typeof searchPageSchema>;

export const labelSchema = z
  .object({ en: z.string(), es: z.string().optional() })
  .nullable()
  .describe("What people call it, as the rule pack has it.");

export const severities = ["low", "medium", "high"] as const;
export type Severity = (typeof severities)[number];
export const anomalyStates = ["open", "expected", "confirmed"] as const;

const watchedBy = {
  label: labelSchema,
  detector: z.string().nullable().describe("null: no rule pack in force knows this kind."),
};

export const anomalySchema = z
  .object({
    anomaly_id: z.string(),
    kind: z.string().describe("For example `after_hours`."),
    severity: z.enum(severities),
    score: z.number(),
    entity_type: z.string(),
    entity_id: z.string(),
    actor: actorSchema.nullable(),
    from: timestampSchema,
    to: timestampSchema,
    detected_at: timestampSchema,
    reason: z.string().describe("In plain words, with the numbers behind it."),
    numbers: z.record(z.string(), z.number()).describe("Baseline, samples, value."),
    state: z.enum(anomalyStates),
    business_event_ids: z.array(z.string()),
    change_event_ids: z.array(z.string()),
  })
  .meta({ id: "Anomaly" });
export type Anomaly = z.infer<typeof anomalySchema>;

const count = z.number().int();
const before = (weeks: string) =>
  count.nullable().describe(`On the same weekday ${weeks}; null: the trail begins later.`);
const comparedCount = { count, week_before: before("a week before"), two_weeks_before: before("two weeks before") };
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
/** How words came about; the texts themselves may be in another language than the rest. */
export const wordsSchema = z
  .object({
    text: z.string().describe("Three or four paragraphs; every number in it is among the facts."),
    lang: z.enum(languages),
    worded_by: z.enum(["model", "rules"]),
    fallback: z
      .string()
      .nullable()
      .describe("Why a model's words were not used; null where they were, or none was asked."),
    model: z.string().nullable().describe("null: no model was asked. The same goes for the rest."),
    prompt_version: count.nullable(),
    prompt_hash: z.string().nullable().describe("SHA-256 of the prompt, in hex."),
    prompt_tokens: count.nullable(),
    completion_tokens: count.nullable(),
    latency_ms: z.number().nullable(),
    written_at: timestampSchema.nullable().describe("null: worded for this answer."),
    stored: z.boolean().describe("False: nothing is stored of these facts, so they were put into plain words at once."),
  })
  .meta({ id: "Words", description: "The facts in words." });
export type Words = z.infer<typeof wordsSchema>;

export const dailySummarySchema = z
  .object({
    words: wordsSchema,
    date: z.iso.date(),
    zone: z.string().describe("IANA name of the zone whose day it is."),
    from: timestampSchema,
    to: timestampSchema.describe("Itself left out."),
    transactions: count,
    change_events: count,
    business_events: count,
    unexplained_changes: count.describe("Row changes that no rule explains."),
    first_at: timestampSchema.nullable().describe("The day's first transaction."),
    last_at: timestampSchema.nullable().describe("The day's last transaction."),
    begins_at: timestampSchema.nullable().describe("Where the trail begins, if on this day or after it; null: before."),
    is_newest: z.boolean().describe("The trail holds nothing later than this day: more may come."),
    compared: z
      .array(z.object({ date: z.iso.date(), transactions: count, change_events: count, business_events: count }))
      .describe("The same weekday a week and two weeks before, as far as the trail holds them."),
    by_type: z.array(
      z.object({
        type: z.string(),
        label: labelSchema,
        ...comparedCount,
        amount: z
          .object({ field: z.string(), total: decimal, week_before: decimal.nullable() })
          .nullable()
          .describe("What the rule's `amount` adds up to; null where the rule names none."),
      }),
    ),
    by_branch: z
      .array(z.object({ branch: z.string(), ...comparedCount }))
      .describe("By the payload field that the rule pack calls its `branch`; events without one are left out."),
    movements: z
      .array(
        z.object({
          business_event_id: z.string(),
          type: z.string(),
          label: labelSchema,
          entity_type: z.string(),
          entity_id: z.string(),
          branch: z.string().nullable(),
          actor: actorSchema.omit({ grade: true }),
          occurred_at: timestampSchema,
          field: z.string(),
          amount: decimal,
        }),
      )
      .describe("The events with the largest amounts, up to three of each type."),
    anomalies: z.object({
      count,
      by_severity: z.object({ high: count, medium: count, low: count }),
      by_kind: z.array(z.object({ kind: z.string(), label: labelSchema, count })),
      items: z
        .array(anomalySchema.omit({ state: true, business_event_ids: true, change_event_ids: true }).extend(watchedBy))
        .describe("The gravest first, up to 20."),
    }),
    by_actor: z.array(z.object({ actor: actorSchema.omit({ grade: true }), count })).describe("The most active first."),
    by_entity: z
      .array(z.object({ entity_type: z.string(), entity_id: z.string(), count }))
      .describe("The entities with most business events first."),
    by_table: z.array(
      z.object({
        table: z.string(),
        operation: changeEventSchema.shape.operation,
        count,
        unexplained: count.describe("Of these, how many no rule explains."),
      }),
    ),
    gaps: z.array(gapSchema).describe("Recorded on that day."),
    coverage: coverageSchema,
  })
  .meta({ id: "DailySummary", description: "The facts of a day, computed." });
export type DailySummary = z.infer<typeof dailySummarySchema>;

export const markSchema = z
  .object({
    state: z.enum(anomalyStates),
    by: z.string().describe("Name of the token, or the operating system's user."),
    at: timestampSchema,
    note: z.string().nullable(),
  })
  .meta({ id: "AnomalyMark", description: "What a person said of an anomaly." });

export const markedAnomalySchema = anomalySchema
  .extend({ mark: markSchema.nullable().describe("The newest; null: nobody has said anything.") })
  .meta({ id: "MarkedAnomaly" });
export type MarkedAnomaly = z.infer<typeof markedAnomalySchema>;

export const anomalyPageSchema = z
  .object({ items: z.array(markedAnomalySchema), ...page, detection: detectionProgressSchema.nullable() })
  .meta({ id: "AnomalyPage" });
export type AnomalyPage = z.infer<typeof anomalyPageSchema>;

export const explanationSchema = z
  .object({
    subject: z.discriminatedUnion("kind", [
      tracedBusinessEventSchema,
      markedAnomalySchema.extend({ kind: z.literal("anomaly"), anomaly_kind: z.string() }),
    ]),
    sentences: z.array(z.string()).describe("Why we say so, in plain words; every number is from the trail."),
    words: wordsSchema.nullable().describe("Of an anomaly: what, against what, since when, what to check next."),
    evidence: z.array(z.discriminatedUnion("kind", [tracedBusinessEventSchema, listedChangeEventSchema])),
    coverage: coverageSchema,
  })
  .meta({ id: "Explanation" });
export type Explanation = z.infer<typeof explanationSchema>;
