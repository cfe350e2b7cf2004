// serve/http: is the service well, and in numbers. Takes the status of the trail, gives readiness and Prometheus samples.
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import { AppError } from "../../model/app-error.ts";
import { captureStates, needsPerson } from "../../model/capture-state.ts";
import type { MetricName } from "../../model/metrics.ts";
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

/** @throws service.not_ready: the trail does not grow, and nobody said that it should not */
export function checkReady({ capture }: StoreStatus, clock: Clock, silenceSecondsMax: number): Readiness {
  const seconds = secondsSince(capture?.last_verified_at ?? null, clock);
  if (capture !== null && needsPerson(capture)) {
    throw notReady(`capture is ${capture.state}: ${capture.reason ?? "no reason given"}`, capture.hint);
  }
  const follows = capture !== null && capture.state !== "STOPPED";
  const sinceState = secondsSince(capture?.since ?? null, clock) ?? 0;
  // What begins or runs was not to be heard, or was heard, when that began; what tries again was not.
  const silence = capture?.state === "RETRYING" ? (seconds ?? sinceState) : Math.min(seconds ?? sinceState, sinceState);
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

/** What the trail counts, and no answer holds. */
export interface TrailNumbers {
  /** Business events, also those that a replay has superseded. */
  writtenByType: Readonly<Record<string, number>>;
  superseded: number;
  verifyFailed: boolean;
}

export interface ServiceNumbers {
  /** undefined where the store cannot be read. */
  trail: TrailNumbers | undefined;
  /** Sizes of the files that there are. */
  storeBytes: Readonly<Record<string, number>>;
  readingsLost: number;
  accessLogFails: boolean;
  feedClients: number;
}

const single = (name: MetricName, value: number | null | undefined): Sample => ({
  name,
  values: value === null || value === undefined ? [] : [{ value }],
});

export function toSamples(
  { trail, ...numbers }: ServiceNumbers,
  status: StoreStatus | undefined,
  clock: Clock,
): Sample[] {
  return [
    single("audit_overlay_store_readable", status === undefined ? 0 : 1),
    {
      name: "audit_overlay_store_bytes",
      values: Object.entries(numbers.storeBytes).map(([file, value]) => ({ labels: { file }, value })),
    },
    single("audit_overlay_disk_free_bytes", status?.disk.free_bytes),
    single("audit_overlay_disk_full_seconds", secondsUntil(status?.disk.full_at ?? null, clock)),
    single("audit_overlay_verify_failed", trail && (trail.verifyFailed ? 1 : 0)),
    single("audit_overlay_feed_clients", numbers.feedClients),
    single("audit_overlay_access_log_failing", numbers.accessLogFails ? 1 : 0),
    single("audit_overlay_readings_lost_total", numbers.readingsLost),
    ...(status === undefined ? [] : [...trailSamples(status, trail), ...captureSamples(status, clock)]),
    ...(status?.detection ? detectionSamples(status.detection) : []),
    {
      name: "audit_overlay_anomalies",
      values: (status?.anomalies ?? []).map(({ count, ...labels }) => ({ labels, value: count })),
    },
  ];
}

function trailSamples({ coverage, lag_seconds }: StoreStatus, trail: TrailNumbers | undefined): Sample[] {
  return [
    single("audit_overlay_transactions_total", coverage?.transactions),
    single("audit_overlay_change_events_total", coverage?.change_events),
    {
      name: "audit_overlay_business_events_total",
      values: Object.entries(trail?.writtenByType ?? {}).map(([type, value]) => ({ labels: { type }, value })),
    },
    single("audit_overlay_business_events_superseded_total", trail?.superseded),
    single("audit_overlay_gaps", coverage?.gaps.length),
    single("audit_overlay_receipt_lag_seconds", lag_seconds),
  ];
}

function captureSamples({ capture }: StoreStatus, clock: Clock): Sample[] {
  if (capture === null) return [];
  return [
    {
      name: "audit_overlay_capture_state",
      values: captureStates.map((state) => ({ labels: { state }, value: state === capture.state ? 1 : 0 })),
    },
    single("audit_overlay_capture_needs_person", needsPerson(capture) ? 1 : 0),
    single("audit_overlay_capture_state_timestamp_seconds", unixSeconds(capture.since)),
    single("audit_overlay_last_verified_timestamp_seconds", unixSeconds(capture.last_verified_at)),
    single("audit_overlay_seconds_since_verified", secondsSince(capture.last_verified_at, clock)),
  ];
}

function detectionSamples(detection: NonNullable<StoreStatus["detection"]>): Sample[] {
  return [
    single("audit_overlay_detection_entry", detection.entry_id),
    single("audit_overlay_detection_behind_entries", detection.behind),
    single("audit_overlay_detection_behind_seconds", detection.behind_seconds),
    single("audit_overlay_detection_learning", detection.learning.length),
  ];
}

function unixSeconds(timestamp: string | null): number | null {
  return timestamp === null ? null : Date.parse(timestamp) / 1_000;
}
