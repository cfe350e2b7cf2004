// Takes what a kill test saw; gives its figures, and those as the lines a person reads.
import type { VerifyFault, VerifyReport } from "../../src/model/trace.ts";
import type { Flavor } from "../mysql.ts";
import type { CaptureKeeper } from "./capture-keeper.ts";
import type { Difference, DifferenceKind } from "./compare.ts";
import type { ReadTrail } from "./read-trail.ts";

/** Field names are those of `--json`. */
export interface KillReport {
  pass: boolean;
  flavor: Flavor;
  server_version: string;
  seed: number;
  seconds: number;
  kills: number;
  kills_starting: number;
  kills_catching_up: number;
  kills_running: number;
  /** Kills at which the log held what was not stored yet. */
  kills_behind: number;
  server_kills: number;
  starts_without_server: number;
  /** Stored by one process before it was killed, by its own account. */
  stored_between_kills: { median: number; most: number; none: number };
  transactions: number;
  row_changes: number;
  compared_changes: number;
  missing: number;
  duplicate: number;
  extra: number;
  out_of_order: number;
  gaps: number;
  verify: { ok: boolean; entries: number; faults: readonly VerifyFault[] };
  /** The first of them, in full. */
  differences: readonly Difference[];
  /** Kept when something is wrong. */
  folder: string | null;
}

export interface KillFindings {
  flavor: Flavor;
  serverVersion: string;
  seed: number;
  seconds: number;
  keeper: Pick<CaptureKeeper, "kills" | "storedByEach" | "unreachable">;
  serverKills: number;
  trail: ReadTrail;
  differences: readonly Difference[];
  verify: VerifyReport;
  folder: string;
}

const differencesShown = 10;

export function createKillReport(findings: KillFindings): KillReport {
  const { flavor, serverVersion, seed, seconds, keeper, serverKills, trail, differences, verify, folder } = findings;
  const count = (kind: DifferenceKind): number => differences.filter((difference) => difference.kind === kind).length;
  const stored = [...keeper.storedByEach].sort((one, other) => one - other);
  // An empty trail compares as equal with an idle server: that would prove nothing.
  const pass = differences.length === 0 && verify.ok && trail.gaps === 0 && trail.changes.length > 0;
  return {
    pass,
    flavor,
    server_version: serverVersion,
    seed,
    seconds: Math.round(seconds * 10) / 10,
    kills: keeper.kills.total,
    kills_starting: keeper.kills.starting,
    kills_catching_up: keeper.kills.catchingUp,
    kills_running: keeper.kills.running,
    kills_behind: keeper.kills.behind,
    server_kills: serverKills,
    starts_without_server: keeper.unreachable(),
    stored_between_kills: {
      median: stored[Math.floor(stored.length / 2)] ?? 0,
      most: stored.at(-1) ?? 0,
      none: stored.filter((transactions) => transactions === 0).length,
    },
    transactions: trail.transactionIds.length,
    row_changes: trail.rowChanges,
    compared_changes: trail.changes.length,
    missing: count("missing"),
    duplicate: count("duplicate"),
    extra: count("extra"),
    out_of_order: count("out_of_order"),
    gaps: trail.gaps,
    verify: { ok: verify.ok, entries: verify.entries, faults: verify.faults },
    differences: differences.slice(0, differencesShown),
    folder: pass ? null : folder,
  };
}

export function renderKillReport(report: KillReport): string {
  const n = (value: number): string => value.toLocaleString("en-US");
  const { stored_between_kills: between, verify } = report;
  const phases = `start-up ${report.kills_starting}, catching up ${report.kills_catching_up}, running ${report.kills_running}`;
  const faults = verify.faults.slice(0, differencesShown).map(({ place, message }) => `  ${place}: ${message}`);
  const lines = [
    `${report.flavor} ${report.server_version}`,
    `kills ${report.kills} (${phases}), server kills ${report.server_kills}, seed ${report.seed}, ${duration(report.seconds)}`,
    `log not all stored yet at ${report.kills_behind} kills; stored by one process: median ${n(between.median)}, most ` +
      `${n(between.most)}, none ${between.none} times; starts without a server ${report.starts_without_server}`,
    `transactions ${n(report.transactions)}   row changes ${n(report.row_changes)}   compared one by one ${n(report.compared_changes)}`,
    `missing ${n(report.missing)}   duplicate ${n(report.duplicate)}   extra ${n(report.extra)}   ` +
      `out of order ${n(report.out_of_order)}   gaps ${report.gaps}   ` +
      `verify ${verify.ok ? "ok" : "FAILED"} (${n(verify.entries)} entries)`,
    ...report.differences.map(({ kind, what }) => `  ${kind.replaceAll("_", " ")}: ${what}`),
    ...faults,
    ...(report.folder === null ? [] : [`the store is kept in ${report.folder}`]),
    report.pass ? "PASS" : "FAIL",
  ];
  return `${lines.join("\n")}\n`;
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
