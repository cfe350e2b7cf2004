// Every row of the fault matrix that is tested here, in its order.
import type { FaultCase } from "./fault-case.ts";
import { connectionCases } from "./connection-cases.ts";
import { killCases } from "./kill-cases.ts";
import { lostHistoryCases } from "./lost-history-cases.ts";

export const faultCases: readonly FaultCase[] = [...killCases, ...connectionCases, ...lostHistoryCases].sort((a, b) => a.row - b.row);
