// pipeline: capture -> normalize -> infer -> store. Takes a connection, rules and an open store; runs until told to stop.
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { mergeGtidSets } from "../capture/binlog-client.ts";
import { type CaptureOptions, runCapture } from "../capture/capture.ts";
import type { PreflightReport } from "../capture/preflight.ts";
import { backoffMs } from "../lib/backoff.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { AppError, errorFields } from "../model/app-error.ts";
import { type CaptureState, type CaptureStateName, needsPerson } from "../model/capture-state.ts";
import type { Config, SourceConnection } from "../model/config.ts";
import type { Checkpoint } from "../model/raw-transaction.ts";
import type { Sample } from "../model/sample.ts";
import type { LedgerWriter } from "../store/ledger-writer.ts";
import { createIncidentHandler } from "./accept-incident.ts";
import { createBatchHandler, type IngestRules } from "./batch-handler.ts";
import { createSourceLag } from "./source-lag.ts";
import { bindSource, checkServer, oldestGtidSet } from "./start.ts";

export interface IngestOptions {
  config: Config;
  connection: SourceConnection;
  rules: IngestRules;
  store: LedgerWriter;
  version: string;
  /** Record a gap and read on: from the oldest change the server still has, or after a hole in its log. */
  acceptGap: boolean;
  onState: (state: CaptureState) => void;
  /** Measures for /metrics, about once a second. */
  onMeasured?: (samples: readonly Sample[]) => void;
  /** The store is known to be of this server, and its chain has the start; gives a way to work between transactions. */
  onStarted?: (betweenTransactions: (work: () => void) => void) => void;
  clock: Clock;
  log: Logger;
  /** Of what is written. Without it `log`. */
  storeLog?: Logger;
  signal: AbortSignal;
}

function levelOf(state: CaptureState, error: AppError | null): "info" | "warn" | "error" {
  if (state.state === "RETRYING") return "warn";
  return needsPerson(state) || error !== null ? "error" : "info";
}

/** Any of the server's settings can be changed while its log is read; seen within this time, or within a heartbeat's. */
const watchMaxMs = 5_000;
/** Between tries to reach a server that is waited for. */
const retryBaseMs = 200;
const retryMaxMs = 10_000;
const passingCodes: ReadonlySet<AppError["code"]> = new Set(["source.unreachable", "capture.connection_lost"]);
const stopped = { state: "STOPPED", reason: "asked to stop", hint: null } as const;

/** Resolves after a graceful stop. @throws AppError when a person is needed; the state in the store says the same. */
export async function runIngest(options: IngestOptions): Promise<void> {
  const { config, store, clock, log } = options;
  const now = (): string => toTimestamp(clock.now());
  let state: CaptureState = { state: "STARTING", since: now(), reason: null, hint: null };
  let heardAt: string | null = null;
  const lag = createSourceLag(() => clock.now());
  const tellMeasures = (): void => options.onMeasured?.(lag.samples());
  const setState = (reported: CaptureState, error: AppError | null = null): void => {
    // It lasts since it began, and is said once, though each attempt to connect again fails.
    const next = reported.state === state.state ? { ...reported, since: state.since } : reported;
    const isAgain = next.state === state.state && next.state === "RETRYING";
    const why = error === null ? { reason: next.reason ?? undefined } : errorFields(error);
    if (error !== null || next.state !== state.state)
      log[isAgain ? "debug" : levelOf(next, error)]({ state: next.state, ...why }, "capture state");
    if (next.state === "RETRYING") lag.reconnected();
    state = next;
    store.putState(state, heardAt);
    options.onState(state);
    tellMeasures();
  };

  const handler = createBatchHandler({
    store,
    rules: options.rules,
    normalize: { valueBytesMax: config.value_bytes_max, actorTags: config.actor_tags },
    log: options.storeLog ?? log,
    now,
  });
  let problems: readonly string[] = [];
  /** While a setting blinds us the state says so, however well the connection is. Reading goes on: what the log tells is worth having. */
  const setRunning = (since: string): void => {
    const [reason, hint] =
      problems.length > 0 ? [problems.join(" | "), "`auditctl doctor` lists each cure."] : [null, null];
    setState({ state: problems.length > 0 ? "MISCONFIGURED" : "RUNNING", since, reason, hint });
  };
  const onSettings = (found: readonly string[]): void => {
    if (handler.isStreaming() || isDeepStrictEqual(found, problems)) return;
    problems = found;
    store.note("config", { problems: [...found] }, now());
    setRunning(now());
  };

  try {
    const report = await reachServer(options, setState);
    if (report === undefined) return setState({ ...stopped, since: now() });
    const serverId = await prepareStart(options, report, now);
    lag.looked(report, requireCheckpoint(store).gtid_set);
    options.onStarted?.(handler.betweenTransactions);
    const capture = {
      connection: options.connection,
      flavor: report.identity.flavor,
      serverId,
      sourceId: report.identity.server_id,
      databases: config.databases,
      heartbeatMs: config.heartbeat_seconds * 1_000,
      silenceMs: config.silence_seconds * 1_000,
      loadCheckpoint: () => requireCheckpoint(store),
      watchMs: Math.min(watchMaxMs, config.heartbeat_seconds * 1_000),
      onBatch(batch) {
        handler.onBatch(batch);
        const newest = batch.transactions.at(-1);
        if (newest !== undefined) lag.stored(newest.timestamp);
      },
      onPart: handler.onPart,
      onAbandoned: handler.onAbandoned,
      onIncident: createIncidentHandler({ store, acceptGap: options.acceptGap, log, now }),
      onSettings,
      onServer: (server) => lag.looked(server, requireCheckpoint(store).gtid_set),
      onState: (next, error) => (next.state === "RUNNING" ? setRunning(next.since) : setState(next, error)),
      onVerified: (heardAtMs) => {
        heardAt = toTimestamp(heardAtMs);
        store.putState(state, heardAt);
        tellMeasures();
      },
      clock,
      signal: options.signal,
    } satisfies CaptureOptions;
    await runCapture(capture).catch(async (error: unknown) => {
      if (!options.acceptGap || !(error instanceof AppError) || error.code !== "capture.gap") throw error;
      await acceptGap(options, report, serverId, error.message, now);
      return runCapture(capture);
    });
    store.note("stop", { reason: stopped.reason }, now());
    setState({ ...stopped, since: now() });
  } catch (error) {
    if (error instanceof AppError) recordFault(error, options, setState, now());
    throw error;
  }
}

