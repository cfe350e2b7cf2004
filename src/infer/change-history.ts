// Stage infer. Keeps what rules with `preceded_by` may look back at: the changes of earlier transactions that fit, for as
// long as they count. Kept in memory, with an end; the pipeline fills it again from the ledger at each start.
import { isDeepStrictEqual } from "node:util";
import type { RuleReference } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import { keyOf, type Selector } from "./change-lookup.ts";

/** Which changes may precede, by `match` columns as in a group. */
export interface PrecedingSelector extends Selector {
  name: string;
  rule: RuleReference;
  /** Undefined: any database. */
  database: string | undefined;
  /** Columns that both rows must have, and not with the same value. */
  differs: readonly string[];
  withinMs: number;
}

export interface ChangeHistory {
  /** The newest change that fits, is not among `chosen`, and on which no event of the rule rests yet. */
  newestUnused(
    selector: PrecedingSelector,
    trigger: ChangeEvent,
    chosen: readonly ChangeEvent[],
  ): ChangeEvent | undefined;
  /** An event of the rule rests on the change: no other one may. */
  use(rule: Pick<RuleReference, "pack" | "name">, eventId: string): void;
  /** The changes of one transaction, after the rules have seen it; transactions in their order. */
  add(events: readonly ChangeEvent[]): void;
}

/** The newest changes that are kept of one selector, used ones too, so that a start fills in the same ones. */
export const keptMax = 20_000;

/** Commit times are nearly, not always, in the order of the log: what is this much too old is still kept. */
export const clockSlackMs = 3_600_000;

/** What fits one selector. */
interface Window {
  selector: PrecedingSelector;
  /** Event ids that events of the selector's rule rest on; its selectors share them. */
  used: Set<string>;
  /** By event id, oldest first. */
  kept: Map<string, ChangeEvent>;
  /** The unused ones by their match columns, oldest first. */
  unused: Map<string, ChangeEvent[]>;
}

/** @param onDropped told of each change that had to go before its time, because there are more than `keptMax` */
export function createChangeHistory(
  selectors: readonly PrecedingSelector[],
  onDropped: (selector: PrecedingSelector) => void = () => undefined,
): ChangeHistory {
  const windows = new Map<PrecedingSelector, Window>();
  const usedByRule = new Map<string, Set<string>>();
  for (const selector of selectors) {
    const used = usedByRule.get(ruleKey(selector.rule)) ?? new Set();
    usedByRule.set(ruleKey(selector.rule), used);
    windows.set(selector, { selector, used, kept: new Map(), unused: new Map() });
  }
  const windowsOfTable = Map.groupBy(windows.values(), ({ selector }) => selector.table);
  return {
    newestUnused(selector, trigger, chosen) {
      const key = keyOf(trigger, selector.triggerColumns);
      const candidates = key === null ? undefined : windows.get(selector)?.unused.get(key);
      return candidates?.findLast((event) => fits(event, trigger, selector) && !chosen.includes(event));
    },
    use(rule, eventId) {
      const used = usedByRule.get(ruleKey(rule));
      if (used === undefined) return;
      used.add(eventId);
      for (const window of windows.values()) if (window.used === used) removeUnused(window, eventId);
    },
    add(events) {
      for (const event of events) {
        for (const window of windowsOfTable.get(event.source_table) ?? []) {
          if (!keep(window, event)) continue;
          dropOld(window, Date.parse(event.timestamp));
          if (window.kept.size <= keptMax) continue;
          dropOldest(window);
          onDropped(window.selector);
        }
      }
    },
  };
}

/** No earlier changes: what rules with `preceded_by` see when nobody keeps any. */
export const noHistory: ChangeHistory = createChangeHistory([]);

function ruleKey({ pack, name }: Pick<RuleReference, "pack" | "name">): string {
  return `${pack}/${name}`;
}

function fits(event: ChangeEvent, trigger: ChangeEvent, { withinMs, differs }: PrecedingSelector): boolean {
  if (Date.parse(trigger.timestamp) - Date.parse(event.timestamp) > withinMs) return false;
  return differs.every((column) => {
    const [one, other] = [event, trigger].map(({ before, after }) => (after ?? before)?.[column] ?? null);
    return one !== null && other !== null && !isDeepStrictEqual(one, other);
  });
}

function keep({ selector, used, kept, unused }: Window, event: ChangeEvent): boolean {
  if (!selector.operations.has(event.operation)) return false;
  if (selector.database !== undefined && selector.database !== event.source_db) return false;
  const key = keyOf(event, selector.columns);
  if (key === null || kept.has(event.event_id) || !selector.holds(event)) return false;
  kept.set(event.event_id, event);
  if (used.has(event.event_id)) return true;
  const sameKey = unused.get(key);
  if (sameKey) sameKey.push(event);
  else unused.set(key, [event]);
  return true;
}

function dropOld(window: Window, nowMs: number): void {
  const oldestMs = nowMs - window.selector.withinMs - clockSlackMs;
  for (const event of window.kept.values()) {
    if (Date.parse(event.timestamp) >= oldestMs) return;
    dropOldest(window);
  }
}

function dropOldest(window: Window): void {
  const [eventId] = window.kept.keys();
  if (eventId === undefined) return;
  removeUnused(window, eventId);
  window.kept.delete(eventId);
}

function removeUnused({ selector, kept, unused }: Window, eventId: string): void {
  const event = kept.get(eventId);
  const key = event && keyOf(event, selector.columns);
  const sameKey = typeof key === "string" ? unused.get(key) : undefined;
  const index = sameKey?.findIndex((other) => other.event_id === eventId) ?? -1;
  if (typeof key !== "string" || sameKey === undefined || index === -1) return;
  if (sameKey.length === 1) unused.delete(key);
  else sameKey.splice(index, 1);
}
