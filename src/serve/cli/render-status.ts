// serve/cli: StoreStatus -> lines for a terminal.
import { isAlive } from "../../lib/is-alive.ts";
import { locateFiles } from "../../lib/package-root.ts";
import { needsPerson } from "../../model/capture-state.ts";
import type { Coverage, Gap, RulePackStatus, StoreStatus } from "../../model/trace.ts";
import { renderDetection } from "./render-detection.ts";
import { renderDisk } from "./render-disk.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

/** Columns of the words at the left. */
const labelWidth = 10;
const label = (text: string): string => text.padEnd(labelWidth);
const inner = (text: string): string => `  ${text.padEnd(labelWidth - 2)}`;
const below = " ".repeat(labelWidth);

/** @param here whether the capture is a process of this machine */
export function renderStatus(status: StoreStatus, voice: Voice, here = true): string[] {
  const { words, number } = voice;
  const { source, capture, coverage } = status;
  const lines = [`${label(words.status.store)}${printable(status.store, 500)}`];
  if (source !== null) {
    lines.push(`${label(words.status.source)}${source.address}, ${source.flavor} ${printable(source.version)}`);
  }
  if (capture !== null) lines.push(...renderCapture(capture, voice, here));
  if (status.lag_seconds !== null) {
    lines.push(`${label(words.status.lag)}${words.status.lagSeconds(number(status.lag_seconds))}`);
  }
  for (const pack of status.rule_packs) lines.push(...renderRulePack(pack, voice));
  if (coverage !== null) lines.push(...renderCoverage(coverage, voice));
  lines.push(`${label(words.status.disk)}${renderDisk(status.disk, voice)}`);
  if (status.detection !== null) lines.push(...renderDetection(status.detection, voice, labelWidth));
  const found = status.anomalies.reduce((sum, { count }) => sum + count, 0);
  if (found > 0) {
    const open = status.anomalies.reduce((sum, { state, count }) => sum + (state === "open" ? count : 0), 0);
    lines.push(`${below}${words.status.anomalies(voice.count(found, words.count.anomaly), number(open))}`);
  }
  for (const [type, count] of Object.entries(status.business_events_by_type)) {
    lines.push(`  ${printable(type).padEnd(28)} ${number(count).padStart(10)}`);
  }
  return [...lines, ...voice.zoneNote];
}

function renderCapture(capture: NonNullable<StoreStatus["capture"]>, voice: Voice, here: boolean): string[] {
  const { words, paint, time } = voice;
  // In the other states the process has said why and ended, as it should.
  const isLive = ["STARTING", "RUNNING", "RETRYING"].includes(capture.state);
  const alive = !here || !isLive || isAlive(capture.process_id);
  const state = alive ? capture.state : words.status.died(capture.state, String(capture.process_id));
  const isWell = (capture.state === "RUNNING" || capture.state === "STOPPED") && !needsPerson(capture);
  const style = alive && isWell ? "green" : "red";
  const lines = [`${label(words.status.capture)}${words.status.since(paint(style, state), time(capture.since))}`];
  if (capture.reason !== null) lines.push(`${below}${printable(capture.reason, 500)}`);
  if (capture.hint !== null) lines.push(`${below}${words.common.hint}: ${printable(locateFiles(capture.hint), 500)}`);
  const heard = capture.last_verified_at === null ? words.status.notYet : time(capture.last_verified_at);
  return [...lines, `${label(words.status.heard)}${words.status.lastHeard(heard)}`];
}

function renderRulePack(
  { file, state, pack, version, rules, mistakes }: RulePackStatus,
  { words, paint, count }: Voice,
): string[] {
  const name = printable(file, 300);
  const inForce = words.status.pack(String(pack), String(version), count(rules, words.count.rule));
  if (state === "current") return [`${label(words.status.rules)}${name}: ${inForce}`];
  const rest = {
    earlier: words.status.packEarlier(inForce),
    entities: words.status.packEntities,
    none: words.status.packNone,
  }[state];
  return [
    `${label(words.status.rules)}${paint("red", `${name} ${rest}`)}`,
    ...mistakes.slice(0, 3).map((line) => `${below}${printable(line, 500)}`),
  ];
}

function renderCoverage(coverage: Coverage, voice: Voice): string[] {
  const { words, count, time } = voice;
  const { transaction, changeEvent, businessEvent, row } = words.count;
  const counts = `${count(coverage.transactions, transaction)}, ${count(coverage.change_events, changeEvent)}, ${count(coverage.business_events, businessEvent)}`;
  const unread = coverage.to_gtid_set === "" ? words.status.noLogRead : words.common.beginning;
  const from = coverage.from_gtid_set || unread;
  const to = coverage.to_gtid_set || (coverage.to_time === null ? words.status.nothingYet : words.status.noLogRead);
  const lines = [
    `${label(words.status.coverage)}${counts}`,
    `${inner(words.status.from)}${words.status.at(from, time(coverage.from_time))}`,
    `${inner(words.status.to)}${coverage.to_time === null ? to : words.status.at(to, time(coverage.to_time))}`,
  ];
  if (coverage.gaps.length === 0) lines.push(`${inner(words.status.gaps)}${words.status.none}`);
  for (const gap of coverage.gaps) {
    lines.push(`${inner(words.status.gap)}${describePlace(gap, voice)}: ${printable(gap.reason, 300)}`);
  }
  for (const limit of coverage.limits) lines.push(`${inner(words.status.limit)}${printable(limit, 2_000)}`);
  if (coverage.prepared.length > 0) lines.push(`${inner("XA")}${renderPrepared(coverage.prepared, voice)}`);
  for (const { table, rows, complete, read_at, gtid_set } of coverage.baselines) {
    const set = printable(gtid_set, 300) || words.common.beginning;
    const told = words.status.baseline(printable(table), count(rows, row), complete, time(read_at), set);
    lines.push(`${inner(words.status.base)}${told}`);
  }
  return lines;
}

export function describePlace(
  { from_gtid_set, to_gtid_set, accepted_at }: Gap,
  { words: { status }, time }: Voice,
): string {
  if (to_gtid_set === null) return status.after(from_gtid_set);
  const accepted = accepted_at === null ? "" : status.accepted(time(accepted_at));
  if (to_gtid_set !== from_gtid_set) return `${status.afterUpTo(from_gtid_set, to_gtid_set)}${accepted}`;
  return accepted_at === null ? status.in(from_gtid_set) : `${status.rightAfter(from_gtid_set)}${accepted}`;
}

/** More than these are counted, not named; `--json` has them all. */
const preparedMax = 3;

function renderPrepared(prepared: Coverage["prepared"], { words, count, number, time }: Voice): string {
  const named = prepared
    .slice(0, preparedMax)
    .map(
      ({ xid, changes, prepared_at }) =>
        `${printable(xid)} (${count(changes, words.count.change)}, ${time(prepared_at)})`,
    );
  const rest = prepared.length > preparedMax ? words.status.morePrepared(number(prepared.length - preparedMax)) : "";
  const transactions = count(prepared.length, words.count.transaction);
  return words.status.prepared(transactions, `${named.join(", ")}${rest}`);
}
