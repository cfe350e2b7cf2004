// Stage infer. The shape of a rule pack: every key it may have, of which type. What keys mean together is in
// check-rules.ts.
import { z } from "zod";
import type { Operation } from "../model/change-event.ts";

/** What happens to a row. TRUNCATE and DDL carry no row, so no rule can say anything about one. */
const rowOperations = ["insert", "update", "delete"] as const satisfies readonly Operation[];

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

const entitySchema = keyed({
  entity: snake,
  id: columns,
  actor: word.optional(),
  mask: columns.optional(),
});

const triggerSchema = keyed({
  table: word,
  operation,
  changed: columns.optional(),
  when: expression.optional(),
});

const groupSchema = keyed({
  table: word,
  operation,
  match,
  min: z.int().min(0, { error: "must be 0 or more" }).default(0),
});

const absentSchema = keyed({
  table: word,
  operation,
  match: match.optional(),
});

const ruleSchema = keyed({
  name: kebab,
  version,
  type: eventType,
  description: z.string().optional(),
  on: triggerSchema,
  group: z.record(snake, groupSchema).default({}),
  absent: z.array(absentSchema).default([]),
  occurred_at: expression.optional(),
  confidence: z.number().min(0, { error: "must be between 0 and 1" }).max(1, { error: "must be between 0 and 1" }),
  payload: z.record(snake, expression).default({}),
});

export const packSchema = keyed({
  pack: kebab,
  version,
  database: word.optional(),
  entities: z.record(word, entitySchema),
  rules: z.array(ruleSchema).default([]),
});

export type PackDefinition = z.output<typeof packSchema>;
export type RuleDefinition = z.output<typeof ruleSchema>;

/**
 * An object with these keys and no others. The message of an unknown key is the list of known ones, from which
 * parseRulePack suggests.
 */
function keyed<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(" ") : undefined),
  });
}
