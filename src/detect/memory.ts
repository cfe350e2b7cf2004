// detect: what one watch remembers, as rows of plain JSON. Only rows that changed are given out; the oldest are forgotten.
import type { JsonObject } from "../lib/canonical-json.ts";

/** `seen`: application time in milliseconds, when it was last of use. */
export type Remembered = { seen: number };

/** Rows of one kind. A state is changed in place and put again. */
export interface Rows<State extends Remembered> {
  get(key: string): State | undefined;
  put(key: string, state: State): void;
  drop(key: string): void;
  /** In the order of the keys: what is computed over them does not depend on how they were loaded. */
  entries(): [key: string, state: State][];
  readonly size: number;
}

export interface Memory {
  /** @param kind a word of its own for these rows, which begins their key @param rowsMax the least seen are forgotten beyond it */
  rows<State extends Remembered>(kind: string, rowsMax?: number): Rows<State>;
  load(key: string, state: JsonObject): void;
  /** Changed since the last call, null for forgotten ones. They are live: to be written before anything else is observed. */
  takeChanged(): { key: string; state: JsonObject | null }[];
}

export function createMemory(): Memory {
  const kinds = new Map<string, Map<string, Remembered>>();
  /** Of each kind: joining kind and key for each event cost more than the rest of it. */
  const changed = new Map<string, Set<string>>();
  const ofKind = (kind: string): Map<string, Remembered> => {
    const known = kinds.get(kind) ?? new Map<string, Remembered>();
    kinds.set(kind, known);
    return known;
  };
  return {
    rows<State extends Remembered>(kind: string, rowsMax = 5_000): Rows<State> {
      const rows = ofKind(kind) as Map<string, State>;
      const changedRows = changed.get(kind) ?? new Set<string>();
      changed.set(kind, changedRows);
      const drop = (key: string): void => {
        if (rows.delete(key)) changedRows.add(key);
      };
      return {
        get: (key) => rows.get(key),
        put(key, state) {
          rows.set(key, state);
          changedRows.add(key);
          if (rows.size > rowsMax) for (const old of leastSeen(rows, Math.ceil(rowsMax / 20))) drop(old);
        },
        drop,
        entries: () => [...rows].sort(([a], [b]) => (a < b ? -1 : 1)),
        get size() {
          return rows.size;
        },
      };
    },
    load(key, state) {
      const cut = key.indexOf("|");
      ofKind(key.slice(0, cut)).set(key.slice(cut + 1), state as unknown as Remembered);
    },
    takeChanged() {
      const taken = [...changed].flatMap(([kind, keys]) =>
        [...keys].map((key) => {
          const state = kinds.get(kind)?.get(key) ?? null;
          return { key: `${kind}|${key}`, state };
        }),
      );
      for (const keys of changed.values()) keys.clear();
      return taken;
    },
  };
}

/** A part of them at once, so that one too many does not cost a look at all of them each time. */
function leastSeen(rows: ReadonlyMap<string, Remembered>, count: number): string[] {
  return [...rows]
    .sort(([a, one], [b, other]) => one.seen - other.seen || (a < b ? -1 : 1))
    .slice(0, count)
    .map(([key]) => key);
}
