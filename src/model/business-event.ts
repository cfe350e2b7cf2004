// What row changes meant: a sale, an adjustment, a role change. Always with the rule and the changes it rests on.
import type { JsonObject } from "../lib/canonical-json.ts";
import type { Actor } from "./change-event.ts";

/** Rules see a transaction whole; one of more changes than this is kept without being shown to them, and its entry says so. */
export const inferredChangesMax = 20_000;

export interface RuleReference {
  pack: string;
  name: string;
  version: number;
}

export interface BusinessEvent {
  /** UUIDv5 of rule, transaction id and the change that triggered it. */
  business_event_id: string;
  /** For example `sale.completed`. */
  type: string;
  entity_type: string;
  entity_id: string;
  /** Business time, from the row where the rule names a column; else the commit time. RFC 3339, UTC. */
  occurred_at: string;
  /** Commit time of the source transaction. */
  timestamp: string;
  transaction_id: string;
  payload: JsonObject;
  /** 0 to 1, as the rule states it. */
  confidence: number;
  actor: Actor;
  rule: RuleReference;
  /** The change events it rests on, in the order of the transaction. */
  change_event_ids: string[];
}
