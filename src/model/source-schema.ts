// What the server says of the tables of one database, for a first rule pack.

export interface SchemaColumn {
  name: string;
  /** For example `varchar`, in lower case. */
  dataType: string;
  /** For example `enum('OPEN','PAID')`. */
  columnType: string;
  /** Of a column that looks like a status: the values that are there, sorted; null where they were not or could not be read. */
  values: string[] | null;
}

export interface SchemaForeignKey {
  columns: string[];
  /** A table of the same database. */
  referencedTable: string;
  referencedColumns: string[];
}

export interface SchemaTable {
  name: string;
  columns: SchemaColumn[];
  /** Columns in the key's order; empty where the table has none. */
  primaryKey: string[];
  foreignKeys: SchemaForeignKey[];
}

export interface SourceSchema {
  database: string;
  tables: SchemaTable[];
  /** What could not be looked at, as whole sentences. */
  notes: string[];
}

/** Names of columns whose few values are what becomes of a thing. */
const statusName = /(^|_)(status|state|stage|phase)$/i;
const textTypes = new Set(["enum", "char", "varchar"]);

export function isStatusColumn({ name, dataType }: Pick<SchemaColumn, "name" | "dataType">): boolean {
  return textTypes.has(dataType) && statusName.test(name);
}
