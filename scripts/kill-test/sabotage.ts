// Takes a trail as it was read, gives a copy with one fault in it: a test whose comparison cannot fail proves nothing.
import type { StoredChange, Trail } from "./compare.ts";

export const sabotages = ["missing", "duplicate", "extra", "order"] as const;
export type Sabotage = (typeof sabotages)[number];

/** Needs a trail with at least one row that was changed twice. */
export function sabotageTrail(trail: Trail, sabotage: Sabotage): Trail {
  const changes = [...trail.changes];
  const middle = Math.floor(changes.length / 2);
  const victim = changes[middle] as StoredChange;
  switch (sabotage) {
    case "missing":
      changes.splice(middle, 1);
      break;
    case "duplicate":
      // As a redelivered transaction would leave it: the same change under a transaction of its own.
      changes.splice(middle, 0, { ...victim, transactionId: `${victim.transactionId} again` });
      break;
    case "extra":
      changes.splice(middle, 0, { ...victim, transactionId: "invented", identity: `${victim.identity} invented` });
      break;
    case "order":
      swapTwoOfOneRow(changes);
      break;
  }
  return { ...trail, changes };
}

function swapTwoOfOneRow(changes: StoredChange[]): void {
  const seen = new Map<string, number>();
  for (const [index, change] of changes.entries()) {
    const row = `${change.table} ${change.key}`;
    const earlier = seen.get(row);
    if (earlier !== undefined) {
      // Each keeps its place in its transaction; only what is said there is exchanged.
      const first = changes[earlier] as StoredChange;
      changes[earlier] = { ...first, identity: change.identity };
      changes[index] = { ...change, identity: first.identity };
      return;
    }
    seen.set(row, index);
  }
  throw new Error("no row was changed twice, so there is no order to spoil");
}
