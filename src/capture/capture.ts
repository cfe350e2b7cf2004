// capture: the supervisor. Keeps one stream open at a time, each on a fresh connection from our own stored GTID set,
// and hands on whole transactions in batches. Returns when told to stop; throws when a person is needed.
import "../lib/disposable-stack.ts";
import { setTimeout as delay } from "node:timers/promises";
import { backoffMs } from "../lib/backoff.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import { AppError } from "../model/app-error.ts";
import type { CaptureState, Flavor } from "../model/capture-state.ts";
import type { SourceConnection } from "../model/config.ts";
import type { Checkpoint, RawBatch, RawTransaction, RawTransactionPart } from "../model/raw-transaction.ts";
import { watchAccounts } from "./account-watch.ts";
import { createGtidProgress, openBinlogStream } from "./binlog-client.ts";
import { type ServerNow, watchServer } from "./server-watch.ts";
import { toSourceError } from "./source-error.ts";
import { createTransactionAssembler } from "./transaction-assembler.ts";

export interface CaptureOptions {
  connection: SourceConnection;
  flavor: Flavor;
  /** The replica server id to announce. */
  serverId: number;
  /** Who must answer at each connect. */
  sourceId: string;
  databases: readonly string[];
  heartbeatMs: number;
  silenceMs: number;
  /** How often the server's settings are looked at while its log is read. */
  watchMs: number;
  /** What is stored; asked for at each connect. */
  loadCheckpoint: () => Checkpoint;
  /** Stores a batch and its checkpoint, synchronously: reading waits for it, which is the back-pressure. */
  onBatch: (batch: RawBatch) => void;
  /** Takes a piece of a large transaction; the rest comes with `onBatch`, unless `onAbandoned` comes first. */
  onPart: (part: RawTransactionPart) => void;
  /** The connection ended in the middle: what came as parts is void and will come again. */
  onAbandoned: () => void;
  /** Changes are missing from the server's log. Gives whether to read on after them; then the checkpoint given is stored. */
  onIncident: (incident: Incident) => boolean;
  /** @param error why, where something is wrong */
  onState: (state: CaptureState, error: AppError | null) => void;
  /** What is wrong with the server's settings, at each look; empty when nothing is. */
  onSettings: (problems: string[]) => void;
  /** What the server has executed, at each look. */
  onServer?: (server: ServerNow) => void;
  /** About once a second: when the server was last heard, by an event or a heartbeat. */
  onVerified: (heardAtMs: number) => void;
  clock: Clock;
  signal: AbortSignal;
}

export interface Incident {
  reason: string;
  /** What has been read when it is passed over. On MariaDB it has no GTID of its own: then what is stored already. */
  gtidSet: string;
}

/** A batch is handed on at this many row changes, or when the socket has nothing more at the moment. */
const batchRowsMax = 5_000;
const retryBaseMs = 200;
const retryMaxMs = 30_000;
/** A fault that could be a passing one is believed when it comes this many times in a row without progress. */
const faultsMax = 3;

export async function runCapture(options: CaptureOptions): Promise<void> {
  const report = (state: CaptureState["state"], error: AppError | null): void =>
    options.onState(
      {
        state,
        since: toTimestamp(options.clock.now()),
        reason: error?.message ?? null,
        hint: error?.hint ?? null,
      },
      error,
    );
  /** Connections in a row that did not become healthy, and faults in a row without a stored transaction between them. */
  let attempts = 0;
  let faults = 0;
  report("STARTING", null);
  while (!options.signal.aborted) {
    try {
      await readStream(options, {
        onHealthy: () => {
          attempts = 0;
          report("RUNNING", null);
        },
        onProgress: () => {
          faults = 0;
        },
      });
    } catch (error) {
      const fault = toSourceError(error, options.connection);
      attempts += 1;
      faults += 1;
      if (!mayPass(fault, faults)) throw fault;
      report("RETRYING", fault);
      const waitMs = backoffMs(attempts, retryBaseMs, retryMaxMs);
      await delay(waitMs, undefined, { signal: options.signal }).catch(() => {});
    }
  }
}

/** Whether trying again can help. */
function mayPass(fault: AppError, faults: number): boolean {
  switch (fault.code) {
    case "capture.connection_lost":
    case "source.unreachable":
      return true;
    // A decoding error may be a torn connection, "less history" a server that is still committing, and a log file without
    // checksums one that the server passes over when it is asked again for what comes after the last transaction.
    case "capture.undecodable":
    case "capture.corrupt":
    case "capture.diverged":
    case "capture.duplicate_instance":
    case "source.misconfigured":
      return faults < faultsMax;
    default:
      return false;
  }
}

interface StreamProgress {
  /** The first verified event or heartbeat. Being connected proves nothing: the dump privilege, for one, is checked later. */
  onHealthy: () => void;
  /** Transactions were stored. */
  onProgress: () => void;
}

