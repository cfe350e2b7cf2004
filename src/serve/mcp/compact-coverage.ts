// serve/mcp: coverage -> the short form that goes with every answer, and the sentence that says it.
import { z } from "zod";
import { timestampSchema } from "../../model/event-schema.ts";
import type { Coverage } from "../../model/trace.ts";
import { wholeCharacters } from "./assistant-json.ts";

const linesMax = 5;
const lineCharactersMax = 300;

export const compactCoverageSchema = z
  .object({
    from_time: timestampSchema.describe("Earlier changes are not in the trail."),
    to_time: timestampSchema.nullable().describe("Commit time of the newest transaction held."),
    transactions: z.number().int(),
    change_events: z.number().int(),
    business_events: z.number().int(),
    gaps: z.number().int().describe("Stretches of history that the trail does not hold."),
    gap_reasons: z.array(z.string()).describe(`Of the newest gaps, at most ${linesMax}.`),
    limits: z.array(z.string()).describe(`What the server's log cannot hold, at most ${linesMax}.`),
    more_limits: z.number().int().describe("Limits that are not listed; `trail_coverage` has all."),
  })
  .meta({ id: "CompactCoverage", description: "What the answer rests on, in short. `trail_coverage` has all of it." });
export type CompactCoverage = z.infer<typeof compactCoverageSchema>;

export function compactCoverage(coverage: Coverage): CompactCoverage {
  const { from_time, to_time, transactions, change_events, business_events, gaps, limits } = coverage;
  return {
    from_time,
    to_time,
    transactions,
    change_events,
    business_events,
    gaps: gaps.length,
    gap_reasons: gaps.slice(-linesMax).map(({ reason }) => wholeCharacters(reason, lineCharactersMax)),
    limits: limits.slice(0, linesMax).map((limit) => wholeCharacters(limit, lineCharactersMax)),
    more_limits: Math.max(0, limits.length - linesMax),
  };
}

/** In our own words, numbers and times alone. */
export function coverageSentence(coverage: CompactCoverage | null): string {
  if (coverage === null) return "The trail is empty so far.";
  const { from_time, to_time, gaps, limits, more_limits } = coverage;
  const range = `The trail holds what was committed from ${from_time} to ${to_time ?? "now (nothing yet)"}`;
  const lost = gaps === 0 ? "without gaps" : `with ${gaps} gap${gaps === 1 ? "" : "s"}, whose changes it lacks`;
  const unseen = limits.length + more_limits;
  return `${range}, ${lost}${unseen === 0 ? "" : `; ${unseen} limit${unseen === 1 ? "" : "s"} of the server's log apply`}.`;
}
