// Stage infer. Takes a pack of the right shape; gives what is wrong between its parts: unknown tables, names used
// twice, expressions, examples.
import { checkExamples } from "./check-examples.ts";
import { checkWatches } from "./check-watches.ts";
import { checkExpression, expressionEnvironment, isGroupName } from "./expression.ts";
import type { ExpressionEnvironment } from "./expression.ts";
import { nameOfPath } from "./rule-path.ts";
import type { PackDefinition, RuleDefinition } from "./rule-schema.ts";
import { suggestion } from "./suggest.ts";
import type { Mistake, YamlPath, YamlSource } from "./yaml-source.ts";

export function checkRules(pack: PackDefinition, source: YamlSource): Mistake[] {
  const mistakes = [...checkMasks(pack, source), ...checkBranch(pack, source)];
  const names = new Set<string>();
  for (const [index, rule] of pack.rules.entries()) {
    const path = ["rules", index];
    if (names.has(rule.name)) {
      mistakes.push({ offset: source.valueOffset([...path, "name"]), message: `two rules are named \`${rule.name}\`` });
    }
    names.add(rule.name);
    mistakes.push(
      ...checkTables(rule, path, pack, source),
      ...checkExpressions(rule, path, source),
      ...checkAmount(rule, path, source),
      ...checkExamples(rule, path, pack, source),
    );
  }
  return [...mistakes, ...checkWatches(pack, source)];
}

/** A masked value is the same text in every row: as an id it would make all rows one entity. */
function checkMasks(pack: PackDefinition, source: YamlSource): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [table, entity] of Object.entries(pack.entities)) {
    for (const [index, column] of (entity.mask ?? []).entries()) {
      if (!entity.id.includes(column) && entity.actor !== column) continue;
      const offset = source.valueOffset(["entities", table, "mask", index]);
      mistakes.push({ offset, message: `\`${column}\` cannot be masked: it is the id or the actor of \`${table}\`` });
    }
  }
  return mistakes;
}

/** Not every event has a place, but a field that none has is a slip of the pen. */
function checkBranch({ branch, rules }: PackDefinition, source: YamlSource): Mistake[] {
  const fields = new Set(rules.flatMap(({ payload }) => Object.keys(payload)));
  if (branch === undefined || rules.length === 0 || fields.has(branch)) return [];
  const message = `no rule has \`${branch}\` in its payload${suggestion(branch, [...fields])}`;
  return [{ offset: source.valueOffset(["branch"]), message }];
}

function checkAmount({ amount, payload }: RuleDefinition, path: YamlPath, source: YamlSource): Mistake[] {
  if (amount === undefined || Object.hasOwn(payload, amount)) return [];
  const message = `the payload has no \`${amount}\`${suggestion(amount, Object.keys(payload))}`;
  return [{ offset: source.valueOffset([...path, "amount"]), message }];
}

interface TableUse {
  path: YamlPath;
  table: string;
  /** Column of this table to column of the triggering row. */
  match: Record<string, string>;
}

function checkTables(rule: RuleDefinition, path: YamlPath, pack: PackDefinition, source: YamlSource): Mistake[] {
  const mistakes: Mistake[] = [];
  const uses: TableUse[] = [{ path: [...path, "on"], table: rule.on.table, match: {} }];
  for (const [name, group] of Object.entries(rule.group)) uses.push({ path: [...path, "group", name], ...group });
  for (const [index, absent] of rule.absent.entries()) {
    uses.push({ path: [...path, "absent", index], table: absent.table, match: absent.match ?? {} });
  }
  for (const [name, preceding] of Object.entries(rule.preceded_by)) {
    uses.push({ path: [...path, "preceded_by", name], ...preceding });
    for (const [index, column] of (preceding.differs ?? []).entries()) {
      if (!isMasked(pack, preceding.table, column) && !isMasked(pack, rule.on.table, column)) continue;
      const offset = source.valueOffset([...path, "preceded_by", name, "differs", index]);
      mistakes.push({ offset, message: `\`${column}\` never differs: a masked column has the same text in every row` });
    }
  }
  for (const use of uses) {
    if (!Object.hasOwn(pack.entities, use.table)) {
      const message = `table \`${use.table}\` is not among the entities of this pack`;
      const near = suggestion(use.table, Object.keys(pack.entities));
      mistakes.push({ offset: source.valueOffset([...use.path, "table"]), message: message + near });
    }
    for (const [column, triggerColumn] of Object.entries(use.match)) {
      if (!isMasked(pack, use.table, column) && !isMasked(pack, rule.on.table, triggerColumn)) continue;
      const offset = source.keyOffset([...use.path, "match", column]);
      mistakes.push({
        offset,
        message: `\`${column}\` cannot be matched: a masked column has the same text in every row`,
      });
    }
  }
  return mistakes;
}

function isMasked(pack: PackDefinition, table: string, column: string): boolean {
  return Object.hasOwn(pack.entities, table) && pack.entities[table]!.mask?.includes(column) === true;
}

function checkExpressions(rule: RuleDefinition, path: YamlPath, source: YamlSource): Mistake[] {
  const mistakes: Mistake[] = [];
  const check = (text: string, at: YamlPath, environment: ExpressionEnvironment, allowed?: readonly string[]): void => {
    const fault = checkExpression(text, environment, allowed);
    if (!fault) return;
    const message = `${nameOfPath(at, source.data)}: ${fault.message}`;
    mistakes.push({ offset: source.textOffset(at, fault.index), message });
  };
  const checkNames = (kind: "group" | "preceded_by", taken: readonly string[]): string[] =>
    Object.keys(rule[kind]).filter((name) => {
      if (isGroupName(name) && !taken.includes(name)) return true;
      const what = kind === "group" ? "a group" : "a preceding change";
      const offset = source.keyOffset([...path, kind, name]);
      const message = `${what} cannot be named \`${name}\`: expressions use that word for something else`;
      mistakes.push({ offset, message });
      return false;
    });
  const groups = checkNames("group", []);
  const all = expressionEnvironment(groups, checkNames("preceded_by", groups));

  const ofRow = expressionEnvironment([]);
  const conditions: [YamlPath, string | undefined][] = [
    [["on"], rule.on.when],
    ...Object.entries(rule.group).map(([name, { when }]): [YamlPath, typeof when] => [["group", name], when]),
    ...rule.absent.map(({ when }, index): [YamlPath, typeof when] => [["absent", index], when]),
    ...Object.entries(rule.preceded_by).map(([name, { when }]): [YamlPath, typeof when] => [
      ["preceded_by", name],
      when,
    ]),
  ];
  for (const [at, when] of conditions) {
    if (when !== undefined) check(when, [...path, ...at, "when"], ofRow, ["bool"]);
  }
  if (rule.occurred_at !== undefined) {
    check(rule.occurred_at, [...path, "occurred_at"], all, ["string", "google.protobuf.Timestamp"]);
  }
  for (const [name, text] of Object.entries(rule.payload)) check(text, [...path, "payload", name], all);
  return mistakes;
}
