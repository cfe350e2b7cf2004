// Takes the options of a trade; plays it into a server of its own while `auditctl run` captures it with the pharmacy
// pack; gives for each type of business event how many were played and how many the trail tells.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { createPharmacy } from "../../generator/create-pharmacy.ts";
import { playTrade } from "../../generator/play-trade.ts";
import type { TradeProgress } from "../../generator/play-trade.ts";
import type { TradeOptions } from "../../generator/trade-options.ts";
import { businessEventTypes } from "../../generator/truth.ts";
import type { TradeTruth } from "../../generator/truth.ts";
import { AppError } from "../../src/model/app-error.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { startCapture } from "../demo/capture-process.ts";
import { waitUntilCaughtUp } from "../demo/caught-up.ts";
import { type Flavor, openLocalServer } from "../mysql.ts";

export interface TradeCount {
  truth: TradeTruth;
  /** Every type the generator knows, and whatever else the trail tells. */
  types: { type: string; played: number; captured: number }[];
  /** Stretches of the log that the trail does not hold. */
  gaps: number;
  secondsPlaying: number;
  /** From the start of playing until the trail held all of it. */
  secondsCaptured: number;
}

export interface CountTradeOptions {
  flavor: Flavor;
  trade: TradeOptions;
  onProgress?: (progress: TradeProgress) => void;
  signal?: AbortSignal;
}

export async function countTrade({
  flavor,
  trade,
  onProgress,
  signal = new AbortController().signal,
}: CountTradeOptions): Promise<TradeCount> {
  await using server = await openLocalServer(flavor, { signal });
  const folder = mkdtempSync(join(tmpdir(), "trade-counts-"));
  try {
    const store = join(folder, "trade.db");
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
    const secondsCaptured = seconds();
    using reader = openStoreReader(store);
    const status = reader.status();
    const types = compare(truth, status.business_events_by_type);
    return { truth, types, gaps: status.coverage?.gaps.length ?? 0, secondsPlaying, secondsCaptured };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isExact({ types, gaps }: TradeCount): boolean {
  return gaps === 0 && types.every(({ played, captured }) => played === captured);
}

function compare(truth: TradeTruth, told: Record<string, number>): TradeCount["types"] {
  const played = truth.businessEvents as Record<string, number>;
  return [...new Set([...businessEventTypes, ...Object.keys(told)])].map((type) => ({
    type,
    played: played[type] ?? 0,
    captured: told[type] ?? 0,
  }));
}
