// Stage infer. The shape of a rule pack: every key it may have, of which type. What keys mean together is in
// check-rules.ts.
import { z } from "zod";
import type { Operation } from "../model/change-event.ts";
import { detectorNames } from "../model/detection.ts";

/** What happens to a row. TRUNCATE and DDL carry no row, so no rule can say anything about one. */
const rowOperations = ["insert", "update", "delete"] as const satisfies readonly Operation[];

/** A preceding change is looked for in memory, and again in the ledger after each start: both have an end. */
const withinDaysMax = 30;

const kebab = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: "must be a name like `sale-completed`" });
const snake = z.string().regex(/^[a-z][a-z0-9_]*$/, { error: "must be a name like `sale_item`" });
const eventType = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/, { error: "must be a type like `sale.completed`" });
const word = z.string().regex(/\S/, { error: "must not be empty" });
const columns = z.array(word).min(1, { error: "must name at least one column" });
const expression = z.string().regex(/\S/, { error: "must be a CEL expression" });
const version = z.int().min(1, { error: "must be 1 or more" });
const operation = z.union([z.enum(rowOperations), z.array(z.enum(rowOperations)).min(1)], {
  error: "must be insert, update or delete, or a list of these",
});
const match = z.record(word, word).refine((columnPairs) => Object.keys(columnPairs).length > 0, {
  error: "must name at least one column",
});

/** What JSON can carry: a value in a row or a payload. */
const jsonValue = z.json();
const duration = z
  .string({ error: "must be a duration like `48h`" })
  .regex(/^[1-9][0-9]{0,6}[smhd]$/, {
    error: "must be a duration like `48h`: a whole number and s, m, h or d",
    abort: true,
  })
  .refine((text) => durationMs(text) <= durationMs(`${withinDaysMax}d`), {
    error: `must be at most ${withinDaysMax}d`,
  });

const entitySchema = keyed({
  entity: snake.describe("The word for it in the trail: `auditctl trace sale 1042`."),
  id: columns.describe("Columns that tell one from another; several are joined with `/`."),
  actor: word.optional().describe("Column that names the application's user who made the change."),
  mask: columns.optional().describe("Columns whose values are never kept; `[REDACTED]` is stored."),
});

/** Which changes are meant; `changed` and `when` look at the change itself. */
const changeShape = {
  table: word.describe("A table among `entities`."),
  operation: operation.describe("What happened to the row; a list means any of these."),
  changed: columns.optional().describe("At least one of these columns changed."),
  when: expression.optional().describe("CEL condition on the row: `before`, `after`, `changed`."),
};
const matchMeaning = "Joins it to the triggering row: its column: column of the trigger.";

const groupSchema = keyed({
  ...changeShape,
  match: match.describe(matchMeaning),
  min: z.int().min(0, { error: "must be 0 or more" }).default(0).describe("With fewer of them the rule does not fire."),
});

const absentSchema = keyed({ ...changeShape, match: match.optional().describe(matchMeaning) });

const precedingSchema = keyed({
  ...changeShape,
  match: match.describe(matchMeaning),
  differs: columns.optional().describe("Columns that must differ from the trigger's."),
  within: duration.describe("How long before the trigger at most: a whole number and s, m, h or d."),
});

const exampleChangeSchema = keyed({
  table: word,
  operation: z.enum(rowOperations, { error: "must be insert, update or delete" }),
  before: z.record(word, jsonValue).optional(),
  after: z.record(word, jsonValue).optional(),
});

const exampleTransaction = z.array(exampleChangeSchema).min(1, { error: "must have at least one change" });

const exampleSchema = keyed({
  name: word.describe("What it shows."),
  earlier: z.array(exampleTransaction).default([]).describe("Transactions before it, oldest first."),
  changes: exampleTransaction.describe("The changes of one transaction."),
  events: z
    .array(
      keyed({
        type: eventType,
        entity_id: z.string({ error: "must be text (put it in quotes)" }),
        payload: z.record(snake, jsonValue).optional().describe("Fields that are compared; others may have any value."),
      }),
    )
    .describe("Exactly the events that this rule gives; [] for none."),
});

