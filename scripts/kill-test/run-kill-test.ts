// Takes how often to kill what; gives a report: kills capture and the server under load, and at the end compares the
// trail with what the server itself says it committed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Connection, type ConnectionOptions, createConnection } from "mysql2/promise";
import { createRandom } from "../../generator/random.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { type Flavor, type LocalServer, openLocalServer } from "../mysql.ts";
import { type CaptureKeeper, CaptureFailed, openCaptureKeeper } from "./capture-keeper.ts";
import { compareTrail, type Truth } from "./compare.ts";
import { playKillRounds } from "./kill-rounds.ts";
import { createKillReport, type KillReport } from "./kill-report.ts";
import { captureAccount, createLoadDatabase, loadDatabase } from "./load-database.ts";
import { startLoad } from "./load-writers.ts";
import { readTrail } from "./read-trail.ts";
import { readTruth } from "./read-truth.ts";
import { type Sabotage, sabotageTrail } from "./sabotage.ts";
import { lastNumber, openServerProgress, readGtidSet } from "./server-progress.ts";

export interface KillTestOptions {
  flavor: Flavor;
  kills: number;
  serverKills: number;
  seed: number;
  /** Spoil a copy of what was read from the trail, to see that the comparison finds it. */
  sabotage?: Sabotage | undefined;
  log: (line: string) => void;
  onProgress: (kills: number) => void;
  signal: AbortSignal;
}

/** Power loss is not tested, but a killed server must not take back what it committed. */
const durable = { sync_binlog: "1", innodb_flush_log_at_trx_commit: "1" };
/** The log goes on in a new file every few seconds, so that kills meet that too. */
const settings = { ...durable, max_binlog_size: "4M" };
const writers = 3;
/** The writers pause when this many transactions wait in the log: in turn enough to be always catching up, and hardly any. */
const backlogs = [500, 20] as const;
const killsPerBacklog = 10;
const catchUpTimeoutMs = 300_000;

/** @throws the signal's reason; an Error that names the kept folder when capture ended by itself */
export async function runKillTest(options: KillTestOptions): Promise<KillReport> {
  const { flavor, signal } = options;
  const startedAt = performance.now();
  await using server = await openLocalServer(flavor, { settings, log: options.log, signal });
  if (!server.controllable)
    throw new Error(`the kill test needs a server it may kill, not one behind a URL (${server.way})`);
  const folder = mkdtempSync(join(tmpdir(), "audit-overlay-kill-"));
  let keep = false;
  try {
    const storePath = join(folder, "audit.db");
    const played = await play(options, server, storePath, folder);
    const report = examine(options, played, storePath, folder, (performance.now() - startedAt) / 1000);
    keep = !report.pass;
    return report;
  } catch (error) {
    if (!(error instanceof CaptureFailed)) throw error;
    keep = true;
    throw new Error(`${error.message}\nThe store is kept in ${folder}`, { cause: error });
  } finally {
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

interface Played {
  truth: Truth;
  keeper: CaptureKeeper;
  serverVersion: string;
}

/** All that needs the server: load, kills, the end of the load, catching up, and the server's own account. */
async function play(options: KillTestOptions, server: LocalServer, storePath: string, folder: string): Promise<Played> {
  const { flavor, seed, signal } = options;
  const { host, port, user, password } = server;
  const address: ConnectionOptions = { host, port, user, password, supportBigNumbers: true };
  await withConnection(address, createLoadDatabase);
  await using progress = openServerProgress(address, flavor);
  const keeper = openCaptureKeeper({ host, port, ...captureAccount, storePath, folder }, progress, signal);
  try {
    const backlogMax = (): number => backlogs[Math.floor(keeper.kills.total / killsPerBacklog) % backlogs.length] ?? 0;
    const isFull = (): boolean => progress.sequence() - keeper.storedSequence() > backlogMax();
    const load = startLoad({ server: address, seed, writers, isFull });
    const random = createRandom(seed, "kills");
    const { kills, serverKills, onProgress } = options;
    try {
      await Promise.race([load.failed, playKillRounds({ keeper, server, random, kills, serverKills, onProgress })]);
    } finally {
      await load.stop();
    }
    const truth = await withConnection(address, async (connection) => {
      await catchUp(keeper, connection, flavor, signal);
      return await readTruth(connection, flavor);
    });
    await keeper.stop();
    return { truth, keeper, serverVersion: server.version };
  } finally {
    await keeper.abandon();
  }
}

/** The last process tells what it stores, so the load gets one more transaction for it to tell of. */
async function catchUp(
  keeper: CaptureKeeper,
  connection: Connection,
  flavor: Flavor,
  signal: AbortSignal,
): Promise<void> {
  await keeper.untilRunning();
  await connection.query(`CREATE TABLE ${loadDatabase}.the_end (id INT PRIMARY KEY)`);
  const last = lastNumber(await readGtidSet(connection, flavor));
  const deadline = performance.now() + catchUpTimeoutMs;
  while (keeper.storedSequence() < last) {
    if (performance.now() > deadline) {
      throw new CaptureFailed(
        `capture stored up to ${keeper.storedSequence()} of ${last} in ${catchUpTimeoutMs / 1000} s`,
      );
    }
    await delay(20, undefined, { signal });
    if (keeper.current().hasEnded()) await keeper.runFor(0);
  }
}

function examine(
  { seed, flavor, sabotage, serverKills }: KillTestOptions,
  played: Played,
  storePath: string,
  folder: string,
  seconds: number,
): KillReport {
  const { truth, keeper, serverVersion } = played;
  const trail = readTrail(storePath);
  const differences = compareTrail(truth, sabotage === undefined ? trail : sabotageTrail(trail, sabotage));
  using reader = openStoreReader(storePath);
  const verify = reader.verify();
  return createKillReport({
    flavor,
    serverVersion,
    seed,
    seconds,
    keeper,
    serverKills,
    trail,
    differences,
    verify,
    folder,
  });
}

async function withConnection<T>(address: ConnectionOptions, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection(address);
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
