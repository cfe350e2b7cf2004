// Stage infer. The tables of a database -> what a first rule pack makes of each: an entity, a part of another one, or nothing.
import type { SchemaForeignKey, SchemaTable, SourceSchema } from "../model/source-schema.ts";
import { actorCandidates, looksSecret, looksTechnical, toSingular, toSnake } from "./draft-names.ts";

/** A table whose rows are parts of the rows of another: the lines of an order. */
export interface DraftPart {
  table: SchemaTable;
  key: SchemaForeignKey;
}

export interface DraftEntity {
  table: SchemaTable;
  entity: string;
  id: readonly string[];
  /** Columns that may name the user, the likeliest first. */
  actors: readonly string[];
  mask: readonly string[];
  /** Of a part: the table that it is part of. */
  partOf: string | undefined;
  parts: readonly DraftPart[];
}

export interface DraftTables {
  entities: DraftEntity[];
  /** Table and why no entity is made of it. */
  leftOut: { table: string; why: string }[];
}

export function draftTables({ tables }: SourceSchema): DraftTables {
  const leftOut: DraftTables["leftOut"] = [];
  const kept: SchemaTable[] = [];
  for (const table of tables) {
    const why = reasonToLeaveOut(table);
    if (why === undefined) kept.push(table);
    else leftOut.push({ table: table.name, why });
  }
  const byName = new Map(kept.map((table) => [table.name, table]));
  const keyOf = new Map(kept.map((table) => [table.name, keyToWhole(table, byName)]));
  // What is part of a part is a thing of its own: its key says nothing of the whole.
  const partKeyOf = (name: string): SchemaForeignKey | undefined => {
    const key = keyOf.get(name);
    return key !== undefined && keyOf.get(key.referencedTable) === undefined ? key : undefined;
  };
  const names = nameEntities(kept.filter(({ name }) => partKeyOf(name) === undefined));
  const entities = kept.map((table): DraftEntity => {
    const key = partKeyOf(table.name);
    const id = key?.columns ?? table.primaryKey;
    const fixed = new Set([...id, ...table.primaryKey, ...table.foreignKeys.flatMap(({ columns }) => columns)]);
    const own = new Set([...id, ...table.primaryKey]);
    const parts = kept.flatMap((part) => {
      const toUs = partKeyOf(part.name);
      return toUs?.referencedTable === table.name ? [{ table: part, key: toUs }] : [];
    });
    const actors = actorCandidates(table.columns.filter(({ name }) => !own.has(name)));
    return {
      table,
      entity: names.get(key?.referencedTable ?? table.name) ?? toSnake(table.name),
      id,
      actors,
      mask: table.columns
        .filter((column) => looksSecret(column) && !fixed.has(column.name) && !actors.includes(column.name))
        .map(({ name }) => name),
      partOf: key?.referencedTable,
      parts,
    };
  });
  return { entities, leftOut };
}

function reasonToLeaveOut({ name, primaryKey }: SchemaTable): string | undefined {
  if (looksTechnical(name)) return "looks like machinery of the application";
  return primaryKey.length === 0 ? "has no primary key, so nothing tells its rows apart" : undefined;
}

/** The foreign key that makes its rows parts of another table's, if there is one. */
function keyToWhole(table: SchemaTable, byName: ReadonlyMap<string, SchemaTable>): SchemaForeignKey | undefined {
  const candidates = table.foreignKeys.filter(({ referencedTable, referencedColumns }) => {
    const whole = byName.get(referencedTable);
    return whole !== undefined && whole !== table && sameColumns(referencedColumns, whole.primaryKey);
  });
  const own = toSnake(table.name);
  // order_lines of orders by their names; else by a key that begins with that of the whole.
  const byPrefix = candidates.find(({ referencedTable }) => {
    const whole = toSnake(referencedTable);
    return own.startsWith(`${whole}_`) || own.startsWith(`${toSingular(whole)}_`);
  });
  const byKey = candidates.find(
    ({ columns }) =>
      columns.length < table.primaryKey.length && columns.every((column, index) => table.primaryKey[index] === column),
  );
  return byPrefix ?? byKey;
}

function sameColumns(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((column, index) => column === other[index]);
}

/** Each table its own word: the singular where it is free. */
function nameEntities(tables: readonly SchemaTable[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name } of tables) {
    const snake = toSnake(name);
    let entity = [toSingular(snake), snake].find((candidate) => !taken.has(candidate)) ?? snake;
    for (let number = 2; taken.has(entity); number += 1) entity = `${snake}_${number}`;
    taken.add(entity);
    names.set(name, entity);
  }
  return names;
}
