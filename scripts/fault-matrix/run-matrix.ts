// Takes the cases and the servers asked for, gives each case's outcome: one after the other, each with a folder of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Flavor, type LocalServer, openLocalServer } from "../mysql.ts";
import { type FaultCase, type FaultContext, notApplicable, type Outcome } from "./fault-case.ts";

/** What a case that did not hold came to. */
export type Finished = Outcome | { result: "FAILED"; reason: string };
export type CaseOutcome = Finished & { seconds: number };

export interface CaseResult {
  row: number;
  name: string;
  outcomes: Partial<Record<Flavor, CaseOutcome>>;
}

export interface MatrixOptions {
  cases: readonly FaultCase[];
  flavors: readonly Flavor[];
  log: (line: string) => void;
  signal: AbortSignal;
}

/** A case that waits for something for ever must not hold up the others. */
const caseTimeoutMs = 1_200_000;

/** @throws the signal's reason */
export async function runMatrix({ cases, flavors, log, signal }: MatrixOptions): Promise<CaseResult[]> {
  await using shared = new AsyncDisposableStack();
  const servers = new Map<Flavor, Promise<LocalServer>>();
  const sharedServer = (flavor: Flavor): Promise<LocalServer> => {
    const opened = servers.get(flavor) ?? openLocalServer(flavor, { signal }).then((server) => shared.use(server));
    servers.set(flavor, opened);
    return opened;
  };
  const results: CaseResult[] = [];
  for (const faultCase of cases) {
    const { row, name, servers: on } = faultCase;
    const result: CaseResult = { row, name, outcomes: {} };
    for (const flavor of flavors) {
      const startedAt = performance.now();
      const outcome: Finished = on.includes(flavor)
        ? await runCase(faultCase, flavor, sharedServer, signal)
        : notApplicable(notThere(flavor));
      signal.throwIfAborted();
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      result.outcomes[flavor] = { ...outcome, seconds };
      log(`${row} ${name} on ${flavor}: ${describeOutcome(outcome)} (${seconds} s)`);
    }
    results.push(result);
  }
  return results;
}

export function describeOutcome(outcome: Finished): string {
  switch (outcome.result) {
    case "ok":
      return "ok";
    case "FAILED":
      return `FAILED: ${outcome.reason}`;
    default:
      return `${outcome.result}: ${outcome.reason}`;
  }
}

function notThere(flavor: Flavor): string {
  return `${flavor === "mysql" ? "MySQL" : "MariaDB"} does not have this`;
}

async function runCase(
  faultCase: FaultCase,
  flavor: Flavor,
  sharedServer: (flavor: Flavor) => Promise<LocalServer>,
  signal: AbortSignal,
): Promise<Finished> {
  const folder = mkdtempSync(join(tmpdir(), "audit-overlay-fault-"));
  const timeout = AbortSignal.timeout(caseTimeoutMs);
  const either = AbortSignal.any([signal, timeout]);
  const stack = new AsyncDisposableStack();
  const context: FaultContext = {
    flavor,
    folder,
    signal: either,
    server: () => sharedServer(flavor),
    ownServer: async (settings = {}) => stack.use(await openLocalServer(flavor, { settings, signal: either })),
    file: (name) => join(folder, name),
    use: (resource) => stack.use(resource),
  };
  try {
    return await Promise.race([faultCase.run(context), whenAborted(either)]);
  } catch (error) {
    signal.throwIfAborted();
    return { result: "FAILED", reason: messageOf(error) };
  } finally {
    await stack.disposeAsync().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener("abort", () => reject(new Error(`not done after ${caseTimeoutMs / 1000} s`)), {
      once: true,
    }),
  );
}

/** Colours of an assertion's message are for terminals; a table is no place for them. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/\u001b\[[\d;]*m/g, "")
    .replace(/\s+/g, " ")
    .slice(0, 1_500);
}
