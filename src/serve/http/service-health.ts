// serve/http: is the service well, and in numbers. Takes the status of the trail, gives readiness and Prometheus samples.
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import { AppError } from "../../model/app-error.ts";
import { captureStates } from "../../model/capture-state.ts";
import type { StoreStatus } from "../../model/trace.ts";
import type { Sample } from "../../model/sample.ts";

export const readinessSchema = z
  .object({
    ready: z.literal(true),
    capture: z.enum(captureStates).nullable().optional().describe("null: capture has never run on this store."),
    seconds_since_verified: z
      .number()
      .nullable()
      .optional()
      .describe("Since the last event or heartbeat from the server."),
  })
  .meta({ id: "Readiness", description: "Without a token that may read, only `ready`." });
export type Readiness = z.infer<typeof readinessSchema>;

const needsPerson: ReadonlySet<string> = new Set(["MISCONFIGURED", "BLOCKED", "GAP"]);

/** @throws service.not_ready: the trail does not grow, and nobody said that it should not */
export function checkReady({ capture }: StoreStatus, clock: Clock, silenceSecondsMax: number): Readiness {
  const seconds = secondsSince(capture?.last_verified_at ?? null, clock);
  if (capture !== null && needsPerson.has(capture.state)) {
    throw notReady(`capture is ${capture.state}: ${capture.reason ?? "no reason given"}`, capture.hint);
  }
  const follows = capture !== null && capture.state !== "STOPPED";
  const silence = seconds ?? secondsSince(capture?.since ?? null, clock) ?? 0;
  if (follows && silence > silenceSecondsMax) {
    throw notReady(
      `capture is ${capture.state}, and nothing was heard from the server for ${Math.round(silence)} s`,
      "Is `auditctl run` alive, and the server reachable? `auditctl status` says more.",
    );
  }
  return { ready: true, capture: capture?.state ?? null, seconds_since_verified: seconds };
}

function notReady(message: string, hint: string | null): AppError {
  return new AppError("service.not_ready", message, { hint: hint ?? "`auditctl status` says more." });
}

function secondsSince(timestamp: string | null, clock: Clock): number | null {
  return timestamp === null ? null : Math.max(0, (clock.now() - Date.parse(timestamp)) / 1_000);
}

function secondsUntil(timestamp: string | null, clock: Clock): number | null {
  return timestamp === null ? null : Math.max(0, (Date.parse(timestamp) - clock.now()) / 1_000);
}

export interface ServiceNumbers {
  status: StoreStatus | undefined;
  storeBytes: number;
  readingsLost: number;
  accessLogFails: boolean;
  feedClients: number;
}

export function toSamples({ status, ...numbers }: ServiceNumbers, clock: Clock): Sample[] {
  const gauge = (name: string, help: string, value: number | null | undefined): Sample => ({
    name: `audit_overlay_${name}`,
    help,
    type: "gauge",
    values: value === null || value === undefined ? [] : [{ value }],
  });
  const held = status?.coverage;
  return [
    gauge("store_readable", "1 when the store can be read.", status === undefined ? 0 : 1),
    gauge("store_bytes", "Size of the store's files.", numbers.storeBytes),
    gauge("disk_free_bytes", "Free on the store's file system, for this user.", status?.disk.free_bytes),
    gauge(
      "disk_full_seconds",
      "Until the disk is full at the pace of the last seven days; absent where there is no such forecast.",
      secondsUntil(status?.disk.full_at ?? null, clock),
    ),
    gauge("transactions", "Transactions that the trail holds.", held?.transactions),
    gauge("change_events", "Row changes that the trail holds.", held?.change_events),
    gauge("business_events", "Business events that the trail holds.", held?.business_events),
    gauge("gaps", "Gaps in the trail.", held?.gaps.length),
    gauge("lag_seconds", "Commit to receipt of the newest transaction.", status?.lag_seconds),
    gauge(
      "seconds_since_verified",
      "Since the last event or heartbeat from the server.",
      secondsSince(status?.capture?.last_verified_at ?? null, clock),
    ),
    {
      name: "audit_overlay_capture_state",
      help: "1 for the state that capture is in.",
      type: "gauge",
      values:
        status?.capture === null || status?.capture === undefined
          ? []
          : captureStates.map((state) => ({ labels: { state }, value: state === status.capture?.state ? 1 : 0 })),
    },
    gauge("detection_entry", "The last ledger entry that detection has read.", status?.detection?.entry_id),
    gauge("detection_behind_entries", "Ledger entries that detection has not read yet.", status?.detection?.behind),
    gauge(
      "detection_behind_seconds",
      "Commit time of the newest transaction, less that of the last one that detection has read.",
      status?.detection?.behind_seconds,
    ),
    gauge(
      "detection_learning",
      "Watches whose baselines are too young to judge by.",
      status?.detection?.learning.length,
    ),
    {
      name: "audit_overlay_anomalies",
      help: "Anomalies by kind, severity and state.",
      type: "gauge",
      values: (status?.anomalies ?? []).map(({ count, ...labels }) => ({ labels, value: count })),
    },
    gauge("feed_clients", "Programs that follow the live feed.", numbers.feedClients),
    gauge("access_log_failing", "1 while readings cannot be recorded.", numbers.accessLogFails ? 1 : 0),
    {
      name: "audit_overlay_readings_lost_total",
      help: "Readings that could not be recorded.",
      type: "counter",
      values: [{ value: numbers.readingsLost }],
    },
  ];
}
