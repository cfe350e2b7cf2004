// The contract of detection: what is looked for (watches), what it is shown (transactions with what they meant), what it gives
// (anomalies, and the state with which it goes on).
import type { JsonObject } from "../lib/canonical-json.ts";
import type { Anomaly, anomalyStates } from "./answer-schema.ts";
import type { Actor } from "./change-event.ts";

export const detectorNames = [
  "volume",
  "repeat",
  "rate",
  "after-hours",
  "first-time",
  "self",
  "burst",
  "duplicate",
  "pair",
  "reverted",
  "amount",
  "unfinished",
] as const;
export type DetectorName = (typeof detectorNames)[number];

/** One entry of a pack's `watch`. Every field beyond the first few is of some detectors only; docs/anomalies.md tells which. */
export interface WatchDefinition {
  /** The anomaly's `kind`. */
  name: string;
  label?: { en: string; es?: string | undefined } | undefined;
  detector: DetectorName;
  /** Types of business events that are looked at. */
  events: string[];
  /** Deleted rows of these tables, `database.table` or the table alone. */
  deletions: string[];
  /** Only events whose payload field has one of these values. */
  where: Record<string, (string | number | boolean | null)[]>;
  /** What makes one baseline: payload fields, `actor`, `entity`. */
  key: string[];
  /** What the first part of the key is: `branch` for a key of branch_id. Without it, the entity of the event. */
  about?: string | undefined;
  /** amount, reverted: payload fields with the value before and after. */
  from?: string | undefined;
  to?: string | undefined;
  /** first-time: what must have been seen before. */
  value?: string | undefined;
  /** repeat: events that show how much the key does at all. pair: the events whose actor is the other half. */
  per: string[];
  /** unfinished: events that end what was begun, and rest on one of its changes. */
  until: string[];
  /** Events about the key's entity (volume), or any (unfinished), after which nothing more is expected. */
  ends: string[];
  direction: "up" | "down" | "both";
  /** volume: `peers` compares keys with each other at the same time where there are enough, `own` each with its own past only. */
  against: "peers" | "own";
  severity?: Anomaly["severity"] | undefined;
  /** Thresholds; without them those of the settings, or of the detector. */
  z?: number | undefined;
  factor?: number | undefined;
  count?: number | undefined;
  samples?: number | undefined;
  withinMs?: number | undefined;
}

/** Thresholds of all watches; the config's. */
export interface DetectionSettings {
  /** Robust standard deviations beyond which something stands out. */
  z: number;
  /** And how many times more, or less, than usual. */
  factor: number;
  /** How many days a baseline looks back. */
  days: number;
  /** `08:00-21:00`; without it, hours are learned. */
  businessHours: string | undefined;
}

export interface ObservedEvent {
  business_event_id: string;
  type: string;
  entity_type: string;
  entity_id: string;
  /** Equal to `timestamp` where the rule states no time of the business. */
  occurred_at: string;
  timestamp: string;
  payload: JsonObject;
  actor: Actor;
  change_event_ids: string[];
}

export interface ObservedDeletion {
  /** "db.table" */
  table: string;
  count: number;
  /** The first 100. */
  change_event_ids: string[];
}

export interface ObservedTransaction {
  entry_id: number;
  /** Commit time. */
  timestamp: string;
  transaction_id: string;
  events: ObservedEvent[];
  deletions: ObservedDeletion[];
}

/** A row of what detectors remember. */
export interface DetectorState {
  watch: string;
  key: string;
  /** null: forget it. */
  state: JsonObject | null;
}

/** How far a watch has learned. */
export interface BaselineReport {
  watch: string;
  detector: DetectorName;
  /** Keys that it knows. */
  keys: number;
  /** What it has seen of what it needs, in `unit`s. */
  samples: number;
  samples_needed: number;
  unit: "days" | "events";
  ready: boolean;
  /** Since when it learns, in the application's time; null: nothing seen yet. */
  since: string | null;
}

export interface DetectionOptions {
  watches: readonly WatchDefinition[];
  settings: DetectionSettings;
  /** What was given out before, all of it; empty: begin anew. */
  state: Iterable<DetectorState>;
  /** IANA name: whose days and hours. */
  zone: string;
}

export interface Detection {
  observe(transaction: ObservedTransaction): void;
  /** New or gone on since the last call; each is whole, under the id it had. */
  takeFindings(): Anomaly[];
  /** Changed since the last call. */
  takeState(): DetectorState[];
  /** What a person said of an anomaly. Expected: its key's baseline takes it in. Confirmed: it stays out. */
  mark(anomaly: Anomaly, state: (typeof anomalyStates)[number]): void;
  baselines(): BaselineReport[];
}
