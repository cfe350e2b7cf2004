// pipeline: what capture hands on -> normalize -> infer -> store. A large transaction comes in parts and goes into one open
// write transaction; memory holds a part at a time.
import type { CaptureOptions } from "../capture/capture.ts";
import { assert, assertNever } from "../lib/assert.ts";
import type { Logger } from "../lib/logger.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import type { Checkpoint, RawTransaction, RawTransactionPart } from "../model/raw-transaction.ts";
import { type NormalizeOptions, normalizeTransaction } from "../normalize/change-events.ts";
import { toDecided } from "../normalize/decided-change.ts";
import type { LedgerStep, LedgerTransaction, Publication } from "../store/ledger-step.ts";
import type { LedgerStream, LedgerWriter } from "../store/ledger-writer.ts";
import { clockDetail, createTransactionFindings, type TransactionFindings } from "./transaction-findings.ts";

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

export interface BatchHandler extends Pick<CaptureOptions, "onBatch" | "onPart" | "onAbandoned"> {
  /** A large transaction is half written: nothing else may be appended now. */
  isStreaming: () => boolean;
  /** Does the work now, or as soon as nothing is half written. */
  betweenTransactions: (work: () => void) => void;
}

interface OpenStream {
  ledger: LedgerStream;
  findings: TransactionFindings;
}

export function createBatchHandler(options: BatchHandlerOptions): BatchHandler {
  const { store, rules, normalize, log, now } = options;
  let stream: OpenStream | null = null;
  let waitingWork: (() => void)[] = [];
  const closeStream = (): void => {
    stream = null;
    const works = waitingWork;
    waitingWork = [];
    for (const work of works) work();
  };

  const toChanges = (transaction: RawTransaction | RawTransactionPart): ChangeEvent[] =>
    normalizeTransaction(transaction, rules.mapping, normalize);
  const openFindings = (): TransactionFindings => createTransactionFindings(rules.infer, log);
  const finish = ({ ledger, findings }: OpenStream, transaction: RawTransaction, checkpoint: Checkpoint): void => {
    const { xa } = transaction;
    const header = toHeader(transaction);
    const changes = toChanges(transaction);
    if (xa !== undefined) {
      assert(xa.step === "prepare", `a decision on XA ${xa.xid} that comes in parts`);
      ledger.commit({ ...header, xa: xa.step, xid: xa.xid, changes }, checkpoint, now());
      return;
    }
    findings.add(changes);
    ledger.commit({ ...header, changes, ...findings.finish(transaction) }, checkpoint, now());
  };
  /** The rules see changes that waited when they take effect. */
  const toPublication = (commit: RawTransaction): Publication => {
    const { gtid: transaction_id, timestamp } = commit;
    const findings = openFindings();
    return {
      add(waiting) {
        const changes = waiting.map((change) => toDecided(change, { transaction_id, timestamp }));
        findings.add(changes);
        return changes;
      },
      finish: () => findings.finish(commit),
    };
  };
  const toStep = (transaction: RawTransaction): LedgerStep => {
    const header = toHeader(transaction);
    const { xa } = transaction;
    if (xa === undefined) {
      const changes = toChanges(transaction);
      const findings = openFindings();
      findings.add(changes);
      return { ...header, changes, ...findings.finish(transaction) };
    }
    switch (xa.step) {
      case "prepare":
        return { ...header, xa: "prepare", xid: xa.xid, changes: toChanges(transaction) };
      case "commit":
        return { ...header, xa: "commit", xid: xa.xid, publication: toPublication(transaction) };
      case "rollback":
        return { ...header, xa: "rollback", xid: xa.xid };
      default:
        return assertNever(xa.step);
    }
  };

  return {
    isStreaming: () => stream !== null,
    betweenTransactions(work) {
      if (stream === null) work();
      else waitingWork.push(work);
    },
    onPart(part) {
      stream ??= { ledger: store.openStream(part.gtid, part.xid !== undefined), findings: openFindings() };
      const changes = toChanges(part);
      stream.ledger.append(changes);
      stream.findings.add(changes);
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
      const stored = store.append(transactions.map(toStep), checkpoint, now());
      log.debug({ transactions: transactions.length, stored, gtid_set: checkpoint.gtid_set }, "stored");
    },
  };
}

function toHeader(
  transaction: RawTransaction,
): Pick<LedgerTransaction, "transaction_id" | "timestamp" | "received_at" | "detail"> {
  return {
    transaction_id: transaction.gtid,
    timestamp: transaction.timestamp,
    received_at: transaction.receivedAt,
    detail: clockDetail(transaction),
  };
}
