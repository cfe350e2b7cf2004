// Stage infer. Takes the changes of one transaction; finds those of a table and operation that belong to a triggering
// change.
import { canonicalJson } from "../lib/canonical-json.ts";
import type { JsonValue } from "../lib/canonical-json.ts";
import type { ChangeEvent, Operation } from "../model/change-event.ts";

/** Which changes of a transaction are meant, and by which columns they belong to the triggering one. */
export interface Selector {
  table: string;
  operations: ReadonlySet<Operation>;
  /**
   * Columns of the selected change, and in the same order the columns of the triggering one. Empty: every change
   * belongs.
   */
  columns: readonly string[];
  triggerColumns: readonly string[];
  /** What the change itself must fulfil. */
  holds: (event: ChangeEvent) => boolean;
}

export interface ChangeLookup {
  /** In the order of the transaction, and of the trigger's database only. May contain the trigger itself. */
  find(selector: Selector, trigger: ChangeEvent): readonly ChangeEvent[];
  /** The same without the trigger, to keep; undefined once this selector has given out more than `takenMax`. */
  take(selector: Selector, trigger: ChangeEvent): readonly ChangeEvent[] | undefined;
}

/**
 * A change belongs to one trigger in a sensible rule, but two bulk changes matched by a column of few values multiply:
 * 100 000 by 100 000 would take the process down. So each selector may give out every change of the transaction once,
 * and this many more.
 */
const takenMax = 1_000_000;

/**
 * Each selector reads the transaction once, however many changes trigger: 100 000 sales and their items cost no more
 * than a pass.
 */
export function createChangeLookup(events: readonly ChangeEvent[]): ChangeLookup {
  const indexes = new Map<Selector, ChangeIndex>();
  const find = (selector: Selector, trigger: ChangeEvent): readonly ChangeEvent[] => {
    let index = indexes.get(selector);
    if (!index) indexes.set(selector, (index = indexChanges(events, selector)));
    const key = keyOf(trigger, selector.triggerColumns);
    return (key !== null && index.byKey.get(key)) || [];
  };
  return {
    find,
    take(selector, trigger) {
      const found = find(selector, trigger);
      const index = indexes.get(selector)!;
      index.taken += found.length;
      if (index.taken > events.length + takenMax) return undefined;
      return selector.table === trigger.source_table ? found.filter((event) => event !== trigger) : found;
    },
  };
}

interface ChangeIndex {
  byKey: Map<string, ChangeEvent[]>;
  taken: number;
}

function indexChanges(events: readonly ChangeEvent[], selector: Selector): ChangeIndex {
  const byKey = new Map<string, ChangeEvent[]>();
  for (const event of events) {
    if (event.source_table !== selector.table || !selector.operations.has(event.operation)) continue;
    const key = keyOf(event, selector.columns);
    if (key === null || !selector.holds(event)) continue;
    const sameKey = byKey.get(key);
    if (sameKey) sameKey.push(event);
    else byKey.set(key, [event]);
  }
  return { byKey, taken: 0 };
}

/** Null when a column is NULL or absent: as in SQL, NULL equals nothing, so such a row belongs to no other. */
export function keyOf(event: ChangeEvent, columns: readonly string[]): string | null {
  const image = event.after ?? event.before;
  const values: JsonValue[] = [event.source_db];
  for (const column of columns) {
    const value = image?.[column] ?? null;
    if (value === null) return null;
    values.push(value);
  }
  return canonicalJson(values);
}
