// store: a page of rows, newest first, from several sequences that an index gives in order. Pure, and bounded: a filter that
// finds little ends the page where its budget of rows ends, and the next page goes on from there.
import type { Place } from "./cursor.ts";
import type { TakenRows } from "./take-rows.ts";

/** Rows from `first` on and before `below`. */
export interface Span {
  first: Place;
  below: Place;
}

export interface Placed {
  place: Place;
}

export interface Sequence<Row extends Placed> {
  /** The newest rows that pass, at most `limit`, of the newest `budget` rows; cut where they are too long, but never before the first. */
  read(span: Span, limit: number, budget: number): TakenRows<Row>;
  /** Place of the last of the newest `budget` rows; undefined when there are fewer. */
  edge(span: Span, budget: number): Place | undefined;
}

export interface NewestPage<Row> {
  rows: Row[];
  /** The next page has what is before this place; null: there is no more. */
  next: Place | null;
}

export function comparePlaces(a: Place, b: Place): number {
  return a.entry - b.entry || a.id - b.id;
}

/** @param budget rows to look at, shared by the sequences */
export function readNewest<Row extends Placed>(
  sequences: readonly Sequence<Row>[],
  span: Span,
  limit: number,
  budget: number,
): NewestPage<Row> {
  const share = Math.max(limit + 1, Math.ceil(budget / Math.max(1, sequences.length)));
  const found: Row[] = [];
  // Nothing is known of what is before it.
  let floor: Place | null = null;
  for (const sequence of sequences) {
    const { rows, cut } = sequence.read(span, limit + 1, share);
    for (const row of rows) found.push(row);
    if (rows.length > limit) continue;
    const edge = cut ? rows.at(-1)?.place : sequence.edge(span, share);
    if (edge !== undefined && (floor === null || comparePlaces(edge, floor) > 0)) floor = edge;
  }
  const known = found
    .filter(({ place }) => floor === null || comparePlaces(place, floor) >= 0)
    .sort((a, b) => comparePlaces(b.place, a.place));
  const rows = known.slice(0, limit);
  return { rows, next: known.length > limit ? rows.at(-1)!.place : floor };
}
