// store: what the writer is given for one GTID: a transaction, or a step of a distributed (XA) one.
import type { JsonObject } from "../lib/canonical-json.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { GapDetail } from "./coverage.ts";

interface LedgerHeader {
  /** The GTID. */
  transaction_id: string;
  timestamp: string;
  received_at: string;
  /** What there is to say of it as a whole. */
  detail?: JsonObject;
}

/** One source transaction, ready to be kept. */
export interface LedgerTransaction extends LedgerHeader {
  xa?: undefined;
  changes: readonly ChangeEvent[];
  businessEvents: readonly BusinessEvent[];
  /** What the log does not tell of it: an entry of its own, right after it. */
  gap?: GapDetail;
}

/** Changes that wait until XA COMMIT or XA ROLLBACK decides on them. */
export interface LedgerPrepare extends LedgerHeader {
  xa: "prepare";
  xid: string;
  changes: readonly ChangeEvent[];
}

export interface LedgerCommit extends LedgerHeader {
  xa: "commit";
  xid: string;
  publication: Publication;
}

export interface LedgerRollback extends LedgerHeader {
  xa: "rollback";
  xid: string;
}

export type LedgerStep = LedgerTransaction | LedgerPrepare | LedgerCommit | LedgerRollback;

/** Makes changes that waited into those of the transaction that commits them. */
export interface Publication {
  /** All of them, in order, a piece at a time; gives each piece as it is to be kept. */
  add(waiting: readonly ChangeEvent[]): ChangeEvent[];
  /** After the last piece: what there is to say of all of it. */
  finish(): Pick<LedgerTransaction, "businessEvents" | "detail" | "gap">;
}
