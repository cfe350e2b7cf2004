// Hand-made transactions for detection, and what it makes of them.
import { createDetection } from "../../src/detect/detection.ts";
import { toTimestamp } from "../../src/lib/clock.ts";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import type { Anomaly } from "../../src/model/answer-schema.ts";
import type { Actor } from "../../src/model/change-event.ts";
import type {
  DetectionSettings,
  DetectorState,
  ObservedDeletion,
  ObservedTransaction,
  WatchDefinition,
} from "../../src/model/detection.ts";

export const defaultSettings: DetectionSettings = { z: 3, factor: 2, days: 28, businessHours: undefined };

/** A Monday, at midnight. */
export const monday = Date.parse("2026-01-05T00:00:00Z");
export const hour = 3_600_000;
export const day = 24 * hour;

export function watchOf(given: Partial<WatchDefinition> & Pick<WatchDefinition, "detector">): WatchDefinition {
  const lists = { events: ["thing.done"], deletions: [], key: [], per: [], until: [], ends: [] };
  return { name: "odd-thing", where: {}, direction: "both", against: "peers", ...lists, ...given };
}

export interface Happening {
  at: number;
  type?: string;
  entity?: string;
  by?: string | null;
  grade?: Actor["grade"];
  payload?: JsonObject;
  changes?: string[];
  deletions?: ObservedDeletion[];
  /** Time of the business, where it is not that of the commit. */
  own?: number;
}

/** One transaction for each, in the order of time. */
export function transactionsOf(happenings: readonly Happening[]): ObservedTransaction[] {
  return happenings
    .toSorted((a, b) => a.at - b.at)
    .map((one, index): ObservedTransaction => {
      const { at, type = "thing.done", entity = `e${index}`, by = "7", grade = "column", payload = {}, own } = one;
      const timestamp = toTimestamp(at);
      const event = {
        business_event_id: `event-${index}`,
        type,
        entity_type: "thing",
        entity_id: entity,
        occurred_at: own === undefined ? timestamp : toTimestamp(own),
        timestamp,
        payload,
        actor: { id: by, kind: by === null ? ("unknown" as const) : ("app_user" as const), grade },
        change_event_ids: one.changes ?? [`change-${index}`],
      };
      const events = one.deletions === undefined ? [event] : [];
      return { entry_id: index + 1, timestamp, transaction_id: `t:${index}`, events, deletions: one.deletions ?? [] };
    });
}

export interface LookOptions {
  settings?: Partial<DetectionSettings>;
  zone?: string;
  /** Before each of these transactions it is stopped, and goes on from what it gave out, as JSON. */
  cuts?: ReadonlySet<number>;
  onFinding?: (anomaly: Anomaly, mark: (anomaly: Anomaly, state: Anomaly["state"]) => void) => void;
}

/** What is known at the end of each anomaly, in the order in which they were found. */
export function look(
  watches: readonly WatchDefinition[],
  transactions: readonly ObservedTransaction[],
  { settings = {}, zone = "UTC", cuts = new Set(), onFinding }: LookOptions = {},
): Anomaly[] {
  const rows = new Map<string, DetectorState>();
  const open = () =>
    createDetection({ watches, settings: { ...defaultSettings, ...settings }, state: rows.values(), zone });
  let detection = open();
  const found = new Map<string, Anomaly>();
  for (const [index, transaction] of transactions.entries()) {
    if (cuts.has(index)) {
      for (const row of JSON.parse(JSON.stringify(detection.takeState())) as DetectorState[]) {
        const name = `${row.watch} ${row.key}`;
        if (row.state === null) rows.delete(name);
        else rows.set(name, row);
      }
      detection = open();
    }
    detection.observe(transaction);
    for (const anomaly of detection.takeFindings()) {
      found.set(anomaly.anomaly_id, anomaly);
      onFinding?.(anomaly, (one, state) => detection.mark(one, state));
    }
  }
  return [...found.values()];
}
