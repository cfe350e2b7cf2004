// Stage infer. The schema of a database -> the YAML text of a first rule pack: what its tables seem to be, as a draft that
// passes the check and that a person corrects. The same schema gives the same text.
import { isStatusColumn, type SchemaColumn, type SourceSchema } from "../model/source-schema.ts";
import { createdCandidates, isTelling, looksSecret, toKebab, toSingular, toSnake } from "./draft-names.ts";
import { type DraftEntity, type DraftPart, draftTables } from "./draft-tables.ts";
import { checkExpression, expressionEnvironment, isGroupName } from "./expression.ts";

/** Fields that an event of a draft tells of its row, and of each part. */
const fieldsMax = 6;
const partFieldsMax = 4;

export function draftPack(schema: SourceSchema): string {
  const { entities, leftOut } = draftTables(schema);
  const used = new Set<string>();
  const rules = entities
    .filter(({ partOf }) => partOf === undefined)
    .flatMap((entity) => [createdRule(entity, used), ...statusRules(entity, used)]);
  const lines = [
    `# A first rule pack for database ${plain(schema.database)}, guessed from its schema: a draft. Keep what is true, correct the rest.`,
    "# See what it would tell of the stored history before you use it: auditctl rules replay --rules <this file>",
    "# schema/rules/pharmacy.yaml explains the format in its comments.",
    ...schema.notes.map((note) => `# ${inert(note)}`),
    "",
    `pack: ${plain(toKebab(schema.database))}`,
    "version: 1",
    `database: ${plain(schema.database)}`,
    "",
    "# table: { entity, id, actor, mask }. actor: the column that names the user who made the change. mask: values that are never kept.",
    entities.length === 0 ? "entities: {}" : "entities:",
    ...entities.flatMap(entityLines),
    ...leftOut.map(({ table, why }) => `  # ${plain(table)} ${why}.`),
    "",
    rules.length === 0 ? "rules: []" : "rules:",
    ...rules
      .map((rule) => rule.map((line) => `  ${line}`).join("\n"))
      .flatMap((rule, index) => (index === 0 ? [rule] : ["", rule])),
  ];
  return `${lines.join("\n")}\n`;
}

