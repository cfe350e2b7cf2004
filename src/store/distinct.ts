// store: the distinct values of an index's first columns, by one probe for each instead of one step for each row.
import type Database from "better-sqlite3";

/** More than these are not listed: the caller does without. */
export const distinctMax = 300;

/** New rows since the last time that are looked at one by one; for more the index is probed again. */
const newRowsMax = 2_000;

/** Of a table that only grows; undefined when there are more than `distinctMax`. @param columns the first ones of an index, texts, none of them null */
export function prepareDistinct<Row extends Record<string, string>>(
  db: Database.Database,
  table: string,
  columns: readonly (keyof Row & string)[],
): () => Row[] | undefined {
  // A comparison of several columns at once would walk over all rows that are equal in the first.
  const probes = columns.map((column, depth) => {
    const equal = columns.slice(0, depth).map((name) => `${name} = ? AND `);
    return {
      column,
      first: db
        .prepare<string[], string | null>(`SELECT min(${column}) FROM ${table} WHERE ${equal.join("")} true`)
        .pluck(),
      next: db
        .prepare<string[], string | null>(`SELECT min(${column}) FROM ${table} WHERE ${equal.join("")} ${column} > ?`)
        .pluck(),
    };
  });
  const newest = db.prepare<[], number>(`SELECT coalesce(max(rowid), 0) FROM ${table}`).pluck();
  const later = db
    .prepare<[after: number], string[]>(
      `SELECT DISTINCT ${columns.join(", ")} FROM ${table} NOT INDEXED WHERE rowid > ?`,
    )
    .raw();
  const probeAll = (): string[][] => {
    const rows: string[][] = [];
    const descend = (known: readonly string[]): void => {
      const probe = probes[known.length];
      if (probe === undefined) {
        rows.push([...known]);
        return;
      }
      for (
        let value = probe.first.get(...known) ?? null;
        value !== null && rows.length <= distinctMax;
        value = probe.next.get(...known, value) ?? null
      )
        descend([...known, value]);
    };
    descend([]);
    return rows;
  };
  let known: { rows: Map<string, string[]>; last: number } | undefined;
  return () => {
    const last = newest.get() ?? 0;
    const isNear = known !== undefined && last >= known.last && last - known.last <= newRowsMax;
    const rows = new Map(isNear ? known?.rows : []);
    for (const values of isNear ? later.all(known!.last) : probeAll()) rows.set(JSON.stringify(values), values);
    known = { rows, last };
    if (rows.size > distinctMax) return undefined;
    return [...rows.values()].map(
      (values) => Object.fromEntries(values.map((value, index) => [columns[index], value])) as Row,
    );
  };
}
