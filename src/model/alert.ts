// What is told to the outside: an alert, as every receiver is given it, and as `auditctl alerts list` shows it.
import { z } from "zod";
import type { JsonObject } from "../lib/canonical-json.ts";
import { severities } from "./answer-schema.ts";
import { timestampSchema } from "./event-schema.ts";

export const alertTypes = {
  "anomaly.opened": "Detection found an anomaly of the severity `alert_severity` or higher.",
  "anomaly.raised": "An anomaly that was told of has become more severe. Told once for each severity.",
  "anomaly.marked": "A person said what an anomaly is. Only of those that were told of.",
  "anomalies.older":
    "Detection read old history, and found anomalies that ended more than three days ago: their number, in one alert.",
  "capture.needs_person": "Capture is MISCONFIGURED, BLOCKED, in a GAP, or STOPPED by a fault.",
  "capture.down": "Capture has been RETRYING, or heard nothing, for `alert_after_seconds`. It goes on trying.",
  "capture.recovered": "Capture, of which one of the two was told, has been RUNNING for a minute.",
  "gap.recorded": "A gap was recorded in the trail and reading went on after it.",
  "disk.filling":
    "The store's disk is full in less than seven days at the pace of the last ones, or has less than 256 MiB left.",
  "disk.recovered": "The disk, of which that was told, has room again for more than eight days, and 512 MiB.",
  "summary.written": "The summary of a day is written. Only with `alert_summaries`.",
  "verify.failed": "`verify` found that the trail is not as it was written. Told once for the same faults.",
  "verify.passed": "The trail verifies again.",
  "alerts.lost": "Alerts could not be delivered to a receiver for three days, or were too many, and were given up.",
  "alerts.test": "`auditctl alerts test` was run.",
} as const;
export type AlertType = keyof typeof alertTypes;

export const receiverNames = ["webhook", "syslog"] as const;
export type ReceiverName = (typeof receiverNames)[number];

/** What there is to tell. */
export interface NewAlert {
  /** What it tells of and which change of it: the same is told once. */
  alert_key: string;
  type: AlertType;
  severity: (typeof severities)[number];
  /** One plain sentence; text of others in it is inert. */
  text: string;
  data: JsonObject;
}

/** As it is sent. */
export interface Alert extends Omit<NewAlert, "alert_key"> {
  /** The same however often it is sent. */
  message_id: string;
  created_at: string;
}

/** What came of an attempt. */
export type DeliveryOutcome =
  | { kind: "delivered"; said: string }
  /** The receiver is away or busy; nothing else will get through to it either. */
  | { kind: "unreachable"; said: string; retryAfterMs?: number }
  /** It does not want this one; it may want others. */
  | { kind: "refused"; said: string }
  /** It does not want any more (HTTP 410). */
  | { kind: "gone"; said: string };

export interface Receiver {
  name: ReceiverName;
  /** Where it is, for people: without what could be a secret. */
  address: string;
  /** Comes back in bounded time, and never throws for the receiver's sake. */
  send(alert: Alert, signal: AbortSignal): Promise<DeliveryOutcome>;
}

export const listedAlertSchema = z.object({
  message_id: z.string(),
  type: z.string(),
  severity: z.enum(severities),
  text: z.string(),
  created_at: timestampSchema,
  deliveries: z.array(
    z.object({
      receiver: z.string(),
      state: z.enum(["delivered", "waiting", "given_up"]),
      attempts: z.number().int(),
      next_at: timestampSchema.nullable().describe("When it is tried again."),
      delivered_at: timestampSchema.nullable(),
      error: z.string().nullable().describe("What went wrong the last time that it did."),
    }),
  ),
});
export type ListedAlert = z.infer<typeof listedAlertSchema>;
