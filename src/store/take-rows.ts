// store: rows of a query, until they hold more text than an answer should. A page of the longest rows that MySQL can have would
// otherwise be gigabytes before anybody could say that it is too large.

/** Characters of the rows of one page. The JSON of an answer is about as long as its rows. */
export const pageCharactersMax = 32 * 1024 * 1024;

export interface TakenRows<Row> {
  rows: Row[];
  /** There may be more. */
  cut: boolean;
}

/** At least one, where there is one. */
export function takeRows<Row extends object>(found: Iterable<Row>, charactersMax: number): TakenRows<Row> {
  const rows: Row[] = [];
  let left = charactersMax;
  for (const row of found) {
    rows.push(row);
    for (const value of Object.values(row)) if (typeof value === "string") left -= value.length;
    if (left < 0) return { rows, cut: true };
  }
  return { rows, cut: false };
}
