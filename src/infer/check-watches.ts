// Stage infer. Takes a pack of the right shape; gives what is wrong with its watches: unknown events, fields and tables, names used
// twice, and what a detector needs and was not told.
import type { DetectorName } from "../model/detection.ts";
import type { PackDefinition, PackWatch } from "./rule-schema.ts";
import { suggestion } from "./suggest.ts";
import type { Mistake, YamlPath, YamlSource } from "./yaml-source.ts";

type Needed = "events" | "key" | "from" | "to" | "value" | "per" | "until";

const needs: Record<DetectorName, readonly Needed[]> = {
  volume: ["events", "key"],
  repeat: ["events", "key"],
  rate: ["events", "key", "per"],
  "after-hours": ["events", "key"],
  "first-time": ["events", "value"],
  self: ["events"],
  burst: [],
  duplicate: ["events", "key"],
  pair: ["events", "per"],
  reverted: ["events", "key", "from", "to"],
  amount: ["events", "from", "to"],
  unfinished: ["events", "until"],
};

export function checkWatches(pack: PackDefinition, source: YamlSource): Mistake[] {
  const mistakes: Mistake[] = [];
  const names = new Set<string>();
  for (const [index, watch] of (pack.watch ?? []).entries()) {
    const path = ["watch", index];
    if (names.has(watch.name)) {
      mistakes.push({
        offset: source.valueOffset([...path, "name"]),
        message: `two watches are named \`${watch.name}\``,
      });
    }
    names.add(watch.name);
    mistakes.push(...checkNeeds(watch, path, source), ...checkTypes(watch, path, pack, source));
    mistakes.push(...checkFields(watch, path, pack, source), ...checkDeletions(watch, path, pack, source));
  }
  return mistakes;
}

function checkNeeds(watch: PackWatch, path: YamlPath, source: YamlSource): Mistake[] {
  const offset = source.valueOffset([...path, "detector"]);
  const missing = needs[watch.detector].filter((name) => watch[name] === undefined || watch[name].length === 0);
  const mistakes = missing.map((name) => ({ offset, message: `the detector ${watch.detector} needs \`${name}\`` }));
  const looksAt = watch.events !== undefined || watch.deletions !== undefined;
  if (!looksAt) mistakes.push({ offset, message: "a watch needs `events`, or `deletions` for the detector burst" });
  if (watch.deletions !== undefined && watch.detector !== "burst") {
    mistakes.push({ offset, message: `only the detector burst counts \`deletions\`, not ${watch.detector}` });
  }
  return mistakes;
}

function checkTypes(watch: PackWatch, path: YamlPath, pack: PackDefinition, source: YamlSource): Mistake[] {
  const types = [...new Set(pack.rules.map(({ type }) => type))];
  return (["events", "per", "until", "ends"] as const).flatMap((list) =>
    (watch[list] ?? []).flatMap((type, index): Mistake[] => {
      if (types.includes(type)) return [];
      const message = `no rule of this pack gives events of type \`${type}\`${suggestion(type, types)}`;
      return [{ offset: source.valueOffset([...path, list, index]), message }];
    }),
  );
}

function checkFields(watch: PackWatch, path: YamlPath, pack: PackDefinition, source: YamlSource): Mistake[] {
  const rulesOf = (types: readonly string[]) => pack.rules.filter(({ type }) => types.includes(type));
  const rules = rulesOf(watch.events ?? []);
  const fields = [...new Set(rules.flatMap(({ payload }) => Object.keys(payload)))];
  if (rules.length === 0) return [];
  const mistakes: Mistake[] = [];
  const check = (name: string, at: YamlPath, known: readonly string[], isKey = false): void => {
    if (known.includes(name)) return;
    const message = `no event of this watch has \`${name}\` in its payload${suggestion(name, known)}`;
    mistakes.push({ offset: isKey ? source.keyOffset(at) : source.valueOffset(at), message });
  };
  for (const [index, name] of watch.key.entries()) check(name, [...path, "key", index], [...fields, "actor", "entity"]);
  for (const name of ["from", "to"] as const)
    if (watch[name] !== undefined) check(watch[name], [...path, name], fields);
  if (watch.value !== undefined) check(watch.value, [...path, "value"], [...fields, "actor"]);
  for (const name of Object.keys(watch.where)) check(name, [...path, "where", name], fields, true);
  return mistakes;
}

function checkDeletions(watch: PackWatch, path: YamlPath, pack: PackDefinition, source: YamlSource): Mistake[] {
  const tables = Object.keys(pack.entities);
  return (watch.deletions ?? []).flatMap((table, index): Mistake[] => {
    if (tables.includes(table)) return [];
    const message = `table \`${table}\` is not among the entities of this pack${suggestion(table, tables)}`;
    return [{ offset: source.valueOffset([...path, "deletions", index]), message }];
  });
}
