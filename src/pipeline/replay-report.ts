// pipeline: what a replay found in each transaction -> counts and a few examples by rule and type. Memory is bounded by the
// number of rules.
import type { BusinessEvent } from "../model/business-event.ts";
import type { Difference, ReplayCounts, ReplayOutcome, RuleOutcome } from "../model/replay.ts";
import type { EventComparison } from "./compare-events.ts";

/** Of each outcome of a rule. */
const examplesMax = 3;

export interface ReplayTally {
  readonly counts: ReplayCounts;
  add(comparison: EventComparison): void;
  /** By pack, rule and type. */
  rules(): RuleOutcome[];
}

export function createReplayTally(): ReplayTally {
  const counts = noCounts();
  const byRule = new Map<string, RuleOutcome>();
  const outcomeOf = ({ rule, type }: BusinessEvent): RuleOutcome => {
    const key = `${rule.pack}/${rule.name}/${type}`;
    let outcome = byRule.get(key);
    if (outcome === undefined) {
      outcome = { pack: rule.pack, name: rule.name, type, counts: noCounts(), examples: [] };
      byRule.set(key, outcome);
    }
    return outcome;
  };
  const count = (event: BusinessEvent, outcome: ReplayOutcome, differs: Difference[] = []): void => {
    const ofRule = outcomeOf(event);
    counts[outcome] += 1;
    ofRule.counts[outcome] += 1;
    if (ofRule.counts[outcome] > examplesMax) return;
    const { business_event_id, type, entity_type, entity_id, timestamp, transaction_id } = event;
    ofRule.examples.push({
      outcome,
      business_event_id,
      type,
      entity_type,
      entity_id,
      timestamp,
      transaction_id,
      differs,
    });
  };
  return {
    counts,
    add({ unchanged, gained, lost, changed }) {
      for (const event of unchanged) outcomeOf(event).counts.unchanged += 1;
      counts.unchanged += unchanged.length;
      for (const event of gained) count(event, "gained");
      for (const { event } of lost) count(event, "lost");
      for (const { event, differs } of changed) count(event, "changed", differs);
    },
    rules: () => [...byRule.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, outcome]) => outcome),
  };
}

export function noCounts(): ReplayCounts {
  return { unchanged: 0, gained: 0, lost: 0, changed: 0 };
}
