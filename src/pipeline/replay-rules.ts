// pipeline: rules over the stored history, transaction by transaction in the order of the ledger -> what they would tell
// otherwise; and, with a store to write, the correction as new entries of the ledger.
//
// Applying needs no record of how far it has come. What is written is read again as what counts, so the same replay after a
// kill finds it unchanged and goes on with the rest.
import { randomUUID } from "node:crypto";
import { type ChangeHistory, createChangeHistory } from "../infer/change-history.ts";
import type { CompiledRules } from "../infer/compile-rules.ts";
import { assert } from "../lib/assert.ts";
import type { Clock } from "../lib/clock.ts";
import { toTimestamp } from "../lib/clock.ts";
import { inferredChangesMax } from "../model/business-event.ts";
import type { PackVersion, ReplayReport } from "../model/replay.ts";
import { remapChange } from "../normalize/remap-change.ts";
import type { LedgerReplayChunk, LedgerWriter } from "../store/ledger-writer.ts";
import type { StoreReader } from "../store/store-reader.ts";
import type { StoredTransaction } from "../store/transaction-history.ts";
import { compareEvents, type EventComparison } from "./compare-events.ts";
import { createReplayTally } from "./replay-report.ts";
import { readRuleFile } from "./rule-files.ts";

export interface ReplayOptions {
  /** As named by the settings. */
  packs: readonly string[];
  /** The same packs, compiled. */
  rules: Pick<CompiledRules, "infer" | "mapping" | "preceding">;
  actorTags: readonly string[];
  reader: StoreReader;
  /** Of the same store; undefined for a dry run. */
  writer: Pick<LedgerWriter, "appendReplay"> | undefined;
  /** Commit times, as the ledger writes them; `to` itself is left out. */
  from: string | null;
  to: string | null;
  /** In changes. */
  onProgress: (done: number, total: number) => void;
  clock: Clock;
  signal: AbortSignal;
}

/** Events that one entry of the ledger adds and supersedes, about; one transaction is never split. */
const chunkEventsMax = 1_000;
/** The event loop gets its turn, for a signal to be heard. */
const transactionsPerTurn = 500;

export async function replayRules(options: ReplayOptions): Promise<ReplayReport> {
  const { reader, writer, from, to } = options;
  const packs = options.packs.map(describePack);
  const stored = reader.history({
    from: readingFrom(from, options.rules),
    to,
    // Rules can only be about tables that their pack maps, so no other table is read.
    tables: [...new Set(packs.flatMap(({ tables }) => tables))],
    packs: packs.map(({ version }) => version.name),
    changesMax: inferredChangesMax,
  });
  const tally = createReplayTally();
  const done = { transactions: 0, change_events: 0, too_large: 0 };
  const chunks =
    writer &&
    createChunks(
      options,
      packs.map(({ version }) => version),
      writer,
    );
  const history = createChangeHistory(options.rules.preceding);
  let read = { transactions: 0, change_events: 0 };
  for (const transaction of stored.transactions()) {
    if (options.signal.aborted) break;
    const events = inferAgain(transaction, history, options);
    if (from === null || transaction.timestamp >= from) {
      const comparison = compareEvents(transaction.businessEvents, events);
      tally.add(comparison);
      chunks?.add(transaction.entry_id, comparison);
      done.transactions += 1;
      done.change_events += transaction.change_count;
      if (transaction.change_count > inferredChangesMax) done.too_large += 1;
    }
    read = { transactions: read.transactions + 1, change_events: read.change_events + transaction.change_count };
    if (read.transactions % transactionsPerTurn !== 0) continue;
    options.onProgress(read.change_events, stored.change_count);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const complete = !options.signal.aborted;
  chunks?.finish(complete);
  return {
    applied: writer !== undefined,
    complete,
    packs: packs.map(({ version }) => version),
    from,
    to,
    ...done,
    counts: tally.counts,
    rules: tally.rules(),
  };
}

function describePack(name: string): { version: PackVersion; tables: string[] } {
  const { pack, hash } = readRuleFile(name);
  assert(pack !== null && hash !== null, `the rule pack ${name} was good when it was compiled`);
  return { version: { name: pack.pack, version: pack.version, sha256: hash }, tables: Object.keys(pack.entities) };
}

/** Transactions in their order: rules may look back at those before. */
function inferAgain(
  { change_count, changes }: StoredTransaction,
  history: ChangeHistory,
  { rules, actorTags }: ReplayOptions,
) {
  if (change_count > inferredChangesMax) return [];
  const remapped = changes.map((change) =>
    remapChange(change, rules.mapping(change.source_db, change.source_table), actorTags),
  );
  const events = rules.infer(remapped, history);
  history.add(remapped);
  return events;
}

/**
 * Where the rules look back over transactions, reading begins before `from`: twice as far as they look, so that it is also
 * known which of the changes before `from` other events have used up.
 */
function readingFrom(from: string | null, { preceding }: ReplayOptions["rules"]): string | null {
  if (from === null || preceding.length === 0) return from;
  const withinMs = Math.max(...preceding.map((selector) => selector.withinMs));
  return toTimestamp(Math.max(0, Date.parse(from) - 2 * withinMs));
}

interface Chunks {
  add(entryId: number, comparison: EventComparison): void;
  /** Writes what is left. The last entry of a complete replay is written in any case: that it was done, and found nothing, is worth knowing. */
  finish(complete: boolean): void;
}

function createChunks(
  { from, to, clock }: ReplayOptions,
  packs: PackVersion[],
  writer: Pick<LedgerWriter, "appendReplay">,
): Chunks {
  const replay_id = randomUUID();
  let counts = { gained: 0, lost: 0, changed: 0 };
  let added: LedgerReplayChunk["added"][number][] = [];
  let superseded: number[] = [];
  let through_entry = 0;
  const write = (complete: boolean): void => {
    const detail = { replay_id, packs, from, to, through_entry, ...counts, complete };
    writer.appendReplay({ now: toTimestamp(clock.now()), detail, added, superseded });
    counts = { gained: 0, lost: 0, changed: 0 };
    added = [];
    superseded = [];
  };
  return {
    add(entryId, { gained, lost, changed }) {
      if (added.length + superseded.length >= chunkEventsMax) write(false);
      through_entry = entryId;
      for (const event of [...gained, ...changed.map((each) => each.event)])
        added.push({ transaction_entry: entryId, event });
      for (const { business_id } of [...lost, ...changed.map(({ stored }) => stored)]) superseded.push(business_id);
      counts.gained += gained.length;
      counts.lost += lost.length;
      counts.changed += changed.length;
    },
    finish(complete) {
      if (complete || added.length + superseded.length > 0) write(complete);
    },
  };
}
