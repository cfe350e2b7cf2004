// pipeline: posts -> normalize -> infer -> store. A post is stored whole, or not at all.
//
// Debezium Server posts one row change at a time, and rules see transactions. So a change that comes alone waits in the store
// for the rest of its transaction: until the connector begins another one, says that this one is complete, or is quiet. A post
// of several messages ends the transactions in it. What comes later of a transaction becomes a part of its own (`…#2`).
import type { JsonObject } from "../lib/canonical-json.ts";
import type { Logger } from "../lib/logger.ts";
import { inferredChangesMax } from "../model/business-event.ts";
import { parseGtidSet } from "../model/gtid-set.ts";
import { emptyIngestReport, type IngestPost, type IngestReport } from "../model/ingest.ts";
import type { NormalizeOptions } from "../normalize/change-events.ts";
import { type PostedChange, toPostedChange } from "../normalize/debezium-change.ts";
import { readMessage } from "../normalize/debezium-envelope.ts";
import { parseKeyColumns } from "../normalize/debezium-keys.ts";
import type { LedgerWriter } from "../store/ledger-writer.ts";
import type { PostedEntry, PostLedger, WaitingTransaction } from "../store/post-ledger.ts";
import type { IngestRules } from "./batch-handler.ts";
import type { RuleBook } from "./rule-book.ts";
import { faultsMax, invalidPost, readPost } from "./read-posts.ts";

export interface PostHandlerOptions {
  store: LedgerWriter;
  rules: IngestRules & Pick<RuleBook, "forgetUnstored">;
  normalize: NormalizeOptions;
  version: string;
  /** Databases whose log this process reads itself, [] for all; null when it reads none. */
  captured: readonly string[] | null;
  log: Logger;
  now: () => string;
}

export interface PostHandler {
  /** @param isOpen the last transaction in it may go on in the next post @throws AppError; then nothing was stored */
  accept(post: IngestPost, isOpen?: boolean): IngestReport;
  /** No more is to come of what waits. */
  publishWaiting(): IngestReport;
}

/** MariaDB's GTIDs are not unique in the world: the same one at about the same time is the same transaction. */
const sameTimeMs = 60_000;

export function createPostHandler(options: PostHandlerOptions): PostHandler {
  const { store, rules, now } = options;
  const write = (report: IngestReport, work: (writing: Writing) => void): IngestReport => {
    try {
      store.post((ledger) => work(openWriting(ledger, options, report)));
      return report;
    } catch (error) {
      rules.forgetUnstored();
      throw error;
    }
  };
  return {
    accept(post, isOpen) {
      const keyColumns = parseKeyColumns(post.keyColumns);
      const { messages, isSingle } = readPost(post);
      const report = { ...emptyIngestReport(), received: messages.length };
      const steps = readSteps(messages, { ...options, keyColumns, now: now() }, report);
      return write(report, (writing) => {
        for (const step of steps) writing.add(step);
        writing.finish(isOpen ?? isSingle);
      });
    },
    publishWaiting: () => write(emptyIngestReport(), (writing) => writing.publishAll()),
  };
}

type Step = PostedChange | { ended: string };

/** @throws ingest.invalid with every fault */
function readSteps(
  messages: ReturnType<typeof readPost>["messages"],
  options: Omit<PostHandlerOptions, "now"> & { keyColumns: ReturnType<typeof parseKeyColumns>; now: string },
  report: IngestReport,
): Step[] {
  const faults: string[] = [];
  let count = 0;
  const fault = (path: string, message: string): void => {
    count += 1;
    // A path holds names that the sender chose.
    if (faults.length < faultsMax) faults.push(`${(path || "(body)").slice(0, 300)}: ${message}`);
  };
  const { keyColumns, normalize, now, rules } = options;
  const steps: Step[] = [];
  for (const { path, message } of messages) {
    const read = readMessage(message, path, fault);
    if (read === undefined) continue;
    if (read.kind === "ignored") report.ignored[read.reason] += 1;
    else if (read.kind === "end") {
      report.ignored.transaction_metadata += 1;
      steps.push({ ended: read.transaction });
    } else {
      const step = guardDepth(path, fault, () =>
        toPostedChange(read, { mapping: rules.mapping, normalize, keyColumns, now }, fault),
      );
      if (step !== undefined) steps.push(step);
    }
  }
  if (count > 0) throw invalidPost(faults, count);
  return steps;
}

function guardDepth<T>(path: string, fault: (path: string, message: string) => void, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fault(path, "is nested too deep");
    return undefined;
  }
}

interface Writing {
  add(step: Step): void;
  finish(isOpen: boolean): void;
  publishAll(): void;
}

