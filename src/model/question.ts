// Every question that the trail answers, once: what it takes and what it gives. The CLI's --json, the HTTP API and MCP are
// derived from this table, so that the same question has the same answer on every face.
import { z } from "zod";
import { isTimeZone } from "../lib/zoned-day.ts";
import { AppError } from "./app-error.ts";
import {
  anomalyPageSchema,
  anomalyStates,
  dailySummarySchema,
  entityStateSchema,
  eventAnswerSchema,
  eventPageSchema,
  explanationSchema,
  feedPageSchema,
  searchPageSchema,
  severities,
} from "./answer-schema.ts";
import { operations } from "./change-event.ts";
import { languages } from "./language.ts";
import { coverageSchema, storeStatusSchema, traceSchema, verifyReportSchema } from "./trace.ts";

/** Numbers also as text: query strings have nothing else. */
const limit = (max: number, usual: number) =>
  z.coerce.number().int().min(1).max(max).default(usual).describe(`Items in the answer, at most ${max}.`);
const text = z.string().min(1).max(500);
/** A list also as text with commas. */
const names = z
  .preprocess((value) => (typeof value === "string" ? value.split(",") : value), z.array(text).max(100))
  .optional();
const cursor = z.string().max(500).optional().describe("`next_cursor` of the page before.");

const lang = z.enum(languages).default("en").describe("Language of the words.");

/** A moment as people and programs write it -> the form in which the trail keeps time. */
export const instantSchema = z
  .string()
  .max(40)
  .transform((written, context) => {
    const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(
      written,
    );
    const [, date, time = "00:00", seconds = "00", fraction = "", zone = "Z"] = parts ?? [];
    const at = Date.parse(`${date}T${time}:${seconds}${zone}`);
    // Date.parse turns 30 February into 2 March.
    const isDay = date !== undefined && new Date(`${date}T00:00Z`).toJSON()?.startsWith(date);
    if (!Number.isNaN(at) && isDay) return `${new Date(at).toISOString().slice(0, 19)}.${fraction.padEnd(6, "0")}Z`;
    context.addIssue({ code: "custom", message: "must be a time such as 2026-01-05 or 2026-01-05T09:30:00Z" });
    return z.NEVER;
  })
  .describe("RFC 3339, such as 2026-01-05T09:30:00Z or 2026-01-05; UTC unless it says otherwise.");

const range = {
  from: instantSchema.optional().describe("Committed at or after this time (RFC 3339)."),
  to: instantSchema
    .optional()
    .describe("Committed before this time (RFC 3339); a day is its first moment, and so left out itself."),
};
const entity = { entity_type: text.describe("For example `sale`."), entity_id: text };

/** Which events are meant. */
export const eventFilter = {
  kind: z
    .enum(["business_event", "change_event"])
    .default("business_event")
    .describe("What happened in the business, or the row changes."),
  type: names.describe("Types of business events; `sale.*` means all that begin with `sale.`."),
  entity_type: text.optional(),
  entity_id: text.optional(),
  actor: text.optional().describe("Id of who did it."),
  table: text.optional().describe("Row changes: `table`, or `database.table`."),
  operation: z.enum(operations).optional().describe("Row changes only."),
};

interface Question<Input extends z.ZodObject, Output extends z.ZodType> {
  /** Of `GET`; what stands in braces is a parameter, percent-encoded, and the rest go into the query string. */
  path: string;
  /** One line, for help and references. */
  summary: string;
  input: Input;
  output: Output;
}

function question<Input extends z.ZodObject, Output extends z.ZodType>(definition: Question<Input, Output>) {
  return definition;
}

