// store: the distinct values of an index's first columns, by one probe for each instead of one step for each row.
import type Database from "better-sqlite3";

/** More than these are not listed: the caller does without. */
export const distinctMax = 300;

/** In order; undefined when there are more than `distinctMax`. @param columns the first ones of an index, none of them null */
export function prepareDistinct<Row extends Record<string, string>>(
  db: Database.Database,
  table: string,
  columns: readonly (keyof Row & string)[],
): () => Row[] | undefined {
  const list = columns.join(", ");
  const first = db.prepare<[], Row>(`SELECT ${list} FROM ${table} ORDER BY ${list} LIMIT 1`);
  const next = db.prepare<[Row], Row>(
    `SELECT ${list} FROM ${table} WHERE (${list}) > (${columns.map((column) => `@${column}`).join(", ")})
     ORDER BY ${list} LIMIT 1`,
  );
  return () => {
    const rows: Row[] = [];
    for (let row = first.get(); row !== undefined; row = next.get(row)) {
      if (rows.length === distinctMax) return undefined;
      rows.push(row);
    }
    return rows;
  };
}
