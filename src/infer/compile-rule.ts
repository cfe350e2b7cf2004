// Stage infer. Takes one checked rule; gives a function from a change that may trigger it to the business event, or to
// nothing.
import type { BusinessEvent, RuleReference } from "../model/business-event.ts";
import type { ChangeEvent, Operation } from "../model/change-event.ts";
import type { ChangeHistory, PrecedingSelector } from "./change-history.ts";
import type { ChangeLookup } from "./change-lookup.ts";
import { compileCondition, compileSelector, operationSet, rowVariables } from "./compile-selector.ts";
import { compileDescription } from "./describe-event.ts";
import { GroupedChange } from "./expression.ts";
import type { Variables } from "./expression.ts";
import type { ReportFailure, RuleFailure } from "./rule-failure.ts";
import { durationMs } from "./rule-schema.ts";
import type { PackDefinition, RuleDefinition } from "./rule-schema.ts";

export interface CompiledRule {
  table: string;
  operations: ReadonlySet<Operation>;
  /** Undefined: any database. */
  database: string | undefined;
  type: string;
  reference: RuleReference;
  /** What it looks for in earlier transactions. */
  preceding: readonly PrecedingSelector[];
  /**
   * The business event when `trigger`, which is of the rule's table, operation and database, makes the rule fire. Uses up
   * the earlier changes that it rests on.
   */
  fire(trigger: ChangeEvent, lookup: ChangeLookup, history: ChangeHistory): BusinessEvent | undefined;
}

export function compileRule(
  rule: RuleDefinition,
  pack: PackDefinition,
  onFailure: (failure: RuleFailure) => void,
): CompiledRule {
  const reference: RuleReference = { pack: pack.pack, name: rule.name, version: rule.version };
  const report: ReportFailure = (trigger, part, message) =>
    onFailure({ rule: reference, event_id: trigger.event_id, part, message });
  const triggers = compileCondition(rule.on, "when", report, false);
  // Where it cannot be told whether a change is what must be absent, the rule does not fire: a false event misleads.
  const absent = rule.absent.map((definition, index) => compileSelector(definition, `absent.${index}`, report, true));
  const collect = compileGroups(rule, report);
  const preceding = Object.entries(rule.preceded_by).map(([name, definition]) => ({
    ...compileSelector(definition, `preceded_by.${name}`, report, false),
    name,
    rule: reference,
    database: pack.database,
    differs: definition.differs ?? [],
    withinMs: durationMs(definition.within),
  }));
  const lookBack = compilePreceding(preceding);
  const describe = compileDescription(rule, reference, report);
  return {
    table: rule.on.table,
    operations: operationSet(rule.on.operation),
    database: pack.database,
    type: rule.type,
    reference,
    preceding,
    fire(trigger, lookup, history) {
      if (!triggers(trigger)) return undefined;
      // The trigger itself is never what must be absent: a rule on updates of users may forbid *other* updates of
      // users.
      if (absent.some((selector) => lookup.find(selector, trigger).some((event) => event !== trigger)))
        return undefined;
      const variables = rowVariables(trigger);
      const grouped = collect(trigger, lookup, variables);
      const earlier = grouped && lookBack(trigger, history, variables);
      if (!earlier) return undefined;
      for (const { event_id } of earlier) history.use(reference, event_id);
      return describe(trigger, grouped, earlier, variables);
    },
  };
}

/**
 * Fills `variables` with the groups and gives all their changes; undefined when a group has too few for the rule to
 * fire, or too many.
 */
function compileGroups(
  rule: RuleDefinition,
  report: ReportFailure,
): (trigger: ChangeEvent, lookup: ChangeLookup, variables: Variables) => ChangeEvent[] | undefined {
  const groups = Object.entries(rule.group).map(([name, group]) => ({
    name,
    min: group.min,
    selector: compileSelector(group, `group.${name}`, report, false),
  }));
  return (trigger, lookup, variables) => {
    const grouped: ChangeEvent[] = [];
    for (const { name, min, selector } of groups) {
      const members = lookup.take(selector, trigger);
      if (!members) {
        report(trigger, `group.${name}`, "matches too many changes with too many others; the rule did not fire");
        return undefined;
      }
      if (members.length < min) return undefined;
      variables[name] = members.map((event) => new GroupedChange(event.before, event.after));
      for (const member of members) grouped.push(member);
    }
    return grouped;
  };
}

/** Fills `variables` with the preceding changes and gives them; undefined when one is missing. */
function compilePreceding(
  selectors: readonly PrecedingSelector[],
): (trigger: ChangeEvent, history: ChangeHistory, variables: Variables) => ChangeEvent[] | undefined {
  return (trigger, history, variables) => {
    const chosen: ChangeEvent[] = [];
    for (const selector of selectors) {
      const found = history.newestUnused(selector, trigger, chosen);
      if (!found) return undefined;
      variables[selector.name] = new GroupedChange(found.before, found.after);
      chosen.push(found);
    }
    return chosen;
  };
}
