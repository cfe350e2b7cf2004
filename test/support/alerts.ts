// Alerts and what they are made from, for tests: an alert as it is sent, an anomaly, a clock that stands still until it is moved.
import type { Clock } from "../../src/lib/clock.ts";
import { toTimestamp } from "../../src/lib/clock.ts";
import type { Alert, NewAlert } from "../../src/model/alert.ts";
import type { Anomaly } from "../../src/model/answer-schema.ts";

export const noonMs = Date.parse("2026-03-02T12:00:00Z");
export const secret = `whsec_${Buffer.from("a secret of thirty-two bytes !!!").toString("base64")}`;

/** Stands still. */
export interface HeldClock extends Clock {
  pass(ms: number): void;
  timestamp(): string;
}

export function holdClock(atMs = noonMs): HeldClock {
  let now = atMs;
  return { now: () => now, pass: (ms) => void (now += ms), timestamp: () => toTimestamp(now) };
}

export function alertOf(fields: Partial<Alert> = {}): Alert {
  return {
    message_id: "0f0e0d0c-0b0a-4908-8706-050403020100",
    type: "anomaly.opened",
    severity: "high",
    text: "Anomaly (high): shrinkage at product P-1: 14 units are gone.",
    data: {},
    created_at: "2026-03-02T12:00:00.000000Z",
    ...fields,
  };
}

export function newAlertOf(number: number, fields: Partial<NewAlert> = {}): NewAlert {
  return {
    alert_key: `key-${number}`,
    type: "gap.recorded",
    severity: "high",
    text: `alert ${number}`,
    data: { entry_id: number },
    ...fields,
  };
}

export function anomalyOf(number: number, fields: Partial<Anomaly> = {}): Anomaly {
  return {
    anomaly_id: `00000000-0000-5000-8000-${String(number).padStart(12, "0")}`,
    kind: "shrinkage",
    severity: "medium",
    score: 4.2,
    entity_type: "product",
    entity_id: `P-${number}`,
    actor: { id: "clerk-1", kind: "app_user", grade: "column" },
    from: "2026-03-02T10:00:00.000000Z",
    to: "2026-03-02T11:00:00.000000Z",
    detected_at: "2026-03-02T11:00:01.000000Z",
    reason: "14 units are gone; 2 are usual.",
    numbers: { value: 14, baseline: 2, samples: 30 },
    state: "open",
    business_event_ids: ["11111111-1111-5111-8111-111111111111"],
    change_event_ids: [],
    ...fields,
  };
}
