// pipeline: what capture hands on -> normalize -> infer -> store. A large transaction comes in parts and goes into one open
// write transaction; memory holds a part at a time.
import type { CaptureOptions } from "../capture/capture.ts";
import type { Logger } from "../lib/logger.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import type { Checkpoint, RawTransaction } from "../model/raw-transaction.ts";
import { type NormalizeOptions, normalizeTransaction } from "../normalize/change-events.ts";
import type { LedgerStream, LedgerTransaction, LedgerWriter } from "../store/ledger-writer.ts";

export interface IngestRules {
  mapping: EntityMapping;
  infer: (events: readonly ChangeEvent[]) => BusinessEvent[];
}

export interface BatchHandlerOptions {
  store: LedgerWriter;
  rules: IngestRules;
  normalize: NormalizeOptions;
  log: Logger;
  now: () => string;
}

/** Rules see a transaction whole; one of more changes than this is kept without being shown to them, and its entry says so. */
export const inferredChangesMax = 20_000;

export interface BatchHandler extends Pick<CaptureOptions, "onBatch" | "onPart" | "onAbandoned"> {
  /** A large transaction is half written: nothing else may be appended now. */
  isStreaming: () => boolean;
  /** Does the work now, or as soon as nothing is half written. */
  betweenTransactions: (work: () => void) => void;
}

interface OpenStream {
  ledger: LedgerStream;
  /** Changes so far, for the rules; null when there are too many. */
  changes: ChangeEvent[] | null;
  /** Databases of which rows changed in statement format. */
  unloggedIn: Set<string>;
}

export function createBatchHandler(options: BatchHandlerOptions): BatchHandler {
  const { store, rules, normalize, log, now } = options;
  let stream: OpenStream | null = null;
  let waiting: (() => void)[] = [];
  const closeStream = (): void => {
    stream = null;
    const works = waiting;
    waiting = [];
    for (const work of works) work();
  };

  const keep = (open: OpenStream, changes: readonly ChangeEvent[]): void => {
    if (open.changes === null || open.changes.length + changes.length > inferredChangesMax) open.changes = null;
    else for (const change of changes) open.changes.push(change);
    for (const database of unloggedDatabases(changes)) open.unloggedIn.add(database);
  };
  /** Rows that the log does not hold are a gap of the trail, though nothing that capture could have read differently. */
  const toGap = (transaction: RawTransaction, databases: ReadonlySet<string>): Pick<LedgerTransaction, "gap"> => {
    if (databases.size === 0) return {};
    const { gtid } = transaction;
    const where = [...databases].map((database) => database || "a database").join(", ");
    const reason = `transaction ${gtid} changed rows of ${where} in statement format: which rows is not in the log`;
    log.warn({ transaction_id: gtid }, `${reason}; some session's binlog_format is not ROW`);
    return { gap: { reason, from_gtid_set: gtid, to_gtid_set: gtid } };
  };
  const finish = (open: OpenStream, transaction: RawTransaction, checkpoint: Checkpoint): void => {
    const changes = normalizeTransaction(transaction, rules.mapping, normalize);
    keep(open, changes);
    const all = open.changes;
    if (all === null) log.warn({ transaction_id: transaction.gtid }, "too many changes for the rules");
    for (const change of all ?? []) change.timestamp = transaction.timestamp;
    const businessEvents = all === null ? [] : rules.infer(all);
    const rulesDetail = all === null ? { rules: `not applied: more than ${inferredChangesMax} changes` } : {};
    const detail = { ...clockDetail(transaction), ...rulesDetail };
    const gap = toGap(transaction, open.unloggedIn);
    open.ledger.commit({ ...toHeader(transaction), changes, businessEvents, detail, ...gap }, checkpoint, now());
  };
  const toLedger = (transaction: RawTransaction): LedgerTransaction => {
    const changes = normalizeTransaction(transaction, rules.mapping, normalize);
    const gap = toGap(transaction, unloggedDatabases(changes));
    const detail = clockDetail(transaction);
    return { ...toHeader(transaction), changes, businessEvents: rules.infer(changes), detail, ...gap };
  };

  return {
    isStreaming: () => stream !== null,
    betweenTransactions(work) {
      if (stream === null) work();
      else waiting.push(work);
    },
    onPart(part) {
      stream ??= { ledger: store.openStream(part.gtid), changes: [], unloggedIn: new Set() };
      const changes = normalizeTransaction(part, rules.mapping, normalize);
      stream.ledger.append(changes);
      keep(stream, changes);
    },
    onAbandoned() {
      stream?.ledger.abandon();
      closeStream();
    },
    onBatch({ transactions, checkpoint }) {
      const [first] = transactions;
      if (stream !== null && first !== undefined && first.firstSeq > 0) {
        finish(stream, first, checkpoint);
        closeStream();
        return;
      }
      const stored = store.append(transactions.map(toLedger), checkpoint, now());
      log.debug({ transactions: transactions.length, stored, gtid_set: checkpoint.gtid_set }, "stored");
    },
  };
}

function unloggedDatabases(changes: readonly ChangeEvent[]): Set<string> {
  return new Set(changes.filter(({ operation }) => operation === "statement").map(({ source_db }) => source_db));
}

function clockDetail({ sessionClock, timestamp, receivedAt }: RawTransaction): { session_clock?: string } {
  if (sessionClock === undefined) return {};
  // Where the log does not tell when it was committed, ours is the only time there is.
  const known = timestamp === receivedAt ? "received at" : "server committed at";
  return { session_clock: `session said ${sessionClock}, ${known} ${timestamp}` };
}

function toHeader(
  transaction: RawTransaction,
): Pick<LedgerTransaction, "transaction_id" | "timestamp" | "received_at"> {
  return { transaction_id: transaction.gtid, timestamp: transaction.timestamp, received_at: transaction.receivedAt };
}
