// Which entity a table's rows belong to; written in rule packs, read by normalize/.

export interface TableMapping {
  entity_type: string;
  /** Columns whose values, joined with "/", are the entity's id. */
  id_columns: readonly string[];
  /** Column that names the application's user who made the change. */
  actor_column?: string | undefined;
  /** Columns whose values are never kept: "[REDACTED]" is stored in their place. */
  mask_columns: readonly string[];
}

/** The mapping of a table, or undefined when no pack knows it. */
export type EntityMapping = (database: string, table: string) => TableMapping | undefined;

export const noMapping: EntityMapping = () => undefined;