/** One connection, from open to its end. Resolves when stopped, rejects with the first error. */
function readStream(options: CaptureOptions, { onHealthy, onProgress }: StreamProgress): Promise<void> {
  const { clock, signal } = options;
  const stored = options.loadCheckpoint();
  const progress = createGtidProgress(options.flavor, stored.gtid_set);
  return new Promise((resolve, reject) => {
    const resources = new DisposableStack();
    let heardAt: number | undefined;
    /** Since when we could hear: a store that is long at a large batch keeps us from it, and that is not the server's silence. */
    let listeningAt = clock.now();

    const batches = createBatcher(
      (transactions) => {
        const { file, position } = assembler.position;
        for (const { gtid } of transactions) progress.add(gtid);
        const checkpoint = { gtid_set: progress.toString(), binlog_file: file, binlog_position: position };
        options.onBatch({ transactions, checkpoint });
        listeningAt = clock.now();
        onProgress();
      },
      (error) => end(() => reject(error)),
    );
    const { connection, flavor, sourceId } = options;
    const accounts = resources.use(watchAccounts({ connection, flavor, sourceId }));
    const withAccount = <Part extends RawTransactionPart>(part: Part): Part => {
      const account = accounts.accountOf(part);
      return account === undefined ? part : { ...part, account };
    };
    const assembler = createTransactionAssembler({
      flavor: options.flavor,
      clock,
      databases: new Set(options.databases),
      onTransaction: (transaction) => batches.add(withAccount(transaction)),
      onIncident: (gtid) => {
        // In the order of the log.
        batches.flush();
        options.onAbandoned();
        if (gtid !== null) progress.add(gtid);
        const error = incident();
        if (!options.onIncident({ reason: error.message, gtidSet: progress.toString() })) throw error;
      },
      onPart: (part) => {
        // In the order of the log: what was complete before it is stored before it.
        batches.flush();
        options.onPart(withAccount(part));
      },
    });
    /** Ends this connection. Whole transactions that have arrived are kept; one in the middle is read again next time. */
    const end = (finish: () => void): void => {
      resources.dispose();
      try {
        batches.flush();
        options.onAbandoned();
        finish();
      } catch (error) {
        reject(error);
      }
    };
    const stop = (): void => end(resolve);
    signal.addEventListener("abort", stop, { once: true });
    resources.defer(() => signal.removeEventListener("abort", stop));
    const tellVerified = (): void => {
      try {
        if (heardAt !== undefined) options.onVerified(heardAt);
      } catch (error) {
        // Thrown out of a timer nobody could catch it, and a full disk would look like a bug of ours.
        end(() => reject(error));
      }
    };
    const tell = setInterval(tellVerified, Math.min(1_000, options.silenceMs / 3));
    resources.defer(() => clearInterval(tell));
    // One tick early rather than one late: what is promised is to notice within that time.
    const tickMs = Math.min(250, options.silenceMs / 8);
    const watchdog = setInterval(() => {
      if (clock.now() - Math.max(heardAt ?? 0, listeningAt) > options.silenceMs - tickMs)
        end(() => reject(silence(options.silenceMs)));
    }, tickMs);
    resources.defer(() => clearInterval(watchdog));
    resources.use(
      watchServer({
        connection: options.connection,
        flavor: options.flavor,
        everyMs: options.watchMs,
        stored: () => options.loadCheckpoint().gtid_set,
        onFault: (error) => end(() => reject(error)),
        onSettings: options.onSettings,
        onServer: (server) => options.onServer?.(server),
      }),
    );
    const stream = openBinlogStream({
      connection: options.connection,
      flavor: options.flavor,
      gtidSet: stored.gtid_set,
      serverId: options.serverId,
      sourceId: options.sourceId,
      heartbeatMs: options.heartbeatMs,
      onEvent: (event, commitTime) => {
        assembler.push(event, commitTime);
        if (heardAt === undefined) onHealthy();
        heardAt = clock.now();
      },
      onError: (error) => end(() => reject(error)),
    });
    resources.defer(() => stream.close());
  });
}

interface Batcher {
  add: (transaction: RawTransaction) => void;
  /** Hands on what is waiting. */
  flush(): void;
}

/** Groups transactions: one SQLite commit for all that one read of the socket brought, which is most of the throughput. */
function createBatcher(onBatch: (transactions: RawTransaction[]) => void, onError: (error: unknown) => void): Batcher {
  let waiting: RawTransaction[] = [];
  let rows = 0;
  let scheduled: NodeJS.Immediate | undefined;
  const flush = (): void => {
    clearImmediate(scheduled);
    scheduled = undefined;
    const transactions = waiting;
    waiting = [];
    rows = 0;
    if (transactions.length > 0) onBatch(transactions);
  };
  return {
    add: (transaction) => {
      waiting.push(transaction);
      rows += transaction.events.length;
      // The end of a large transaction closes what its parts have opened.
      if (rows >= batchRowsMax || transaction.firstSeq > 0) return flush();
      scheduled ??= setImmediate(() => {
        try {
          flush();
        } catch (error) {
          onError(error);
        }
      });
    },
    flush,
  };
}

function silence(silenceMs: number): AppError {
  return new AppError("capture.connection_lost", `nothing heard from the server for ${silenceMs / 1000} s`, {
    hint: "The server hangs or the network swallows packets. Capture connects again by itself.",
  });
}

function incident(): AppError {
  return new AppError("capture.incident", "the server says that its log is missing changes (INCIDENT event)", {
    hint: "It could not write some changes to its log (often max_binlog_stmt_cache_size). They are in its tables and in no log. `auditctl run --accept-gap` records the gap in the trail and reads on.",
  });
}
