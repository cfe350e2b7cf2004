// A recorded stretch of a log as capture hands it on, and a run that stores it the way the pipeline does: start, batches, stop.
// A run that is repeated goes on where the store ends, as capture would.
import Database from "better-sqlite3";
import { compileRules } from "../../src/infer/compile-rules.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { RawBatch, RawTransaction } from "../../src/model/raw-transaction.ts";
import { createBatchHandler } from "../../src/pipeline/batch-handler.ts";
import { openStore } from "../../src/store/open-store.ts";
import { checkpointAt, gtid, now } from "./ledger.ts";
import { rowChange, tableOf } from "./raw-rows.ts";

export const transactionsPerBatch = 2;
const table = tableOf(["id", "name"]);

/** A row comes, changes and goes, and each third time a statement. */
function transactionAt(number: number, noteChars: number): RawTransaction {
  const row = { id: number, name: "n".repeat(noteChars) };
  const events = [
    rowChange(table, null, row),
    rowChange(table, row, { ...row, name: "renamed" }),
    ...(number % 3 === 0
      ? [{ kind: "statement" as const, database: "shop", sql: `CREATE TABLE t${number} (id INT)` }]
      : []),
  ];
  return { gtid: gtid(number), timestamp: now, receivedAt: now, connectionId: 8, firstSeq: 0, events };
}

export function recordBatches(count: number, noteChars = 20): RawBatch[] {
  return Array.from({ length: count }, (_, index) => {
    const last = (index + 1) * transactionsPerBatch;
    const numbers = Array.from(
      { length: transactionsPerBatch },
      (_unused, back) => last - transactionsPerBatch + 1 + back,
    );
    return { transactions: numbers.map((number) => transactionAt(number, noteChars)), checkpoint: checkpointAt(last) };
  });
}

export function ingestRecorded(path: string, batches: readonly RawBatch[]): void {
  using store = openStore(path);
  if (store.source() === undefined) {
    store.registerSource({ flavor: "mysql", version: "9.7.4", server_id: "u", address: "db:3306" }, 7, now);
  }
  const checkpoint = store.checkpoint() ?? { gtid_set: "", binlog_file: null, binlog_position: null };
  store.note("start", { from_gtid_set: checkpoint.gtid_set, version: "test" }, now, checkpoint);
  store.putState({ state: "RUNNING", since: now, reason: null, hint: null }, now);
  const { onBatch } = createBatchHandler({
    store,
    rules: compileRules([]),
    normalize: { valueBytesMax: 1_048_576 },
    log: createLogger("silent"),
    now: () => now,
  });
  const done = batches.findIndex((batch) => batch.checkpoint.gtid_set === checkpoint.gtid_set) + 1;
  for (const batch of batches.slice(done)) onBatch(batch);
  store.note("stop", { reason: "asked to stop" }, now);
  store.putState({ state: "STOPPED", since: now, reason: null, hint: null }, now);
}

export interface StoredContent {
  /** GTIDs in the order of the chain. */
  transactions: string[];
  /** Everything of each change but its place in the file and its salt. */
  changes: unknown[];
  checkpoint: string | null;
}

/** Read past the repository layer; undefined while there is no schema. */
export function readContent(path: string): StoredContent | undefined {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path, { readonly: true }), (open) => open.close());
  if (db.pragma("user_version", { simple: true }) === 0) return undefined;
  const strings = (sql: string): string[] => db.prepare<[], string>(sql).pluck().all();
  return {
    transactions: strings("SELECT transaction_id FROM ledger_entry WHERE kind = 'transaction' ORDER BY entry_id"),
    changes: db
      .prepare("SELECT v.* FROM canonical_event v JOIN change_event c USING (event_id) ORDER BY c.change_id")
      .all(),
    checkpoint: strings("SELECT gtid_set FROM checkpoint")[0] ?? null,
  };
}
