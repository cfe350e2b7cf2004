// pipeline: a hole in the server's own log. Stepped over only when told to (--accept-gap), and once: the next one is another
// decision. Leaves a gap in the chain, in the same write as the checkpoint after it.
import type { CaptureOptions } from "../capture/capture.ts";
import { assert } from "../lib/assert.ts";
import type { Logger } from "../lib/logger.ts";
import type { LedgerWriter } from "../store/ledger-writer.ts";

export interface AcceptIncidentOptions {
  store: LedgerWriter;
  acceptGap: boolean;
  log: Logger;
  now: () => string;
}

export function createIncidentHandler({
  store,
  acceptGap,
  log,
  now,
}: AcceptIncidentOptions): CaptureOptions["onIncident"] {
  let mayAccept = acceptGap;
  return ({ reason, gtidSet }) => {
    const from = store.checkpoint()?.gtid_set;
    assert(from !== undefined, "a started store without a checkpoint");
    const newest = store.newestGap();
    // Where it has no GTID of its own it comes again with every connection until a transaction after it is stored.
    const isAccepted =
      newest?.["accepted"] === true && newest["from_gtid_set"] === from && newest["to_gtid_set"] === gtidSet;
    if (isAccepted) return true;
    if (!mayAccept) return false;
    mayAccept = false;
    const detail = { reason, from_gtid_set: from, to_gtid_set: gtidSet, accepted: true };
    store.note("gap", detail, now(), { gtid_set: gtidSet, binlog_file: null, binlog_position: null });
    log.warn({ from_gtid_set: from, to_gtid_set: gtidSet }, `${reason}: recorded as a gap, as asked`);
    return true;
  };
}
