// Every row of the fault matrix that is tested here, in its order.
import type { FaultCase } from "./fault-case.ts";
import { connectionCases } from "./connection-cases.ts";
import { damagedLogCases } from "./damaged-log-cases.ts";
import { killCases } from "./kill-cases.ts";
import { lostHistoryCases } from "./lost-history-cases.ts";
import { metadataCases } from "./metadata-cases.ts";
import { transactionCases } from "./transaction-cases.ts";
import { undecodableCases } from "./undecodable-cases.ts";
import { valueCases } from "./value-cases.ts";

export const faultCases: readonly FaultCase[] = [
  ...killCases,
  ...connectionCases,
  ...lostHistoryCases,
  ...damagedLogCases,
  ...metadataCases,
  ...undecodableCases,
  ...transactionCases,
  ...valueCases,
].sort((a, b) => a.row - b.row);
