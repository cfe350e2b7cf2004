// Stage infer. Takes a change that made a rule fire and the changes grouped with it; gives the business event.
import type { JsonObject } from "../lib/canonical-json.ts";
import { nameBasedId } from "../lib/name-based-id.ts";
import type { BusinessEvent, RuleReference } from "../model/business-event.ts";
import { type Actor, actorGrades, type ChangeEvent } from "../model/change-event.ts";
import { toBusinessTime } from "./business-time.ts";
import { compileExpression, expressionEnvironment } from "./expression.ts";
import type { Variables } from "./expression.ts";
import { toPlainJson } from "./plain-json.ts";
import { attempt } from "./rule-failure.ts";
import type { ReportFailure } from "./rule-failure.ts";
import type { RuleDefinition } from "./rule-schema.ts";

export type DescribeEvent = (
  trigger: ChangeEvent,
  grouped: readonly ChangeEvent[],
  /** Of earlier transactions. */
  preceding: readonly ChangeEvent[],
  variables: Variables,
) => BusinessEvent;

export function compileDescription(
  rule: RuleDefinition,
  reference: RuleReference,
  report: ReportFailure,
): DescribeEvent {
  const environment = expressionEnvironment(Object.keys(rule.group), Object.keys(rule.preceded_by));
  const occurredAt = rule.occurred_at === undefined ? () => null : compileExpression(rule.occurred_at, environment);
  const fields = Object.entries(rule.payload).map(([name, text]) => ({
    name,
    part: `payload.${name}`,
    evaluate: compileExpression(text, environment),
  }));
  return (trigger, grouped, preceding, variables) => {
    const payload: JsonObject = {};
    for (const { name, part, evaluate } of fields) {
      payload[name] = attempt(report, trigger, part, () => toPlainJson(evaluate(variables)));
    }
    return {
      business_event_id: businessEventId(reference, trigger),
      type: rule.type,
      entity_type: trigger.entity_type,
      entity_id: trigger.entity_id,
      occurred_at:
        toBusinessTime(attempt(report, trigger, "occurred_at", () => occurredAt(variables))) ?? trigger.timestamp,
      timestamp: trigger.timestamp,
      transaction_id: trigger.transaction_id,
      payload,
      confidence: rule.confidence,
      actor: knownActor(trigger, grouped),
      rule: reference,
      change_event_ids: changeEventIds(trigger, grouped, preceding),
    };
  };
}

/**
 * The same transaction read again gives the same id. The rule's version is not in it: a corrected rule corrects its
 * events.
 */
export function businessEventId(rule: Pick<RuleReference, "pack" | "name">, trigger: ChangeEvent): string {
  return nameBasedId(`${rule.pack}/${rule.name}\n${trigger.transaction_id}\n${trigger.event_id}`);
}

/** The best known one; of equals the trigger's. Who made an earlier transaction did not do this. */
function knownActor(trigger: ChangeEvent, grouped: readonly ChangeEvent[]): Actor {
  const actors = [trigger, ...grouped].map(({ actor }) => actor);
  return actorGrades.flatMap((grade) => actors.find((actor) => actor.grade === grade) ?? [])[0] ?? trigger.actor;
}

/** In the order of the log, earlier transactions first; a change that is in two groups is named once. */
function changeEventIds(
  trigger: ChangeEvent,
  grouped: readonly ChangeEvent[],
  preceding: readonly ChangeEvent[],
): string[] {
  const earlier = preceding.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp) || a.seq - b.seq);
  const own = [trigger, ...grouped].sort((a, b) => a.seq - b.seq);
  return [...new Set([...earlier, ...own].map((event) => event.event_id))];
}
