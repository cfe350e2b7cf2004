// Stage infer. Takes a rule; gives what it looks for in plain words, a line each.
import type { ChangeDefinition, RuleDefinition } from "./rule-schema.ts";

export function describeRule(rule: RuleDefinition): string[] {
  const lines = [`fires for each ${describeChange(rule.on)}`];
  for (const [name, group] of Object.entries(rule.group)) {
    const least = group.min === 0 ? "any number" : `at least ${group.min}`;
    lines.push(`takes in, as ${name}, ${least} of the same transaction: ${describeChange(group)}`);
  }
  for (const absent of rule.absent) lines.push(`not if the same transaction has ${describeChange(absent)}`);
  for (const [name, preceding] of Object.entries(rule.preceded_by)) {
    const differs = preceding.differs === undefined ? "" : `, with another ${preceding.differs.join(" and another ")}`;
    lines.push(
      `only if it was preceded, in an earlier transaction at most ${preceding.within} before, by ${describeChange(preceding)}${differs} (${name}; the newest that no event of this rule rests on)`,
    );
  }
  lines.push(`happened at ${rule.occurred_at ?? "its commit time"}; confidence ${rule.confidence}`);
  for (const [name, text] of Object.entries(rule.payload))
    lines.push(`tells ${name}: ${text.replace(/\s+/g, " ").trim()}`);
  return lines;
}

/** For example `update of inventory that changed quantity, where after.quantity > 0 and its sale_id is the trigger's sale_id`. */
export function describeChange({ table, operation, changed, when, match }: ChangeDefinition): string {
  const conditions = [
    ...(when === undefined ? [] : [when.replace(/\s+/g, " ").trim()]),
    ...Object.entries(match ?? {}).map(([column, trigger]) => `its ${column} is the trigger's ${trigger}`),
  ];
  const what = `${[operation].flat().join(" or ")} of ${table}`;
  const changes = changed === undefined ? "" : ` that changed ${changed.join(" or ")}`;
  return `${what}${changes}${conditions.length === 0 ? "" : `, where ${conditions.join(" and ")}`}`;
}
