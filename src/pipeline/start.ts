// pipeline: what must hold before the first thing is read: a server whose log tells everything, and a store that belongs to it.
import { randomInt } from "node:crypto";
import { readOldestMariadbPosition } from "../capture/oldest-position.ts";
import { describeProblems, type PreflightReport, runPreflight } from "../capture/preflight.ts";
import { AppError } from "../model/app-error.ts";
import type { SourceConnection } from "../model/config.ts";
import type { LedgerWriter } from "../store/ledger-writer.ts";

/** @throws source.misconfigured with every problem as a detail. */
export async function checkServer(
  connection: SourceConnection,
  ignored: readonly string[] = [],
): Promise<PreflightReport> {
  const full = await runPreflight(connection);
  const report = { ...full, checks: full.checks.filter(({ name }) => !ignored.includes(name)) };
  const problems = describeProblems(report);
  if (problems.length === 0) return report;
  throw new AppError("source.misconfigured", `${report.identity.address}: ${problems.join(" | ")}`, {
    hint: "`auditctl doctor` shows each check; nothing was read.",
    details: problems,
  });
}

/** Binds a new store to the server; of a known one, checks that it is the same. Gives our server id. @throws store.other_source */
export function bindSource(store: LedgerWriter, { identity }: PreflightReport, now: string): number {
  const known = store.source();
  if (known === undefined) {
    // Random, then kept: two clients that share an id throw each other out for ever.
    const serverId = randomInt(100_000_000, 4_294_967_295);
    store.registerSource(identity, serverId, now);
    return serverId;
  }
  if (known.flavor === identity.flavor && known.server_id === identity.server_id) return known.client_id;
  throw new AppError(
    "store.other_source",
    `${store.path} holds the trail of server ${known.server_id} (${known.address}), this is ${identity.server_id}`,
    { hint: "Check host and port, or begin a new store for this server with --store." },
  );
}

/** Where the oldest log file that the server still has begins. */
export async function oldestGtidSet(
  connection: SourceConnection,
  report: PreflightReport,
  serverId: number,
): Promise<string> {
  return report.identity.flavor === "mysql"
    ? report.purgedGtidSet
    : await readOldestMariadbPosition(connection, serverId);
}
