// Stage infer. Takes a rule's examples, of the right shape; gives what cannot be: changes without their rows, events that
// the rule never gives.
import type { ExampleChange, PackDefinition, RuleDefinition, RuleExample } from "./rule-schema.ts";
import { suggestion } from "./suggest.ts";
import type { Mistake, YamlPath, YamlSource } from "./yaml-source.ts";

export function checkExamples(
  rule: RuleDefinition,
  path: YamlPath,
  pack: PackDefinition,
  source: YamlSource,
): Mistake[] {
  const mistakes: Mistake[] = [];
  const names = new Set<string>();
  for (const [index, example] of rule.examples.entries()) {
    const at = [...path, "examples", index];
    if (names.has(example.name)) {
      const offset = source.valueOffset([...at, "name"]);
      mistakes.push({ offset, message: `rule \`${rule.name}\`: two examples are named \`${example.name}\`` });
    }
    names.add(example.name);
    const transactions: [YamlPath, readonly ExampleChange[]][] = [
      ...example.earlier.map((changes, ordinal): [YamlPath, typeof changes] => [[...at, "earlier", ordinal], changes]),
      [[...at, "changes"], example.changes],
    ];
    for (const [where, changes] of transactions) {
      for (const [seq, change] of changes.entries()) {
        mistakes.push(...checkChange(change, [...where, seq], pack, source));
      }
    }
    for (const [ordinal, event] of example.events.entries()) {
      mistakes.push(...checkEvent(event, [...at, "events", ordinal], rule, source));
    }
  }
  return mistakes;
}

function checkChange(change: ExampleChange, path: YamlPath, pack: PackDefinition, source: YamlSource): Mistake[] {
  const { table, operation } = change;
  const mistakes: Mistake[] = [];
  if (!Object.hasOwn(pack.entities, table)) {
    const near = suggestion(table, Object.keys(pack.entities));
    const message = `table \`${table}\` is not among the entities of this pack${near}`;
    mistakes.push({ offset: source.valueOffset([...path, "table"]), message });
  }
  const needed = { before: operation !== "insert", after: operation !== "delete" };
  const words = { insert: "an insert", update: "an update", delete: "a delete" };
  for (const side of ["before", "after"] as const) {
    if (needed[side] && change[side] === undefined) {
      mistakes.push({ offset: source.valueOffset(path), message: `${words[operation]} needs \`${side}\`` });
    } else if (!needed[side] && change[side] !== undefined) {
      mistakes.push({ offset: source.keyOffset([...path, side]), message: `${words[operation]} has no \`${side}\`` });
    }
  }
  return mistakes;
}

function checkEvent(
  event: RuleExample["events"][number],
  path: YamlPath,
  rule: RuleDefinition,
  source: YamlSource,
): Mistake[] {
  const mistakes: Mistake[] = [];
  if (event.type !== rule.type) {
    const message = `rule \`${rule.name}\` gives \`${rule.type}\`, never \`${event.type}\``;
    mistakes.push({ offset: source.valueOffset([...path, "type"]), message });
  }
  for (const field of Object.keys(event.payload ?? {})) {
    if (Object.hasOwn(rule.payload, field)) continue;
    const message = `the payload of rule \`${rule.name}\` has no \`${field}\``;
    const near = suggestion(field, Object.keys(rule.payload));
    mistakes.push({ offset: source.keyOffset([...path, "payload", field]), message: message + near });
  }
  return mistakes;
}
