// What a person says of an anomaly, as every face takes it and answers it.
import { z } from "zod";
import { anomalyStates, markedAnomalySchema } from "./answer-schema.ts";

export const markPath = "/v1/anomalies/{id}/mark";

export const markInputSchema = z.strictObject({
  state: z
    .enum(anomalyStates)
    .describe(
      "`expected`: nothing is wrong, and baselines take it in. `confirmed`: it is what it looks like, and they do not.",
    ),
  note: z.string().trim().min(1).max(500).nullish().describe("Why, in words."),
});
export type MarkInput = z.output<typeof markInputSchema>;

export const markAnswerSchema = z.object({ anomaly: markedAnomalySchema }).meta({ id: "MarkAnswer" });
export type MarkAnswer = z.infer<typeof markAnswerSchema>;