function entityLines({ table, entity, id, actors, mask, partOf }: DraftEntity): string[] {
  const [actor, ...others] = actors;
  const parts = [
    `entity: ${plain(entity)}`,
    `id: ${list(id)}`,
    ...(actor === undefined ? [] : [`actor: ${plain(actor)}`]),
    ...(mask.length === 0 ? [] : [`mask: ${list(mask)}`]),
  ];
  const notes = [
    ...(partOf === undefined ? [] : [`part of ${plain(partOf)}`]),
    ...(others.length === 0 ? [] : [`or is the actor in ${others.map(plain).join(", ")}?`]),
  ];
  return [`  ${plain(table.name)}: { ${parts.join(", ")} }${notes.length === 0 ? "" : ` # ${notes.join("; ")}`}`];
}

/** A new row, with the parts that were written with it. */
function createdRule({ table, entity, id, mask, parts }: DraftEntity, used: Set<string>): string[] {
  const groups = nameGroups(entity, parts);
  const [occurredAt, ...others] = createdCandidates(table.columns, entity);
  const environment = expressionEnvironment([...groups.keys()]);
  const columns = tellingColumns(table.columns, [...id, ...mask], fieldsMax);
  const fields: [string, string][] = columns.map(({ name }) => [toSnake(name), `after.${name}`]);
  for (const [group, { table: part, key }] of groups) {
    const of = tellingColumns(part.columns, key.columns, partFieldsMax).filter(({ name }) => isIdentifier(name));
    if (of.length === 0) continue;
    const pairs = of.map(({ name }) => `${JSON.stringify(toSnake(name))}: row.after.${name}`);
    fields.push([group, `${group}.map(row, {${pairs.join(", ")}})`]);
  }
  const time =
    occurredAt === undefined || !isIdentifier(occurredAt)
      ? []
      : [
          `occurred_at: ${text(`after.${occurredAt}`)}${others.length === 0 ? "" : ` # or ${others.map(plain).join(", ")}?`}`,
        ];
  return [
    ...ruleHead(
      used,
      entity,
      "created",
      `A new ${entity.replaceAll("_", " ")}${groups.size === 0 ? "" : ", with what was written with it"}.`,
    ),
    `  on: { table: ${plain(table.name)}, operation: insert }`,
    ...(groups.size === 0 ? [] : ["  group:"]),
    ...[...groups].map(([group, { table: part, key }]) => {
      const match = key.columns.map(
        (column, index) => `${plain(column)}: ${plain(key.referencedColumns[index] ?? "")}`,
      );
      return `    ${group}: { table: ${plain(part.name)}, operation: insert, match: { ${match.join(", ")} } } # min: 1 where one must be there`;
    }),
    ...time.map((line) => `  ${line}`),
    "  confidence: 0.8",
    ...payloadLines(fields.filter(([, expression]) => checkExpression(expression, environment) === undefined)),
  ];
}

/** A rule for each value that a status may take; where the values are not known, one for any change of it. */
function statusRules({ table, entity, mask }: DraftEntity, used: Set<string>): string[][] {
  const columns = table.columns.filter(
    (column) => isStatusColumn(column) && isIdentifier(column.name) && !mask.includes(column.name),
  );
  return columns.flatMap(({ name, values }) => {
    const on = `table: ${plain(table.name)}, operation: update, changed: ${list([name])}`;
    const was: [string, string] = [`old_${toSnake(name)}`, `before.${name}`];
    if (values === null || values.length === 0) {
      const words = `Another ${name} of the ${entity.replaceAll("_", " ")}; give each value that matters a rule of its own.`;
      const payload = payloadLines([was, [`new_${toSnake(name)}`, `after.${name}`]]);
      return [
        [
          ...ruleHead(used, entity, `${toSnake(name)}_changed`, words),
          `  on: { ${on} }`,
          "  confidence: 0.9",
          ...payload,
        ],
      ];
    }
    return values.map((value) => [
      ...ruleHead(
        used,
        entity,
        toSnake(/^[a-z]/i.test(value) ? value : `${name}_${value}`),
        `${name} became ${value}.`,
      ),
      "  on:",
      `    ${on.replaceAll(/, (operation|changed)/g, "\n      $1")}`,
      `    when: ${text(`after.${name} == ${JSON.stringify(value)}`)}`,
      "  confidence: 0.9",
      ...payloadLines([was]),
    ]);
  });
}

/** Name, version, type and description; each name once in the pack. */
function ruleHead(used: Set<string>, entity: string, what: string, description: string): string[] {
  let event = what;
  for (let number = 2; used.has(`${entity}.${event}`); number += 1) event = `${what}_${number}`;
  used.add(`${entity}.${event}`);
  return [
    `- name: ${toKebab(`${entity}_${event}`)}`,
    "  version: 1",
    `  type: ${entity}.${event}`,
    `  description: ${text(description)}`,
  ];
}

function payloadLines(fields: readonly (readonly [string, string])[]): string[] {
  const unique = [...new Map(fields).entries()];
  if (unique.length === 0) return [];
  return ["  payload:", ...unique.map(([name, expression]) => `    ${name}: ${text(expression)}`)];
}

/** `items` for sales_items of sales; its whole name where that is a word of expressions, or taken. */
function nameGroups(entity: string, parts: readonly DraftPart[]): Map<string, DraftPart> {
  const groups = new Map<string, DraftPart>();
  for (const part of parts) {
    const snake = toSnake(part.table.name);
    const prefix = [`${toSnake(part.key.referencedTable)}_`, `${toSingular(entity)}_`].find((each) =>
      snake.startsWith(each),
    );
    const names = [snake.slice(prefix?.length ?? 0), snake, `${snake}_rows`];
    const free = names.find((name) => /^[a-z]/.test(name) && isGroupName(name) && name !== "row" && !groups.has(name));
    if (free !== undefined) groups.set(free, part);
  }
  return groups;
}

function tellingColumns(columns: readonly SchemaColumn[], without: readonly string[], max: number): SchemaColumn[] {
  return columns
    .filter(
      (column) =>
        isTelling(column) && !looksSecret(column) && !without.includes(column.name) && isIdentifier(column.name),
    )
    .slice(0, max);
}

/** What may stand behind a dot in an expression. */
function isIdentifier(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && checkExpression(`after.${name}`, expressionEnvironment([])) === undefined;
}

const yamlWords = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** A name as YAML: quoted where YAML would read something else. */
function plain(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) && !yamlWords.test(name) ? name : JSON.stringify(name);
}

function list(names: readonly string[]): string {
  return `[${names.map(plain).join(", ")}]`;
}

/** Text as YAML. JSON's quotes are YAML's; plain where it is only words and dots. */
function text(value: string): string {
  if (/^[A-Za-z][\w. ]*$/.test(value) && !yamlWords.test(value)) return value;
  return /^[\u0020-\u007e]*$/.test(value) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

/** On one line of a comment. */
function inert(note: string): string {
  return note.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
}