function openWriting(ledger: PostLedger, options: PostHandlerOptions, report: IngestReport): Writing {
  const { rules, now, version } = options;
  const waiting = new Map(ledger.waiting().map((transaction) => [transaction.transaction_id, transaction]));
  const knownFeeds = new Set<string>();
  const newestOfFeed = new Map<string, string>();
  const isCaptured = createCapturedCheck(ledger, options);
  let reads: PostedChange[] = [];
  const readIds = new Set<string>();

  const publish = ({ transaction_id }: WaitingTransaction): void => {
    waiting.delete(transaction_id);
    const { changes, businessEvents } = publishTransaction(ledger, transaction_id, rules, now());
    report.stored_transactions += 1;
    report.stored_changes += changes.length;
    report.business_events += businessEvents.length;
  };
  const publishWhere = (isMeant: (transaction: WaitingTransaction) => boolean): void =>
    [...waiting.values()].filter(isMeant).forEach(publish);
  const publishReads = (): void => {
    if (reads.length === 0) return;
    appendReads(ledger, reads, now());
    report.stored_changes += reads.length;
    reads = [];
  };
  const addChange = (posted: PostedChange): void => {
    const { transactionId, ownId, order, change } = posted;
    const feed = `${posted.feed.connector}:${posted.feed.server}`;
    if (isCaptured(posted) || readIds.has(change.event_id) || ledger.knows(change.event_id)) {
      report.duplicates += 1;
      return;
    }
    if (!knownFeeds.has(feed)) {
      knownFeeds.add(feed);
      if (!ledger.hasFeed(feed)) ledger.startFeed(describeFeed(posted, feed, version, now()), now());
    }
    if (posted.isRead) {
      reads.push(posted);
      readIds.add(change.event_id);
      return;
    }
    newestOfFeed.set(feed, transactionId);
    ledger.wait({ feed, transaction_id: transactionId, own_id: ownId, place: order, change });
    const transaction = waiting.get(transactionId) ?? {
      feed,
      transaction_id: transactionId,
      own_id: ownId,
      changes: 0,
    };
    transaction.changes += 1;
    waiting.set(transactionId, transaction);
    // Rules see no transaction of more changes.
    if (transaction.changes >= inferredChangesMax) publish(transaction);
  };
  return {
    add(step) {
      if ("ended" in step) publishWhere((transaction) => transaction.own_id === step.ended);
      else addChange(step);
    },
    finish(isOpen) {
      publishReads();
      // Messages of several topics may come mixed, so that a post is looked at as a whole before any of its transactions ends.
      publishWhere(({ feed, transaction_id }) => {
        const newest = newestOfFeed.get(feed);
        return newest !== undefined && !(isOpen && newest === transaction_id);
      });
      report.waiting = [...waiting.values()].reduce((sum, { changes }) => sum + changes, 0);
    },
    publishAll: () => publishWhere(() => true),
  };
}

/** From what waits into the ledger, with what the rules make of it. What came too late for its transaction is a part of its own. */
function publishTransaction(
  ledger: PostLedger,
  transactionId: string,
  { infer }: IngestRules,
  now: string,
): PostedEntry {
  const changes = ledger.take(transactionId);
  const part = ledger.countParts(transactionId) + 1;
  const transaction_id = part === 1 ? transactionId : `${transactionId}#${part}`;
  const timestamp = changes.reduce((latest, change) => (change.timestamp > latest ? change.timestamp : latest), "");
  changes.forEach((change, seq) => Object.assign(change, { seq, timestamp, transaction_id }));
  const detail: JsonObject = { via: "debezium", ...(part === 1 ? {} : { part }) };
  const businessEvents = infer(changes);
  const entry = {
    kind: "transaction",
    transaction_id,
    timestamp,
    received_at: now,
    detail,
    changes,
    businessEvents,
  } as const;
  ledger.append(entry);
  return entry;
}

/** Rows as Debezium's snapshot found them: no transaction, and no rule sees them. */
function appendReads(ledger: PostLedger, reads: readonly PostedChange[], now: string): void {
  const [first] = reads;
  if (first === undefined) return;
  const { connector, server } = first.feed;
  const transaction_id = `debezium:${connector}:${server}:read:${first.change.event_id}`;
  const timestamp = first.change.timestamp;
  const detail: JsonObject = { phase: "debezium", via: "debezium", rows: reads.length };
  const changes = reads.map(({ change }, seq) => Object.assign(change, { seq, timestamp, transaction_id }));
  ledger.append({ kind: "snapshot", transaction_id, timestamp, received_at: now, detail, changes, businessEvents: [] });
}

function describeFeed({ feed: { connector, server } }: PostedChange, feed: string, version: string, now: string) {
  const limit = `changes of ${server} (${connector}) come through Debezium since ${now.slice(0, 19)}Z: the trail holds what was posted, and cannot know of what was not`;
  return { via: "debezium", feed, from_gtid_set: "", version, limits: [limit] } as const satisfies JsonObject;
}

/** Whether the trail has the transaction from the server's own log, or is about to read it there. */
function createCapturedCheck(
  ledger: PostLedger,
  { store, captured }: PostHandlerOptions,
): (posted: PostedChange) => boolean {
  const source = store.source();
  if (source === undefined) return () => false;
  const checkpoint = store.checkpoint();
  const readSoFar = parseGtidSet(checkpoint?.gtid_set ?? "");
  return ({ gtid, change }) => {
    if (gtid === null) return false;
    const heldAt = ledger.heldAt(gtid);
    if (heldAt !== undefined)
      return source.flavor === "mysql" || Math.abs(Date.parse(heldAt) - Date.parse(change.timestamp)) <= sameTimeMs;
    const isOwn = source.flavor === "mysql" && gtid.startsWith(`${source.server_id.toLowerCase()}:`);
    const isRead = captured !== null && (captured.length === 0 || captured.includes(change.source_db));
    return isOwn && isRead && checkpoint !== undefined && !readSoFar.has(gtid);
  };
}
