// `auditctl run` as a process of its own on a store: started until it reads, stopped as a service manager would.
import { expect } from "vitest";
import type { CaptureStateName } from "../../src/model/capture-state.ts";
import { type AuditctlResult, type RunningAuditctl, runAuditctlProcess, startAuditctl } from "./run-auditctl.ts";
import { envOf } from "./source.ts";
import type { Address } from "./source.ts";
import { waitFor } from "./wait-for.ts";

/** A state as `run --json` prints it. */
export interface ShownState {
  state: CaptureStateName;
  reason: string | null;
  hint: string | null;
}

/** Comes back when it says that it is RUNNING. */
export async function startRun(
  address: Address,
  store: string,
  args: readonly string[] = [],
): Promise<RunningAuditctl> {
  const running = startAuditctl(["run", "--json", "--heartbeat-seconds", "1", ...args], {
    env: { ...envOf(address), AUDIT_STORE: store },
  });
  await waitFor("capture to be RUNNING", () => {
    if (running.child.exitCode !== null)
      throw new Error(`auditctl ended with ${running.child.exitCode}: ${running.stderr()}`);
    return shownStates(running).at(-1)?.state === "RUNNING";
  });
  return running;
}

/** SIGTERM; a graceful end is exit status 0. */
export async function stopRun(running: RunningAuditctl): Promise<AuditctlResult> {
  running.child.kill("SIGTERM");
  const result = await running.ended;
  if (result.status !== 0) throw new Error(`auditctl ended with ${result.status}: ${result.stderr}`);
  return result;
}

/** `run` on a server or store with which it cannot go on: the whole story of the process. */
export async function runToEnd(address: Address, store: string, args: readonly string[] = []): Promise<AuditctlResult> {
  return await runAuditctlProcess(["run", "--json", "--heartbeat-seconds", "1", ...args], {
    env: { ...envOf(address), AUDIT_STORE: store },
  });
}

/** The states a `run --json` has shown, in order. */
export function shownStates(running: RunningAuditctl): ShownState[] {
  return running
    .stdout()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ShownState);
}

export interface ShownError {
  error: { code: string; message: string; hint: string; details?: string[] };
}

/** The one JSON object that ends standard error with `--json`; what stands before it are log lines. */
export function shownError({ stderr }: AuditctlResult): ShownError["error"] {
  const lines = stderr.trim().split("\n");
  const objects = lines.map((line) => JSON.parse(line) as { level?: string; error?: unknown });
  // In a log line it is a text.
  expect(objects.filter(({ error }) => typeof error === "object")).toHaveLength(1);
  return (objects.at(-1) as ShownError).error;
}
