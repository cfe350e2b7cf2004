// Takes the options of a trade and a path; plays it into a server of its own while `auditctl run` captures it there; gives the
// truth of it and how long it took. Detection waits: it is measured over the store, with nothing beside it.
import { createConnection } from "mysql2/promise";
import { createPharmacy } from "../../generator/create-pharmacy.ts";
import { playTrade, type TradeProgress } from "../../generator/play-trade.ts";
import type { TradeOptions } from "../../generator/trade-options.ts";
import type { TradeTruth } from "../../generator/truth.ts";
import { AppError } from "../../src/model/app-error.ts";
import { startCapture } from "../demo/capture-process.ts";
import { waitUntilCaughtUp } from "../demo/caught-up.ts";
import { type Flavor, openLocalServer } from "../mysql.ts";

export interface CaptureTradeOptions {
  flavor: Flavor;
  trade: TradeOptions;
  store: string;
  onProgress?: (progress: TradeProgress) => void;
  signal?: AbortSignal;
}

export interface CapturedTrade {
  truth: TradeTruth;
  secondsPlaying: number;
  /** From the start of playing until the trail held all of it. */
  secondsCaptured: number;
}

/** @throws AppError demo.failed when capture ends before it has read everything */
export async function captureTrade({
  flavor,
  trade,
  store,
  onProgress,
  signal = new AbortController().signal,
}: CaptureTradeOptions): Promise<CapturedTrade> {
  await using server = await openLocalServer(flavor, { signal });
  const { host, port, user, password } = server;
  await using connection = await createConnection({ host, port, user, password, multipleStatements: true });
  // A server of our own that is thrown away: it need not wait for the disk at each commit.
  if (server.controllable)
    await connection.query("SET GLOBAL sync_binlog = 0; SET GLOBAL innodb_flush_log_at_trx_commit = 2");
  await createPharmacy(connection, "pharmacy");
  await using capture = await startCapture({ server, store, user, password, settings: { detect: "false" } });
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1000;
  const truth = await playTrade(connection, trade, onProgress, signal);
  const secondsPlaying = seconds();
  signal.throwIfAborted();
  const over = capture.ended.then(() => {
    throw new AppError("demo.failed", "capture ended before it had read everything", {
      hint: "Run `auditctl run` on a server of your own with the pharmacy pack; it says why it ends.",
    });
  });
  await Promise.race([waitUntilCaughtUp(connection, flavor, store, signal), over]);
  return { truth, secondsPlaying, secondsCaptured: seconds() };
}
