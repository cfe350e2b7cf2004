// Stage infer. Takes a `group`, `absent` or `preceded_by` of a rule; gives the selector of the changes it means.
import type { ChangeEvent, Operation } from "../model/change-event.ts";
import type { Selector } from "./change-lookup.ts";
import { compileExpression, expressionEnvironment, rowVariable } from "./expression.ts";
import type { Variables } from "./expression.ts";
import { attempt } from "./rule-failure.ts";
import type { ReportFailure } from "./rule-failure.ts";
import type { ChangeDefinition } from "./rule-schema.ts";

/**
 * @param part its name in reports of failures, for example `group.items`
 * @param ifUnknown whether a change counts of which `when` cannot be evaluated
 */
export function compileSelector(
  definition: ChangeDefinition,
  part: string,
  report: ReportFailure,
  ifUnknown: boolean,
): Selector {
  const match = definition.match ?? {};
  return {
    table: definition.table,
    operations: operationSet(definition.operation),
    columns: Object.keys(match),
    triggerColumns: Object.values(match),
    holds: compileCondition(definition, `${part}.when`, report, ifUnknown),
  };
}

/** `changed` and `when`: what the change itself must fulfil. */
export function compileCondition(
  { changed, when }: Pick<ChangeDefinition, "changed" | "when">,
  part: string,
  report: ReportFailure,
  ifUnknown: boolean,
): (event: ChangeEvent) => boolean {
  const holds = when === undefined ? undefined : compileExpression(when, expressionEnvironment([]));
  return (event) => {
    if (changed && !changed.some((column) => event.changed.includes(column))) return false;
    if (!holds) return true;
    const result = attempt(report, event, part, () => {
      const value = holds(rowVariables(event));
      if (typeof value !== "boolean") throw new TypeError(`gives a ${typeof value}, not true or false`);
      return value;
    });
    return result ?? ifUnknown;
  };
}

/** What every expression sees of the change it is about. */
export function rowVariables({ before, after, changed }: ChangeEvent): Variables {
  return { before: rowVariable(before), after: rowVariable(after), changed };
}

export function operationSet(operation: Operation | readonly Operation[]): ReadonlySet<Operation> {
  return new Set([operation].flat());
}
