// How far detection has come, as answers tell it: without it, "no anomalies" might mean "not looked at yet".
import { z } from "zod";
import { timestampSchema } from "./event-schema.ts";

export const learningSchema = z
  .object({
    watch: z.string(),
    samples: z.number().int().describe("What it has seen of what it needs."),
    samples_needed: z.number().int(),
    unit: z.enum(["days", "events"]),
  })
  .meta({ id: "Learning", description: "A watch that is silent, because its baselines are too young to judge by." });

export const detectionProgressSchema = z
  .object({
    entry_id: z.number().int().describe("The last entry of the ledger that it has read."),
    to_time: timestampSchema
      .nullable()
      .describe("Commit time of the last transaction that it has read; null before the first."),
    behind: z.number().int().describe("Entries of the ledger that it has not read yet."),
    behind_seconds: z
      .number()
      .describe("Commit time of the newest transaction, less that of the last one that it has read."),
    learning: z.array(learningSchema).describe("Watches that cannot judge yet."),
    updated_at: timestampSchema,
  })
  .meta({
    id: "DetectionProgress",
    description: "How far detection has read the trail; null: it has never run on this store.",
  });
export type DetectionProgress = z.infer<typeof detectionProgressSchema>;

export const anomalyCountSchema = z
  .object({
    kind: z.string(),
    severity: z.string(),
    state: z.string(),
    count: z.number().int(),
  })
  .meta({ id: "AnomalyCount" });
export type AnomalyCount = z.infer<typeof anomalyCountSchema>;
