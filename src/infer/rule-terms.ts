// Stage infer. Takes rule packs; gives what they say about how their events and anomalies are told of.
import type { EventTerms, RuleTerms } from "../model/rule-terms.ts";
import type { RulePack } from "./rule-pack.ts";
import { watchesOf } from "./watches.ts";

/** Where two rules give events of one type, the first one's words count. */
export function termsOf(packs: readonly RulePack[]): RuleTerms {
  const events = new Map<string, EventTerms>();
  for (const { branch = null, rules } of packs) {
    for (const { type, label = null, amount = null, payload } of rules) {
      const hasPlace = branch !== null && Object.hasOwn(payload, branch);
      if (!events.has(type)) events.set(type, { label, amount, branch: hasPlace ? branch : null });
    }
  }
  const watches = new Map(
    watchesOf(packs).map(({ name, label = null, detector }) => [name, { label, detector }] as const),
  );
  return { events, watches };
}
