// What a replay of rules over the stored history finds, and what of it the ledger keeps.
import type { RuleReference } from "./business-event.ts";

/** A rule pack as it was used. A type, not an interface: it is written as JSON. */
export type PackVersion = {
  name: string;
  version: number;
  /** Of its file, in hexadecimal. */
  sha256: string;
};

export const replayOutcomes = ["gained", "lost", "changed"] as const;
export type ReplayOutcome = (typeof replayOutcomes)[number];

/** How many business events came out the same, and how many did not. */
export type ReplayCounts = Record<ReplayOutcome | "unchanged", number>;

/** A field of a business event that differs, as text. */
export interface Difference {
  field: string;
  before: string;
  after: string;
}

export interface ReplayExample {
  outcome: ReplayOutcome;
  business_event_id: string;
  type: string;
  entity_type: string;
  entity_id: string;
  timestamp: string;
  transaction_id: string;
  /** Of a changed one. */
  differs: Difference[];
}

/** What came of one rule and type. A changed event counts under its new type. */
export interface RuleOutcome extends Pick<RuleReference, "pack" | "name"> {
  type: string;
  counts: ReplayCounts;
  /** A few of each outcome, the oldest. */
  examples: ReplayExample[];
}

export interface ReplayReport {
  /** False: a dry run, nothing was written. */
  applied: boolean;
  /** False: stopped before the end. */
  complete: boolean;
  packs: PackVersion[];
  from: string | null;
  to: string | null;
  transactions: number;
  change_events: number;
  /** Transactions of more changes than rules are shown. */
  too_large: number;
  counts: ReplayCounts;
  rules: RuleOutcome[];
}

/** Detail of a `replay` entry: one chunk of a replay that was applied. */
export interface ReplayDetail {
  replay_id: string;
  packs: PackVersion[];
  from: string | null;
  to: string | null;
  /** The entry up to which this chunk brings the replay. */
  through_entry: number;
  /** Of this chunk. */
  gained: number;
  lost: number;
  changed: number;
  /** True of the last chunk. */
  complete: boolean;
}
