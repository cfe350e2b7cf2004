// serve/cli: StoreStatus -> lines for a terminal.
import type { Writable } from "node:stream";
import type { Coverage, Gap, RulePackStatus, StoreStatus } from "../../model/trace.ts";
import { createPaint, plural, printable, shortTime } from "./terminal.ts";

export function renderStatus(status: StoreStatus, stream: Writable): string[] {
  const paint = createPaint(stream);
  const { source, capture, coverage } = status;
  const lines = [`store     ${status.store}`];
  if (source !== null) lines.push(`source    ${source.address}, ${source.flavor} ${printable(source.version)}`);
  if (capture !== null) {
    // In the other states the process has said why and ended, as it should.
    const isLive = ["STARTING", "RUNNING", "RETRYING"].includes(capture.state);
    const alive = !isLive || isAlive(capture.process_id);
    const state = alive ? capture.state : `${capture.state}, though its process ${capture.process_id} has died`;
    const style = alive && (capture.state === "RUNNING" || capture.state === "STOPPED") ? "green" : "red";
    lines.push(`capture   ${paint(style, state)} since ${shortTime(capture.since)}`);
    if (capture.reason !== null) lines.push(`          ${printable(capture.reason, 500)}`);
    if (capture.hint !== null) lines.push(`          hint: ${printable(capture.hint, 500)}`);
    lines.push(
      `heard     ${capture.last_verified_at === null ? "not yet" : shortTime(capture.last_verified_at)} (last event or heartbeat)`,
    );
  }
  if (status.lag_seconds !== null)
    lines.push(`lag       the newest transaction arrived ${status.lag_seconds} s after its commit`);
  for (const pack of status.rule_packs) lines.push(...renderRulePack(pack, paint));
  if (coverage !== null) lines.push(...renderCoverage(coverage));
  for (const [type, count] of Object.entries(status.business_events_by_type)) {
    lines.push(`  ${printable(type).padEnd(28)} ${count.toLocaleString("en-US").padStart(10)}`);
  }
  return lines;
}

function renderRulePack(
  { file, state, pack, version, rules, mistakes }: RulePackStatus,
  paint: ReturnType<typeof createPaint>,
): string[] {
  const name = printable(file, 300);
  const inForce = `${pack} version ${version}, ${plural(rules, "rule")}`;
  if (state === "current") return [`rules     ${name}: ${inForce}`];
  const rest = {
    earlier: `has mistakes; in force is its last good version: ${inForce}`,
    entities: "SKIPPED: has mistakes; only its entities and masks count",
    none: "SKIPPED: has mistakes; nothing of it counts, nor does it mask any column",
  }[state];
  return [
    `rules     ${paint("red", `${name} ${rest}`)}`,
    ...mistakes.slice(0, 3).map((line) => `          ${printable(line, 500)}`),
  ];
}

export function renderCoverage(coverage: Coverage): string[] {
  const counts = `${plural(coverage.transactions, "transaction")}, ${plural(coverage.change_events, "change event")}, ${plural(coverage.business_events, "business event")}`;
  const lines = [
    `coverage  ${counts}`,
    `  from    ${coverage.from_gtid_set || (coverage.to_gtid_set === "" ? "(no log read yet)" : "(the beginning)")} at ${shortTime(coverage.from_time)}`,
    `  to      ${coverage.to_gtid_set || (coverage.to_time === null ? "(nothing yet)" : "(no log read yet)")}${coverage.to_time === null ? "" : ` at ${shortTime(coverage.to_time)}`}`,
  ];
  if (coverage.gaps.length === 0) lines.push("  gaps    none");
  for (const gap of coverage.gaps) lines.push(`  GAP     ${describePlace(gap)}: ${printable(gap.reason, 300)}`);
  for (const limit of coverage.limits) lines.push(`  LIMIT   ${printable(limit, 2_000)}`);
  if (coverage.prepared.length > 0) lines.push(`  XA      ${renderPrepared(coverage.prepared)}`);
  for (const { table, rows, complete, read_at, gtid_set } of coverage.baselines) {
    lines.push(
      `  base    ${printable(table)}: ${plural(rows, "row")}${complete ? "" : " so far, UNFINISHED"}, of ${shortTime(read_at)}, at ${printable(gtid_set, 300) || "(the beginning)"}`,
    );
  }
  return lines;
}

function describePlace({ from_gtid_set, to_gtid_set, accepted_at }: Gap): string {
  if (to_gtid_set === null) return `after ${from_gtid_set}`;
  const accepted = accepted_at === null ? "" : ` (accepted ${shortTime(accepted_at)})`;
  if (to_gtid_set !== from_gtid_set) return `after ${from_gtid_set} up to ${to_gtid_set}${accepted}`;
  return accepted_at === null ? `in ${from_gtid_set}` : `right after ${from_gtid_set}${accepted}`;
}

/** More than these are counted, not named; `--json` has them all. */
const preparedMax = 3;

function renderPrepared(prepared: Coverage["prepared"]): string {
  const named = prepared
    .slice(0, preparedMax)
    .map(
      ({ xid, changes, prepared_at }) => `${printable(xid)} (${plural(changes, "change")}, ${shortTime(prepared_at)})`,
    );
  const rest = prepared.length > preparedMax ? `, … ${prepared.length - preparedMax} more` : "";
  return `${plural(prepared.length, "transaction")} prepared and not yet decided: ${named.join(", ")}${rest}`;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
