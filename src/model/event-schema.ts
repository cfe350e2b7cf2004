// The canonical events as zod schemas: what leaves every face is described once, here, and OpenAPI and MCP tell it from here.
import { z } from "zod";
import type { JsonObject } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "./business-event.ts";
import { type Actor, actorGrades, type ChangeEvent, operations, type RowImage } from "./change-event.ts";

/** RFC 3339 in UTC with six fractional digits, as the trail keeps time. */
export const timestampSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  .describe("RFC 3339, UTC, six fractional digits.");

const jsonObject = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;
const rowImage = z.record(z.string(), z.json()) as z.ZodType<RowImage>;

export const actorSchema = z
  .object({
    id: z.string().nullable().describe("null: nothing we read says who."),
    kind: z.enum(["app_user", "db_account", "unknown"]),
    grade: z
      .enum(actorGrades)
      .describe("How we know. `unwritten_column`: the row names a user, but this change did not write that column."),
  })
  .meta({ id: "Actor" }) satisfies z.ZodType<Actor>;

export const changeEventSchema = z
  .object({
    event_id: z.string().describe("UUIDv5; the same row change has the same id for ever."),
    source_db: z.string().describe("The database (schema) of the table."),
    source_table: z.string().describe("Empty for a statement that names no single table."),
    source_pk: rowImage.describe("The row's primary key; {} where its table has none."),
    operation: z.enum(operations).describe("`statement`: rows changed by a statement; which ones is not known."),
    before: rowImage.nullable().describe("Column to value; a column that the server did not log is absent."),
    after: rowImage.nullable().describe("The same, after the change."),
    changed: z.array(z.string()).describe("Columns whose value differs."),
    timestamp: timestampSchema.describe("Commit time of the transaction."),
    transaction_id: z.string().describe("GTID of the source transaction."),
    seq: z.number().int().describe("Ordinal in the transaction, from 0."),
    entity_type: z.string().describe("What it happened to, in the words of the rule pack; else the table's name."),
    entity_id: z
      .string()
      .describe("The key that the rule pack names, its columns joined with `/`; else the primary key."),
    actor: actorSchema,
    metadata: jsonObject.describe("Statement text, tags, account, flags."),
  })
  .meta({ id: "ChangeEvent", description: "One row change." }) satisfies z.ZodType<ChangeEvent>;

export const businessEventSchema = z
  .object({
    business_event_id: z.string().describe("UUIDv5 of rule, transaction and the change that triggered it."),
    type: z.string().describe("For example `sale.completed`."),
    entity_type: z.string().describe("What it happened to, in the words of the rule pack."),
    entity_id: z.string(),
    occurred_at: timestampSchema.describe("Business time where the rule names a column, else the commit time."),
    timestamp: timestampSchema.describe("Commit time of the transaction."),
    transaction_id: z.string().describe("GTID of the source transaction."),
    payload: jsonObject.describe("What the rule took from the rows."),
    confidence: z.number().describe("0 to 1, as the rule states it."),
    actor: actorSchema,
    rule: z
      .object({ pack: z.string(), name: z.string(), version: z.number().int() })
      .describe("The rule that says so: `pack`, `name`, `version`."),
    change_event_ids: z.array(z.string()).describe("The row changes it rests on."),
  })
  .meta({ id: "BusinessEvent", description: "What row changes meant." }) satisfies z.ZodType<BusinessEvent>;

/** Not kept with the event: words may be corrected, the type may not. */
const label = z
  .object({ en: z.string(), es: z.string().optional() })
  .optional()
  .describe("What people call it, by language, as its rule says; absent where the rule has no label.");

const itemKind = {
  business: { kind: z.literal("business_event"), label },
  change: { kind: z.literal("change_event") },
};

export const tracedBusinessEventSchema = businessEventSchema
  .extend({ ...itemKind.business, change_events: z.array(changeEventSchema) })
  .meta({ id: "TracedBusinessEvent", description: "A business event with the row changes it rests on." });
export const listedBusinessEventSchema = businessEventSchema
  .extend(itemKind.business)
  .meta({ id: "ListedBusinessEvent", description: "A business event, its row changes by id." });
export const listedChangeEventSchema = changeEventSchema
  .extend(itemKind.change)
  .meta({ id: "ListedChangeEvent", description: "A row change." });
