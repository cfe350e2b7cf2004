// Stage detect. A stand-in until detectors are here: every 50th event of a key is an anomaly.
import type { Anomaly } from "../model/answer-schema.ts";
import type { Detection, DetectionOptions } from "../model/detection.ts";
import { v5 } from "uuid";

export function createDetection({ watches, state }: DetectionOptions): Detection {
  const counts = new Map<string, number>();
  const changed = new Set<string>();
  let found: Anomaly[] = [];
  for (const { watch, key, state: kept } of state) counts.set(`${watch}\n${key}`, Number(kept?.["count"]));
  return {
    observe(transaction) {
      for (const event of transaction.events)
        for (const watch of watches) {
          if (!watch.events.includes(event.type)) continue;
          const key = `${watch.name}\n${event.entity_type === "sale" ? String(event.actor.id) : event.entity_id}`;
          const count = (counts.get(key) ?? 0) + 1;
          counts.set(key, count);
          changed.add(key);
          if (count % 50 !== 0) continue;
          found.push({
            anomaly_id: v5(`${watch.name}/${event.business_event_id}`, v5.URL),
            kind: watch.name,
            severity: "medium",
            score: count,
            entity_type: event.entity_type,
            entity_id: event.entity_id,
            actor: event.actor,
            from: event.timestamp,
            to: event.timestamp,
            detected_at: transaction.timestamp,
            reason: `number ${count}`,
            numbers: { count },
            state: "open",
            business_event_ids: [event.business_event_id],
            change_event_ids: event.change_event_ids,
          });
        }
    },
    takeFindings() {
      const given = found;
      found = [];
      return given;
    },
    takeState() {
      const given = [...changed].map((key) => {
        const [watch = "", name = ""] = key.split("\n");
        return { watch, key: name, state: { count: counts.get(key) ?? 0 } };
      });
      changed.clear();
      return given;
    },
    mark() {},
    baselines: () =>
      watches.map(({ name, detector }) => ({
        watch: name,
        detector,
        keys: counts.size,
        samples: counts.size,
        samples_needed: 1,
        unit: "events",
        ready: counts.size > 0,
        since: null,
        until: null,
      })),
  };
}