export const questions = {
  status: question({
    path: "/v1/status",
    summary: "What capture is doing, what the trail holds, and how fresh it is.",
    input: z.strictObject({}),
    output: storeStatusSchema,
  }),
  coverage: question({
    path: "/v1/coverage",
    summary: "Which part of the server's history the trail holds, and its gaps.",
    input: z.strictObject({}),
    output: z.object({ coverage: coverageSchema.nullable() }).meta({ id: "CoverageAnswer" }),
  }),
  entity_types: question({
    path: "/v1/entity-types",
    summary: "The types of entities and of business events that the trail knows.",
    input: z.strictObject({}),
    output: z
      .object({
        entity_types: z.array(z.string()),
        business_event_types: z.record(z.string(), z.number().int()).describe("Type to number of events."),
      })
      .meta({ id: "EntityTypes" }),
  }),
  trace: question({
    path: "/v1/entities/{entity_type}/{entity_id}/timeline",
    summary: "The story of one entity: what happened, who did it, what changed, and why we say so.",
    input: z.strictObject({ ...entity, ...range, limit: limit(10_000, 50), cursor }),
    output: traceSchema.extend({ next_cursor: z.string().nullable().describe("Goes on with older items.") }).meta({
      id: "TracePage",
    }),
  }),
  entity_state: question({
    path: "/v1/entities/{entity_type}/{entity_id}/state",
    summary: "The rows of an entity as they were at a time.",
    input: z.strictObject({ ...entity, at: instantSchema.optional().describe("RFC 3339; without it, now.") }),
    output: entityStateSchema,
  }),
  events: question({
    path: "/v1/events",
    summary: "Events, newest first, by type, entity, actor, table and time.",
    input: z.strictObject({ ...eventFilter, ...range, limit: limit(1_000, 50), cursor }),
    output: eventPageSchema,
  }),
  feed: question({
    path: "/v1/feed",
    summary: "Events in the order in which they were stored, after a place: for following the trail as it grows.",
    input: z.strictObject({
      ...eventFilter,
      after: cursor.describe("`cursor` of an earlier answer; without it, begins behind the newest event."),
      limit: limit(1_000, 100),
    }),
    output: feedPageSchema,
  }),
  event: question({
    path: "/v1/events/{id}",
    summary: "One event by its id, a business event with the row changes it rests on.",
    input: z.strictObject({ id: z.guid().describe("`business_event_id` or `event_id`.") }),
    output: eventAnswerSchema,
  }),
  explain: question({
    path: "/v1/explanations/{id}",
    summary: "Why the trail says so: of a business event or an anomaly, the rule or baseline and the evidence.",
    input: z.strictObject({
      id: z.guid().describe("`business_event_id` or `anomaly_id`."),
      zone: z
        .string()
        .min(1)
        .max(60)
        .refine(isTimeZone, { error: "must be the name of a time zone, such as America/Lima" })
        .optional()
        .describe(
          "Of the times in the words of an anomaly: an IANA name; without it, the one in which it was explained.",
        ),
      lang,
    }),
    output: explanationSchema,
  }),
  search: question({
    path: "/v1/search",
    summary: "Events that have the words, newest first; every character is meant literally.",
    input: z.strictObject({
      text: z
        .string()
        .trim()
        .min(1)
        .max(500)
        .describe("Words; all of them must occur. A word also finds longer ones that begin with it."),
      kind: eventFilter.kind,
      ...range,
      limit: limit(200, 20),
      cursor,
    }),
    output: searchPageSchema,
  }),
  summary: question({
    path: "/v1/summaries/{date}",
    summary:
      "A day in words and figures: totals, largest movements, anomalies and gaps, compared with the weeks before.",
    input: z.strictObject({
      date: z.iso.date().describe("YYYY-MM-DD"),
      zone: z.string().min(1).max(60).default("UTC").describe("IANA name, such as America/Lima."),
      lang,
    }),
    output: dailySummarySchema,
  }),
  anomalies: question({
    path: "/v1/anomalies",
    summary: "Anomalies in a time, newest first.",
    input: z.strictObject({
      ...range,
      anomaly_kind: text.optional(),
      severity: z.enum(severities).optional(),
      state: z.enum(anomalyStates).optional(),
      limit: limit(1_000, 50),
      cursor,
    }),
    output: anomalyPageSchema,
  }),
  verify: question({
    path: "/v1/verify",
    summary: "Recompute the whole trail and name what does not hold.",
    input: z.strictObject({}),
    output: verifyReportSchema,
  }),
};

export type QuestionName = keyof typeof questions;
/** As it is asked: defaults may be left out, numbers may be text. */
export type QuestionInput<Name extends QuestionName> = z.input<(typeof questions)[Name]["input"]>;
/** As it is understood. */
export type ParsedInput<Name extends QuestionName> = z.output<(typeof questions)[Name]["input"]>;
export type Answer<Name extends QuestionName> = z.infer<(typeof questions)[Name]["output"]>;

/** Who answers: a store on this machine, or a service elsewhere. */
export interface Answerer extends AsyncDisposable {
  /** @throws AppError `usage.query` for an input that is not one, `trace.not_found` for what the trail does not hold */
  ask<Name extends QuestionName>(name: Name, input: QuestionInput<Name>): Promise<Answer<Name>>;
}

/** @throws usage.query with every mistake, each with its parameter */
export function parseQuestion<Name extends QuestionName>(name: Name, input: unknown): ParsedInput<Name> {
  return parseInput(name, questions[name].input, input) as ParsedInput<Name>;
}

/** For what asks a question in other words than the table's. @throws usage.query with every mistake, each with its parameter */
export function parseInput<Schema extends z.ZodObject>(name: string, schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new AppError("usage.query", `${name}: ${details[0]}`, {
    hint: `${name} takes: ${Object.keys(schema.shape).join(", ") || "nothing"}.`,
    details,
  });
}