const ruleSchema = keyed({
  name: kebab.describe("Stored with each of its events."),
  version: version.describe("Raise it when the meaning changes."),
  type: eventType.describe("What its events are called."),
  label: keyed({ en: word, es: word.optional() }).optional().describe("What people see, by language."),
  description: z.string().optional(),
  on: keyed(changeShape).describe("The change that triggers it."),
  group: z.record(snake, groupSchema).default({}).describe("Other changes of the same transaction that belong to it."),
  absent: z.array(absentSchema).default([]).describe("Changes that must not be in the transaction."),
  preceded_by: z
    .record(snake, precedingSchema)
    .default({})
    .describe("Changes of earlier transactions that must have come before it; each serves one event of the rule."),
  occurred_at: expression.optional().describe("When it happened by the application's clock; else the commit time."),
  confidence: z
    .number()
    .min(0, { error: "must be between 0 and 1" })
    .max(1, { error: "must be between 0 and 1" })
    .describe("How sure it is that these changes mean this."),
  payload: z.record(snake, expression).default({}).describe("What the event tells: name: CEL expression."),
  amount: snake.optional().describe("The payload field that says how much: summaries add it up and name the largest."),
  examples: z.array(exampleSchema).default([]).describe("`auditctl rules test` runs them."),
});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: "must be a value or a list of values",
});
const types = z.array(eventType).min(1, { error: "must name at least one type of event" });
const above = (min: number) => z.number().min(min, { error: `must be ${min} or more` });

const watchSchema = keyed({
  name: kebab.describe("The kind of its anomalies, as people see it."),
  label: keyed({ en: word, es: word.optional() }).optional().describe("What people see, by language."),
  detector: z
    .enum(detectorNames, { error: `must be one of ${detectorNames.join(", ")}` })
    .describe("How it looks; docs/anomalies.md says what each does."),
  events: types.optional().describe("Types of business events it looks at."),
  deletions: columns.optional().describe("burst: tables whose deleted rows it counts."),
  where: z
    .record(snake, z.union([scalar, z.array(scalar).min(1)]))
    .default({})
    .describe("Only events with one of these values in this field of the payload."),
  key: z
    .array(snake)
    .default([])
    .describe("What has a baseline of its own: fields of the payload, `actor`, `entity`; [] for all together."),
  about: snake.optional().describe("What the first part of the key is: `branch` for branch_id."),
  from: snake.optional().describe("amount, reverted: field with the value before."),
  to: snake.optional().describe("amount, reverted: field with the value after."),
  value: snake.optional().describe("first-time: field, or `actor`, that is expected to be known."),
  per: types
    .optional()
    .describe("rate: events that show how much a key does. pair: events whose actor is the first of the two."),
  until: types.optional().describe("unfinished: events that end it, and rest on one of its changes."),
  ends: types
    .optional()
    .describe(
      "volume: events about the key's entity after which nothing more is expected. unfinished: events after which what is under way may never end.",
    ),
  direction: z
    .enum(["up", "down", "both"], { error: "must be up, down or both" })
    .default("both")
    .describe("volume: which way is told."),
  against: z
    .enum(["peers", "own"], { error: "must be peers or own" })
    .default("peers")
    .describe("volume: what a key is compared with."),
  severity: z
    .enum(["low", "medium", "high"], { error: "must be low, medium or high" })
    .optional()
    .describe("Without it, by score."),
  z: above(1).optional().describe("Standard deviations from usual; else `detect_z`."),
  factor: above(1).optional().describe("And times as many, or as few; else `detect_factor`."),
  count: above(1).optional().describe("Fewer say nothing."),
  samples: above(0).optional().describe("Fewer are no baseline yet."),
  within: duration.optional().describe("How long it looks back, or waits."),
});

export const packSchema = keyed({
  pack: kebab.describe("Names the pack in every event it infers."),
  version,
  database: word.optional().describe("The pack is about this database; leave it out when the tables may be in any."),
  branch: snake.optional().describe("The payload field that says where it happened: summaries count by it."),
  entities: z.record(word, entitySchema).describe("Which table's rows are which thing of the business."),
  rules: z.array(ruleSchema).default([]).describe("Which row changes are which business event."),
  watch: z.array(watchSchema).optional().describe("What to look for; left out: what can be told from the rules alone."),
});

/** For editors: what a pack may say, before it has passed the checks of check-rules.ts. */
export function rulePackJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(packSchema, { io: "input" });
  return { ...schema, title: "audit-overlay rule pack" };
}

export type PackDefinition = z.output<typeof packSchema>;
export type RuleDefinition = z.output<typeof ruleSchema>;
export type PackWatch = z.output<typeof watchSchema>;
export type RuleExample = z.output<typeof exampleSchema>;
export type ExampleChange = z.output<typeof exampleChangeSchema>;

/** What `on`, `group`, `absent` and `preceded_by` have in common. */
export type ChangeDefinition = z.output<z.ZodObject<typeof changeShape>> & {
  match?: Record<string, string> | undefined;
};

/** Milliseconds of a duration such as `90s`, `15m`, `48h` or `30d`. */
export function durationMs(text: string): number {
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs];
}

/**
 * An object with these keys and no others. The message of an unknown key is the list of known ones, from which
 * parseRulePack suggests.
 */
function keyed<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(" ") : undefined),
  });
}
