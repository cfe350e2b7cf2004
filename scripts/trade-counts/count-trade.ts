// Takes the options of a trade; plays it into a server of its own while `auditctl run` captures it with the pharmacy
// pack; gives for each type of business event how many were played and how many the trail tells.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { businessEventTypes, type TradeTruth } from "../../generator/truth.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { type CapturedTrade, captureTrade, type CaptureTradeOptions } from "../trade/capture-trade.ts";

export interface TradeCount extends CapturedTrade {
  /** Every type the generator knows, and whatever else the trail tells. */
  types: { type: string; played: number; captured: number }[];
  /** Stretches of the log that the trail does not hold. */
  gaps: number;
}

type CountTradeOptions = Omit<CaptureTradeOptions, "store">;

export async function countTrade(options: CountTradeOptions): Promise<TradeCount> {
  const folder = mkdtempSync(join(tmpdir(), "trade-counts-"));
  try {
    const store = join(folder, "trade.db");
    const captured = await captureTrade({ ...options, store });
    using reader = openStoreReader(store);
    const status = reader.status();
    const types = compare(captured.truth, status.business_events_by_type);
    return { ...captured, types, gaps: status.coverage?.gaps.length ?? 0 };
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
