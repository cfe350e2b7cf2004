// Stage infer. Takes the entities of all packs; gives the one mapping from table to entity that normalize/ reads.
import type { EntityMapping, TableMapping } from "../model/entity-mapping.ts";
import { invalidRules } from "./rule-pack.ts";
import type { RulePack } from "./rule-pack.ts";

interface MappedTable {
  pack: RulePack;
  mapping: TableMapping;
}

/** @throws AppError `rules.invalid` when two packs map a table of the same database, or have the same name */
export function compileMapping(packs: readonly RulePack[]): EntityMapping {
  const tables = new Map<string, MappedTable[]>();
  const names = new Map<string, RulePack>();
  const details: string[] = [];
  for (const pack of packs) {
    const namesake = names.get(pack.pack);
    if (namesake) details.push(`${pack.at.pack}: a pack named \`${pack.pack}\` is already at ${namesake.at.pack}`);
    else names.set(pack.pack, pack);
    for (const [table, entity] of Object.entries(pack.entities)) {
      const sameName = tables.get(table) ?? [];
      const other = sameName.find((mapped) => overlap(mapped.pack.database, pack.database));
      if (other)
        details.push(
          `${pack.at.tables[table]}: table \`${table}\` is already mapped at ${other.pack.at.tables[table]}`,
        );
      const mapping: TableMapping = {
        entity_type: entity.entity,
        id_columns: entity.id,
        actor_column: entity.actor,
        mask_columns: entity.mask ?? [],
      };
      tables.set(table, [...sameName, { pack, mapping }]);
    }
  }
  if (details.length > 0) throw invalidRules(details);
  return (database, table) => tables.get(table)?.find(({ pack }) => overlap(pack.database, database))?.mapping;
}

/** A pack without a database applies to every one. */
function overlap(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
