// pipeline: the business events that a transaction has, and those that rules make of it now -> which are the same, gained,
// lost or changed. Pure. Two are one when their id is: it is made of pack, rule, transaction and triggering change.
import { canonicalJson, type JsonValue } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { Difference } from "../model/replay.ts";
import type { StoredBusinessEvent } from "../store/transaction-history.ts";

export interface ChangedEvent {
  stored: StoredBusinessEvent;
  event: BusinessEvent;
  differs: Difference[];
}

export interface EventComparison {
  unchanged: BusinessEvent[];
  gained: BusinessEvent[];
  lost: StoredBusinessEvent[];
  changed: ChangedEvent[];
}

/** What a digest covers, but the id and place. */
const fields = {
  type: (event) => event.type,
  entity_type: (event) => event.entity_type,
  // As it is stored: a lone surrogate has no UTF-8.
  entity_id: (event) => event.entity_id.toWellFormed(),
  occurred_at: (event) => event.occurred_at,
  // As stored, where the order of the keys is the rule's.
  payload: (event) => JSON.stringify(event.payload),
  confidence: (event) => String(event.confidence),
  actor: (event) => canonicalJson(event.actor as unknown as JsonValue),
  rule_version: (event) => String(event.rule.version),
  change_event_ids: (event) => event.change_event_ids.join(" "),
} as const satisfies Record<string, (event: BusinessEvent) => string>;

export function compareEvents(
  stored: readonly StoredBusinessEvent[],
  inferred: readonly BusinessEvent[],
): EventComparison {
  const before = new Map(stored.map((each) => [each.event.business_event_id, each]));
  const comparison: EventComparison = { unchanged: [], gained: [], lost: [], changed: [] };
  for (const event of inferred) {
    const same = before.get(event.business_event_id);
    before.delete(event.business_event_id);
    if (same === undefined) {
      comparison.gained.push(event);
      continue;
    }
    const differs = differences(same.event, event);
    if (differs.length === 0) comparison.unchanged.push(event);
    else comparison.changed.push({ stored: same, event, differs });
  }
  comparison.lost.push(...before.values());
  return comparison;
}

function differences(stored: BusinessEvent, event: BusinessEvent): Difference[] {
  return Object.entries(fields).flatMap(([field, textOf]) => {
    const [before, after] = [textOf(stored), textOf(event)];
    return before === after ? [] : [{ field, before, after }];
  });
}
