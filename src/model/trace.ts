// What the repository layer answers. The same shapes leave every face, as JSON or in words.
import type { BusinessEvent } from "./business-event.ts";
import type { CaptureState, SourceIdentity } from "./capture-state.ts";
import type { ChangeEvent } from "./change-event.ts";
import type { Checkpoint } from "./raw-transaction.ts";
import type { Baseline } from "./snapshot.ts";

/** A stretch of the source's history that the trail does not hold, and why. */
export interface Gap {
  entry_id: number;
  recorded_at: string;
  reason: string;
  /**
   * GTID sets: what the trail had, and where it goes on (null while nobody has decided). Both the same: the log of that
   * transaction, or right after that set, lacks something.
   */
  from_gtid_set: string;
  to_gtid_set: string | null;
  /** When somebody decided to read on (`--accept-gap`); null where nobody had to, or has. */
  accepted_at: string | null;
}

/** A distributed (XA) transaction that waits for its decision: nothing of it has taken effect. */
export interface PreparedTransaction {
  /** `'gtrid','bqual',formatID`, a part in hexadecimal where it is not plain text. */
  xid: string;
  /** GTID of its XA PREPARE; its changes will have that of its XA COMMIT. */
  transaction_id: string;
  prepared_at: string;
  changes: number;
}

/** What an answer rests on. */
export interface Coverage {
  /** GTID set at which reading began; earlier changes are not in the trail. */
  from_gtid_set: string;
  from_time: string;
  /** GTID set read so far. */
  to_gtid_set: string;
  /** Commit time of the newest transaction held; null when there is none yet. */
  to_time: string | null;
  transactions: number;
  change_events: number;
  business_events: number;
  gaps: Gap[];
  /** What the server's log cannot hold, as found at the newest start that found any; never cured for what is stored already. */
  limits: string[];
  /** Tables whose rows were read as they stood, so that entities older than the trail are not empty. */
  baselines: Baseline[];
  /** Prepared and not yet decided. */
  prepared: PreparedTransaction[];
}

export interface TracedBusinessEvent extends BusinessEvent {
  kind: "business_event";
  change_events: ChangeEvent[];
}

/** What a business event was inferred from. */
export interface Evidence {
  event: TracedBusinessEvent;
  /** Every change of its transaction, in order. */
  transaction: ChangeEvent[];
  /** Text of the rule pack that was in force then; null where the trail does not hold it. */
  rule_text: string | null;
}

/** A change of the entity that no rule explains. */
export interface TracedChangeEvent extends ChangeEvent {
  kind: "change_event";
}

export type TimelineItem = TracedBusinessEvent | TracedChangeEvent;

export interface Trace {
  entity_type: string;
  entity_id: string;
  /**
   * Oldest first, in the order of the log. A row of a snapshot stands after the changes that it is known to contain,
   * though they may have been stored after it.
   */
  timeline: TimelineItem[];
  /** True when older items were left out by the limit. */
  truncated: boolean;
  coverage: Coverage;
}

/** What is in force of a rule pack that capture was told to use. */
export interface RulePackStatus {
  file: string;
  /**
   * `current`: the file as it is. `earlier`: the file has mistakes, its last good version goes on. `entities`: it has
   * mistakes and was never good; only what it says about tables and masks counts. `none`: nothing of it.
   */
  state: "current" | "earlier" | "entities" | "none";
  pack: string | null;
  version: number | null;
  /** SHA-256 of the text in force, in hex. */
  hash: string | null;
  rules: number;
  /** Of the file as it is now: `file:line:column: message`. */
  mistakes: readonly string[];
}

export interface StoreStatus {
  store: string;
  source: SourceIdentity | null;
  capture: (CaptureState & { last_verified_at: string | null; process_id: number }) | null;
  checkpoint: (Checkpoint & { updated_at: string }) | null;
  coverage: Coverage | null;
  /** As the chain last told; empty where no pack was ever used. */
  rule_packs: RulePackStatus[];
  business_events_by_type: Record<string, number>;
  /** Commit to receipt of the newest transaction, in seconds; null before the first. */
  lag_seconds: number | null;
}

/** One place in the file that is not as it was written. */
export interface VerifyFault {
  table: string;
  entry_id: number | null;
  /** For example `change_event 12 (pharmacy.sales, event_id …)`. */
  place: string;
  message: string;
}

export interface VerifyReport {
  ok: boolean;
  entries: number;
  change_events: number;
  business_events: number;
  /** Those of them that a replay has superseded. */
  superseded_events: number;
  /** Newest entry and its hash: keep it off this machine and a later cut of the trail's end shows. */
  head: { entry_id: number; hash: string };
  faults: VerifyFault[];
  /** True when there are more faults than are listed. */
  truncated: boolean;
}
