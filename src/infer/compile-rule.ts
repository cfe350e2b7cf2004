// Stage infer. Takes one checked rule; gives a function from a change that may trigger it to the business event, or to
// nothing.
import type { BusinessEvent, RuleReference } from "../model/business-event.ts";
import type { ChangeEvent, Operation } from "../model/change-event.ts";
import type { ChangeLookup, Selector } from "./change-lookup.ts";
import { compileDescription } from "./describe-event.ts";
import { compileExpression, expressionEnvironment, GroupedChange, rowVariable } from "./expression.ts";
import type { Variables } from "./expression.ts";
import { attempt } from "./rule-failure.ts";
import type { ReportFailure, RuleFailure } from "./rule-failure.ts";
import type { PackDefinition, RuleDefinition } from "./rule-schema.ts";

export interface CompiledRule {
  table: string;
  operations: ReadonlySet<Operation>;
  /** Undefined: any database. */
  database: string | undefined;
  type: string;
  reference: RuleReference;
  /** The business event when `trigger`, which is of the rule's table, operation and database, makes the rule fire. */
  fire(trigger: ChangeEvent, lookup: ChangeLookup): BusinessEvent | undefined;
}

export function compileRule(
  rule: RuleDefinition,
  pack: PackDefinition,
  onFailure: (failure: RuleFailure) => void,
): CompiledRule {
  const reference: RuleReference = { pack: pack.pack, name: rule.name, version: rule.version };
  const report: ReportFailure = (trigger, part, message) =>
    onFailure({ rule: reference, event_id: trigger.event_id, part, message });
  const triggers = compileTrigger(rule, report);
  const absent = rule.absent.map(compileSelector);
  const collect = compileGroups(rule, report);
  const describe = compileDescription(rule, reference, report);
  return {
    table: rule.on.table,
    operations: operationSet(rule.on.operation),
    database: pack.database,
    type: rule.type,
    reference,
    fire(trigger, lookup) {
      const variables: Variables = {
        before: rowVariable(trigger.before),
        after: rowVariable(trigger.after),
        changed: trigger.changed,
      };
      if (!triggers(trigger, variables)) return undefined;
      // The trigger itself is never what must be absent: a rule on updates of users may forbid *other* updates of
      // users.
      if (absent.some((selector) => lookup.find(selector, trigger).some((event) => event !== trigger)))
        return undefined;
      const grouped = collect(trigger, lookup, variables);
      return grouped && describe(trigger, grouped, variables);
    },
  };
}

function compileTrigger(
  rule: RuleDefinition,
  report: ReportFailure,
): (trigger: ChangeEvent, variables: Variables) => boolean {
  const { changed, when } = rule.on;
  const holds = when === undefined ? undefined : compileExpression(when, expressionEnvironment([]));
  return (trigger, variables) => {
    if (changed && !changed.some((column) => trigger.changed.includes(column))) return false;
    if (!holds) return true;
    const result = attempt(report, trigger, "when", () => {
      const value = holds(variables);
      if (typeof value !== "boolean") throw new TypeError(`gives a ${typeof value}, not true or false`);
      return value;
    });
    return result === true;
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
    selector: compileSelector(group),
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

function compileSelector(definition: {
  table: string;
  operation: Operation | readonly Operation[];
  match?: Record<string, string> | undefined;
}): Selector {
  const match = definition.match ?? {};
  return {
    table: definition.table,
    operations: operationSet(definition.operation),
    columns: Object.keys(match),
    triggerColumns: Object.values(match),
  };
}

function operationSet(operation: Operation | readonly Operation[]): ReadonlySet<Operation> {
  return new Set([operation].flat());
}
