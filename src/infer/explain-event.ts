// Stage infer. Takes a business event, the pack that inferred it and the changes it was inferred from; gives each condition
// of the rule with the values it had, and which change fits which part of the rule, and why.
import type { JsonValue } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent, RowImage } from "../model/change-event.ts";
import { type ChangeHistory, createChangeHistory } from "./change-history.ts";
import { createChangeLookup } from "./change-lookup.ts";
import { compileRules } from "./compile-rules.ts";
import { compileSelector } from "./compile-selector.ts";
import { businessEventId } from "./describe-event.ts";
import { describeChange } from "./describe-rule.ts";
import type { RulePack } from "./rule-pack.ts";
import type { ChangeDefinition } from "./rule-schema.ts";

/** A change, and the values because of which it fits. */
export interface FittingChange {
  event_id: string;
  source_table: string;
  operation: string;
  entity_id: string;
  transaction_id: string;
  because: Record<string, JsonValue>;
}

export interface RulePartExplanation {
  /** `on`, `group.items`, `absent.0`, `preceded_by.out`. */
  part: string;
  /** What it asks for, in words. */
  asks: string;
  found: FittingChange[];
}

export interface EventExplanation {
  parts: RulePartExplanation[];
  /** Each field's expression and the value that it gave then. */
  payload: Record<string, { expression: string; value: JsonValue }>;
  /** Whether the rule, given the same changes again, gives the same event. */
  reproduced: boolean;
}

/**
 * @param transaction all changes of the event's own transaction, in order
 * @param earlier changes of earlier transactions that it rests on, in order
 * @returns undefined when the pack has no such rule, or the transaction not the change that triggered it
 */
export function explainEvent(
  event: BusinessEvent,
  pack: RulePack,
  transaction: readonly ChangeEvent[],
  earlier: readonly ChangeEvent[],
): EventExplanation | undefined {
  const rule = pack.rules.find(({ name }) => name === event.rule.name);
  const trigger = transaction.find((change) => businessEventId(event.rule, change) === event.business_event_id);
  if (!rule || !trigger) return undefined;
  const lookup = createChangeLookup(transaction);
  const parts: RulePartExplanation[] = [
    { part: "on", asks: describeChange(rule.on), found: [fitting(trigger, rule.on, trigger)] },
  ];
  const add = (part: string, definition: ChangeDefinition): void => {
    const selector = compileSelector(definition, part, () => undefined, part.startsWith("absent"));
    const found = lookup.find(selector, trigger).filter((change) => change !== trigger);
    const asks = describeChange(definition);
    parts.push({ part, asks, found: found.map((change) => fitting(change, definition, trigger)) });
  };
  for (const [name, group] of Object.entries(rule.group)) add(`group.${name}`, group);
  for (const [index, absent] of rule.absent.entries()) add(`absent.${index}`, absent);

  const compiled = compileRules([{ ...pack, rules: [rule] }]);
  const history = createChangeHistory(compiled.preceding);
  history.add(earlier);
  const chosen: ChangeEvent[] = [];
  for (const selector of compiled.preceding) {
    const definition = rule.preceded_by[selector.name]!;
    const found = history.newestUnused(selector, trigger, chosen);
    if (found) chosen.push(found);
    const asks = `${describeChange(definition)}, at most ${definition.within} before`;
    const because = found ? [fitting(found, definition, trigger, definition.differs)] : [];
    parts.push({ part: `preceded_by.${selector.name}`, asks, found: because });
  }
  // What it rests on is for it alone: another trigger of the transaction rests on others, which are not here.
  const own: ChangeHistory = {
    ...history,
    newestUnused: (selector, other, taken) =>
      other === trigger ? history.newestUnused(selector, other, taken) : undefined,
  };
  const again = compiled
    .infer(transaction, own)
    .find(({ business_event_id }) => business_event_id === event.business_event_id);
  return {
    parts,
    payload: Object.fromEntries(
      Object.entries(rule.payload).map(([name, expression]) => [
        name,
        { expression, value: event.payload[name] ?? null },
      ]),
    ),
    reproduced: JSON.stringify(again?.payload) === JSON.stringify(event.payload),
  };
}

function fitting(
  change: ChangeEvent,
  { changed, when = "", match = {} }: ChangeDefinition,
  trigger: ChangeEvent,
  differs: readonly string[] = [],
): FittingChange {
  const { event_id, source_table, operation, entity_id, transaction_id } = change;
  const because: Record<string, JsonValue> = {};
  const valueOf = (image: RowImage | null, column: string): JsonValue => image?.[column] ?? null;
  for (const column of changed ?? []) {
    if (!change.changed.includes(column)) continue;
    because[`before.${column}`] = valueOf(change.before, column);
    because[`after.${column}`] = valueOf(change.after, column);
  }
  for (const [text, side, column] of when.matchAll(/\b(before|after)\.(\w+)/g)) {
    because[text] = valueOf(side === "before" ? change.before : change.after, column!);
  }
  const image = change.after ?? change.before;
  for (const column of Object.keys(match)) because[column] = valueOf(image, column);
  for (const column of differs) {
    because[column] = valueOf(image, column);
    because[`trigger's ${column}`] = valueOf(trigger.after ?? trigger.before, column);
  }
  return { event_id, source_table, operation, entity_id, transaction_id, because };
}
