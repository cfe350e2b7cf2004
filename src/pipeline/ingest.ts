// pipeline: capture -> normalize -> infer -> store. Takes a connection, rules and an open store; runs until told to stop.
import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { mergeGtidSets } from "../capture/binlog-client.ts";
import { type CaptureOptions, runCapture } from "../capture/capture.ts";
import { readOldestMariadbPosition } from "../capture/oldest-position.ts";
import { describeProblems, type PreflightReport, runPreflight } from "../capture/preflight.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { AppError } from "../model/app-error.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { CaptureState, CaptureStateName } from "../model/capture-state.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import type { Config, SourceConnection } from "../model/config.ts";
import type { EntityMapping } from "../model/entity-mapping.ts";
import type { Checkpoint, RawBatch, RawTransaction } from "../model/raw-transaction.ts";
import { normalizeTransaction } from "../normalize/change-events.ts";
import type { LedgerTransaction, LedgerWriter } from "../store/ledger-writer.ts";

export interface IngestRules {
  mapping: EntityMapping;
  infer: (events: readonly ChangeEvent[]) => BusinessEvent[];
}

export interface IngestOptions {
  config: Config;
  connection: SourceConnection;
  rules: IngestRules;
  store: LedgerWriter;
  version: string;
  /** Record a gap and read on from the oldest change the server still has. */
  acceptGap: boolean;
  onState: (state: CaptureState) => void;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/** Resolves after a graceful stop. @throws AppError when a person is needed; the state in the store says the same. */
export async function runIngest(options: IngestOptions): Promise<void> {
  const { config, store, clock, log } = options;
  const now = (): string => toTimestamp(clock.now());
  let state: CaptureState = { state: "STARTING", since: now(), reason: null, hint: null };
  let heardAt: string | null = null;
  const setState = (next: CaptureState): void => {
    if (next.state !== state.state) log.info({ state: next.state, reason: next.reason }, "capture state");
    state = next;
    store.putState(state, heardAt);
    options.onState(state);
  };

  try {
    const report = await checkServer(options.connection);
    const serverId = await prepareStart(options, report, now);
    const capture = {
      connection: options.connection,
      flavor: report.identity.flavor,
      serverId,
      databases: config.databases,
      transactionRowsMax: config.transaction_rows_max,
      heartbeatMs: config.heartbeat_seconds * 1_000,
      silenceMs: config.silence_seconds * 1_000,
      loadCheckpoint: () => requireCheckpoint(store),
      onBatch: createBatchHandler(options, now),
      onState: setState,
      onVerified: (heardAtMs) => {
        heardAt = toTimestamp(heardAtMs);
        store.putState(state, heardAt);
      },
      clock,
      signal: options.signal,
    } satisfies CaptureOptions;
    await runCapture(capture).catch(async (error: unknown) => {
      if (!options.acceptGap || !(error instanceof AppError) || error.code !== "capture.gap") throw error;
      await acceptGap(options, report, serverId, error.message, now);
      return runCapture(capture);
    });
    store.note("stop", { reason: "asked to stop" }, now());
    setState({ state: "STOPPED", since: now(), reason: "asked to stop", hint: null });
  } catch (error) {
    if (error instanceof AppError) recordFault(error, options, setState, now());
    throw error;
  }
}

/** @throws source.misconfigured with every problem as a detail. */
async function checkServer(connection: SourceConnection): Promise<PreflightReport> {
  const report = await runPreflight(connection);
  const problems = describeProblems(report);
  if (problems.length === 0) return report;
  throw new AppError("source.misconfigured", `${report.identity.address}: ${problems.join(" | ")}`, {
    hint: "`auditctl doctor` shows each check; nothing was read.",
    details: problems,
  });
}

/** Binds the store to the server, decides where reading begins, and writes the start into the chain. Gives our server id. */
async function prepareStart(options: IngestOptions, report: PreflightReport, now: () => string): Promise<number> {
  const { store, config, version } = options;
  const known = store.source();
  // Random, then kept: two clients that share an id throw each other out for ever.
  const serverId = known?.client_id ?? randomInt(100_000_000, 4_294_967_295);
  if (known === undefined) {
    store.registerSource(report.identity, serverId, now());
  } else if (known.flavor !== report.identity.flavor || known.server_id !== report.identity.server_id) {
    throw new AppError(
      "store.other_source",
      `${store.path} holds the trail of server ${known.server_id} (${known.address}), this is ${report.identity.server_id}`,
      { hint: "Check host and port, or begin a new store for this server with --store." },
    );
  }
  const earliest = config.start_from === "earliest";
  const checkpoint = store.checkpoint() ?? {
    gtid_set: earliest ? await oldestGtidSet(options, report, serverId) : report.executedGtidSet,
    binlog_file: null,
    binlog_position: null,
  };
  const detail = { from_gtid_set: checkpoint.gtid_set, version, server_version: report.identity.version };
  store.note("start", detail, now(), checkpoint);
  return serverId;
}

/** Where the oldest log file that the server still has begins. */
async function oldestGtidSet(options: IngestOptions, report: PreflightReport, serverId: number): Promise<string> {
  return report.identity.flavor === "mysql"
    ? report.purgedGtidSet
    : await readOldestMariadbPosition(options.connection, serverId);
}

/** Moves the checkpoint past what the server no longer has, with a gap in the chain that says from where to where. */
async function acceptGap(
  options: IngestOptions,
  report: PreflightReport,
  serverId: number,
  reason: string,
  now: () => string,
): Promise<void> {
  const { store } = options;
  const { flavor } = report.identity;
  const from = requireCheckpoint(store).gtid_set;
  const oldest = await oldestGtidSet(options, report, serverId);
  // A MariaDB position names one transaction per domain; should it lie before ours in one, what is stored already is recognised.
  const to = flavor === "mysql" ? mergeGtidSets(flavor, [from, oldest]) : oldest;
  const detail = { reason, from_gtid_set: from, to_gtid_set: to };
  store.note("gap", detail, now(), { gtid_set: to, binlog_file: null, binlog_position: null });
}

function requireCheckpoint(store: LedgerWriter): Checkpoint {
  const checkpoint = store.checkpoint();
  if (checkpoint === undefined) throw new Error("bug: a started store without a checkpoint");
  return checkpoint;
}

function createBatchHandler(options: IngestOptions, now: () => string): (batch: RawBatch) => void {
  const { store, rules, log } = options;
  const toLedger = (transaction: RawTransaction): LedgerTransaction => {
    const changes = normalizeTransaction(transaction, rules.mapping, { valueBytesMax: options.config.value_bytes_max });
    return {
      transaction_id: transaction.gtid,
      timestamp: transaction.timestamp,
      received_at: transaction.receivedAt,
      changes,
      businessEvents: rules.infer(changes),
    };
  };
  return ({ transactions, checkpoint }) => {
    const stored = store.append(transactions.map(toLedger), checkpoint, now());
    log.debug({ transactions: transactions.length, stored, gtid_set: checkpoint.gtid_set }, "stored");
  };
}

const faultStates: Partial<Record<AppError["code"], CaptureStateName>> = {
  "capture.gap": "GAP",
  "capture.diverged": "GAP",
  "capture.undecodable": "BLOCKED",
  "capture.duplicate_instance": "BLOCKED",
  "source.misconfigured": "MISCONFIGURED",
  "source.access_denied": "MISCONFIGURED",
};

/** Leaves the fault where `status` finds it, and a gap in the chain itself. A store that cannot be written is past telling. */
function recordFault(
  error: AppError,
  options: IngestOptions,
  setState: (state: CaptureState) => void,
  now: string,
): void {
  if (error.code.startsWith("store.")) return;
  const checkpoint = options.store.checkpoint();
  if ((error.code === "capture.gap" || error.code === "capture.diverged") && checkpoint !== undefined) {
    const detail = { reason: error.message, from_gtid_set: checkpoint.gtid_set, to_gtid_set: null };
    // A service that is restarted into the same gap says it once.
    if (!isDeepStrictEqual(options.store.newestGap(), detail)) options.store.note("gap", detail, now);
  }
  setState({ state: faultStates[error.code] ?? "STOPPED", since: now, reason: error.message, hint: error.hint });
}
