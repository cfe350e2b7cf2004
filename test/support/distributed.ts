// Steps of distributed (XA) transactions as capture hands them on, stored the way the pipeline does, and what the store then holds.
import Database from "better-sqlite3";
import { createLogger } from "../../src/lib/logger.ts";
import { noMapping } from "../../src/model/entity-mapping.ts";
import type { RawTransaction, XaStep } from "../../src/model/raw-transaction.ts";
import { type BatchHandler, createBatchHandler, type IngestRules } from "../../src/pipeline/batch-handler.ts";
import type { LedgerWriter } from "../../src/store/ledger-writer.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { checkpointAt, gtid, now, saleOf, startLedger } from "./ledger.ts";
import { rowChange, tableOf } from "./raw-rows.ts";

const table = tableOf(["id", "name"]);
export const later = "2026-03-04T08:00:00.000000Z";

/** One business event per transaction, resting on its first change, so that it shows which events the rules saw. */
const rules: IngestRules = {
  mapping: noMapping,
  infer: (changes) =>
    changes.slice(0, 1).map((change) =>
      saleOf(Number(change.transaction_id.split(":")[1]), [change], {
        transaction_id: change.transaction_id,
        timestamp: change.timestamp,
        payload: { seen: changes.length, at: change.timestamp },
      }),
    ),
};

export function handlerOf(store: LedgerWriter): BatchHandler {
  return createBatchHandler({
    store,
    rules,
    normalize: { valueBytesMax: 1_048_576 },
    log: createLogger("silent"),
    now: () => now,
  });
}

export const insertOf = (id: number) => rowChange(table, null, { id, name: `n${id}` });

export function raw(
  number: number,
  ids: readonly number[],
  xa?: [XaStep["step"], string],
  firstSeq = 0,
): RawTransaction {
  return {
    gtid: gtid(number),
    timestamp: xa?.[0] === "commit" ? later : now,
    receivedAt: now,
    connectionId: 8,
    firstSeq,
    events: ids.map(insertOf),
    ...(xa === undefined ? {} : { xa: { step: xa[0], xid: xa[1] } }),
  };
}

/** Each in a batch of its own, in a store that is opened for it: what a restart between any two would do. */
export function ingest(path: string, ...transactions: RawTransaction[]): void {
  for (const transaction of transactions) {
    using store = openStore(path);
    if (store.source() === undefined) startLedger(store);
    const number = Number(transaction.gtid.split(":")[1]);
    handlerOf(store).onBatch({ transactions: [transaction], checkpoint: checkpointAt(number) });
  }
}

export function look(path: string) {
  using reader = openStoreReader(path);
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path, { readonly: true }), (open) => open.close());
  const entries = db
    .prepare<[], { kind: string; transaction_id: string | null; detail: string }>(
      "SELECT kind, transaction_id, detail FROM ledger_entry WHERE kind <> 'start' ORDER BY entry_id",
    )
    .all();
  const changes = db
    .prepare<[], { event_id: string; source_pk: string; transaction_id: string; timestamp: string; seq: number }>(
      "SELECT event_id, source_pk, transaction_id, timestamp, seq FROM canonical_event ORDER BY transaction_id, seq",
    )
    .all();
  const waiting = db.prepare<[], number>("SELECT count(*) FROM prepared_change").pluck().get();
  return {
    kinds: entries.map(({ kind, transaction_id: id }) => `${kind} ${id?.split(":")[1] ?? ""}`.trim()),
    details: entries.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>),
    ids: changes.map(({ source_pk }) => (JSON.parse(source_pk) as { id: number }).id),
    changes,
    waiting,
    coverage: reader.status().coverage,
    faults: reader.verify().faults,
  };
}
