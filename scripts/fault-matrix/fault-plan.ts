// What a capture process is to suffer, and how it is told: in a variable of its environment, read by preload.ts.
import { join } from "node:path";
import type { SqliteFault } from "../../test/support/sqlite-fault.ts";
import { type RunningAuditctl, startAuditctl } from "../../test/support/run-auditctl.ts";
import { type Address, envOf } from "../../test/support/source.ts";

export type FaultPlan =
  /** SIGKILL by its own hand, right after the n-th decoded event of that type was handed on. */
  | { kind: "kill-at-event"; event: string; nth: number }
  /** SIGKILL right before or after the COMMIT that covers the n-th batch with changes. */
  | { kind: "kill-at-commit"; when: "before" | "after"; nth: number }
  /** The client library says an error right after that event. */
  | { kind: "error-at-event"; event: string; nth: number }
  /** Handling each event takes this long. */
  | { kind: "slow"; eventMs: number }
  /** The n-th call into SQLite after the first transaction has begun to arrive fails. */
  | { kind: "sqlite"; code: SqliteFault; nth: number; forGood: boolean };

export const planVariable = "FAULT_PLAN";

/** `auditctl run` that suffers `plan`. Comes back at once. */
export function startFaulty(
  address: Address,
  store: string,
  plan: FaultPlan,
  args: readonly string[] = [],
): RunningAuditctl {
  return startAuditctl(["run", "--json", "--heartbeat-seconds", "1", ...args], {
    env: { ...envOf(address), AUDIT_STORE: store, [planVariable]: JSON.stringify(plan) },
    preload: join(import.meta.dirname, "preload.ts"),
  });
}