/**
 * What the server says of itself; undefined when told to stop before it could be reached. Whether a server that cannot be
 * reached is waited for is a setting: a person at a terminal wants to hear at once that the address is wrong.
 */
async function reachServer(
  { connection, config, clock, signal }: IngestOptions,
  setState: (state: CaptureState) => void,
): Promise<PreflightReport | undefined> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return await checkServer(connection);
    } catch (error) {
      const mayPass = error instanceof AppError && passingCodes.has(error.code);
      if (!config.wait_for_server || !mayPass) throw error;
      setState({ state: "RETRYING", since: toTimestamp(clock.now()), reason: error.message, hint: error.hint });
      await delay(backoffMs(attempt, retryBaseMs, retryMaxMs), undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

/** Binds the store to the server, decides where reading begins, and writes the start into the chain. Gives our server id. */
async function prepareStart(options: IngestOptions, report: PreflightReport, now: () => string): Promise<number> {
  const { store, config, version } = options;
  const serverId = bindSource(store, report, now());
  const earliest = config.start_from === "earliest";
  const checkpoint = store.checkpoint() ?? {
    gtid_set: earliest ? await oldestGtidSet(options.connection, report, serverId) : report.executedGtidSet,
    binlog_file: null,
    binlog_position: null,
  };
  const { limits } = report;
  if (limits.length > 0) options.log.warn({ limits }, "the server's log has limits, which every answer will show");
  const detail = { from_gtid_set: checkpoint.gtid_set, version, server_version: report.identity.version, limits };
  store.note("start", detail, now(), checkpoint);
  return serverId;
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
  const oldest = await oldestGtidSet(options.connection, report, serverId);
  // A MariaDB position names one transaction per domain; should it lie before ours in one, what is stored already is recognised.
  const to = flavor === "mysql" ? mergeGtidSets(flavor, [from, oldest]) : oldest;
  const detail = { reason, from_gtid_set: from, to_gtid_set: to, accepted: true };
  store.note("gap", detail, now(), { gtid_set: to, binlog_file: null, binlog_position: null });
}

function requireCheckpoint(store: LedgerWriter): Checkpoint {
  const checkpoint = store.checkpoint();
  if (checkpoint === undefined) throw new Error("bug: a started store without a checkpoint");
  return checkpoint;
}

const faultStates: Partial<Record<AppError["code"], CaptureStateName>> = {
  "capture.gap": "GAP",
  "capture.diverged": "GAP",
  "capture.incident": "GAP",
  "capture.corrupt": "BLOCKED",
  "capture.undecodable": "BLOCKED",
  "capture.duplicate_instance": "BLOCKED",
  "source.misconfigured": "MISCONFIGURED",
  "source.access_denied": "MISCONFIGURED",
  "store.other_source": "MISCONFIGURED",
};

/** Changes that were made and that the log does not hold. */
const lostCodes: ReadonlySet<AppError["code"]> = new Set(["capture.gap", "capture.diverged", "capture.incident"]);

/** Leaves the fault where `status` finds it, and a gap in the chain itself. A store that cannot be written is past telling. */
function recordFault(
  error: AppError,
  options: IngestOptions,
  setState: (state: CaptureState, error: AppError) => void,
  now: string,
): void {
  if (error.code.startsWith("store.") && error.code !== "store.other_source") {
    options.log.error(errorFields(error), "capture ends");
    return;
  }
  const checkpoint = options.store.checkpoint();
  if (lostCodes.has(error.code) && checkpoint !== undefined) {
    const detail = { reason: error.message, from_gtid_set: checkpoint.gtid_set, to_gtid_set: null };
    // A service that is restarted into the same gap says it once.
    if (!isDeepStrictEqual(options.store.newestGap(), detail)) options.store.note("gap", detail, now);
  }
  const state = faultStates[error.code] ?? "STOPPED";
  setState({ state, since: now, reason: error.message, hint: error.hint }, error);
}
