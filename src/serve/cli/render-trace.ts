// serve/cli: Trace -> lines for a terminal. Reads like a story: time, what happened, who, what changed, why we say so.
import type { JsonObject, JsonValue } from "../../lib/canonical-json.ts";
import type { Actor, ChangeEvent } from "../../model/change-event.ts";
import type { Coverage, TimelineItem, Trace, TracedBusinessEvent } from "../../model/trace.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";
import type { Words } from "./words/english.ts";

/** More columns than these of one row are counted, not shown; `--json` has them all. */
const columnsMax = 8;

export function renderTrace(trace: Trace & { next_cursor?: string | null }, voice: Voice): string[] {
  const { words, paint } = voice;
  const title = `${trace.entity_type} ${trace.entity_id}`;
  const lines = [paint("bold", printable(title)), ""];
  if (trace.truncated) {
    const cursor = trace.next_cursor ?? null;
    lines.push(cursor === null ? words.trace.olderLeftOut : words.trace.olderWith(printable(cursor, 500)), "");
  }
  for (const item of trace.timeline) lines.push(...renderItem(item, voice), "");
  return [...lines, ...renderGround(trace.coverage, voice)];
}

/** What an answer rests on, and the zone of its times: the last lines of every answer. */
export function renderGround({ transactions, from_time, gaps, limits }: Coverage, voice: Voice): string[] {
  const { words, paint, count, time } = voice;
  const holes = gaps.length === 0 ? words.common.noGaps : paint("red", count(gaps.length, words.count.gap));
  return [
    words.common.restsOn(count(transactions, words.count.transaction), time(from_time), holes),
    ...limits.map((limit) => `${paint("yellow", words.common.limit)}: ${printable(limit, 2_000)}`),
    ...voice.zoneNote,
  ];
}

/** @param explained a row change that a business event rests on */
export function renderItem(item: TimelineItem, voice: Voice, explained = false): string[] {
  return item.kind === "business_event" ? renderBusinessEvent(item, voice) : renderRowChange(item, voice, explained);
}

function renderBusinessEvent(event: TracedBusinessEvent, voice: Voice): string[] {
  const { words, paint, count, number, time } = voice;
  const subject = `${event.entity_type} ${event.entity_id}`;
  const { pack, name, version } = event.rule;
  const rule = printable(`${pack}/${name}`);
  const changes = count(event.change_events.length, words.count.rowChange);
  const who = words.actor.by(renderActor(event.actor, voice));
  return [
    `${printable(time(event.occurred_at))}  ${paint("cyan", voice.label(event))}  ${printable(subject)}  ${who}`,
    ...renderPayload(event.payload).map((line) => `    ${line}`),
    `    ${words.trace.why(rule, String(version), number(event.confidence), changes)}`,
    `    ${words.trace.ofTransaction(printable(event.transaction_id), time(event.timestamp))}`,
    ...event.change_events.map((change) => `      ${renderChange(change, voice)}`),
  ];
}

function renderRowChange(change: ChangeEvent, voice: Voice, explained: boolean): string[] {
  if (change.operation === "snapshot") return renderSnapshotRow(change, voice);
  const { words, paint, time } = voice;
  const { title, why } = describeLooseChange(change, voice);
  return [
    `${time(change.timestamp)}  ${paint("yellow", title)}  ${words.actor.by(renderActor(change.actor, voice))}`,
    `    ${renderChange(change, voice)}`,
    `    ${explained ? "" : `${why}; `}${words.trace.transaction(printable(change.transaction_id))}`,
  ];
}

function describeLooseChange({ operation, metadata }: ChangeEvent, { words }: Voice): { title: string; why: string } {
  const why = words.trace.rowsNotInLog;
  if (metadata["bulk_erase"] === true) return { title: words.trace.bulkErase, why };
  if (operation === "statement") return { title: words.trace.byStatement, why };
  return { title: words.trace.rowChange, why: words.trace.noRule };
}

/** Not a change: what was there. Says of which moment, because changes near it may be contained in it or not. */
function renderSnapshotRow(row: ChangeEvent, voice: Voice): string[] {
  const { words, paint, time } = voice;
  const { gtid_set, gtid_set_max } = row.metadata["snapshot"] as { gtid_set: string; gtid_set_max: string | null };
  const columns = Object.keys(row.after ?? {});
  const set = gtid_set === "" ? words.common.beginning : printable(gtid_set, 300);
  const at = time(row.timestamp);
  const bounds = Object.hasOwn(row.metadata, "ingest")
    ? words.trace.containsByDebezium
    : describeBounds(set, gtid_set_max === gtid_set ? set : gtid_set_max, words);
  return [
    `${at}  ${paint("blue", words.trace.state)}  ${words.trace.fromSnapshot(at)}`,
    `    ${renderChange({ ...row, changed: columns }, voice)}`,
    `    ${bounds}`,
  ];
}

function describeBounds(set: string, max: string | null, { trace }: Words): string {
  if (max === set) return trace.containsOnly(set);
  return max === null ? trace.containsOpen(set) : trace.containsTo(set, printable(max, 300));
}

export function renderActor(actor: Actor, { words }: Voice): string {
  const named = nameActor(actor, words);
  return actor.id === null ? named : `${named} (${words.actor.grades[actor.grade]})`;
}

/** Without how it is known. */
export function nameActor({ id, kind }: Pick<Actor, "id" | "kind">, { actor }: Words): string {
  return id === null ? actor.unknown : `${kind === "db_account" ? actor.account : actor.user} ${printable(id)}`;
}

export function renderPayload(payload: JsonObject): string[] {
  const lines: string[] = [];
  const plain: string[] = [];
  for (const [key, value] of Object.entries(payload)) {
    if (Array.isArray(value)) {
      lines.push(
        `${renderName(key)}:`,
        ...value.map((item) => `  - ${isObject(item) ? renderPairs(item) : renderValue(item)}`),
      );
    } else {
      plain.push(`${renderName(key)} ${renderValue(value)}`);
    }
  }
  return [plain.join(" · "), ...lines].filter((line) => line !== "");
}

function renderChange(change: ChangeEvent, voice: Voice): string {
  const key = Object.values(change.source_pk).map(renderValue).join("/");
  const head = printable(`${change.operation.padEnd(6)} ${change.source_db}.${change.source_table} ${key}`);
  const separator = typeof change.metadata["statement"] === "string" ? " " : ": ";
  return `${head}${separator}${renderChangeContent(change, voice)}`;
}

/** The statement, or columns with their values, old → new. */
export function renderChangeContent(change: ChangeEvent, { words, number }: Voice): string {
  if (typeof change.metadata["statement"] === "string") return printable(change.metadata["statement"]);
  const { before, after } = change;
  const isUpdate = before !== null && after !== null;
  // The key stands in the head already, unless it is what changed.
  const columns = change.changed.filter((column) => isUpdate || !Object.hasOwn(change.source_pk, column));
  const shown = columns.slice(0, columnsMax).map((column) => {
    const value = renderValue((after ?? before)?.[column] ?? null);
    return isUpdate
      ? `${renderName(column)} ${renderValue(before[column] ?? null)} → ${value}`
      : `${renderName(column)} ${value}`;
  });
  const rest = columns.length > columnsMax ? `, ${words.common.moreColumns(number(columns.length - columnsMax))}` : "";
  return `${shown.join(", ")}${rest}`;
}

export function renderPairs(object: JsonObject): string {
  return Object.entries(object)
    .map(([key, value]) => `${renderName(key)} ${renderValue(value)}`)
    .join(", ");
}

/** Names of columns are text from the database too. */
function renderName(name: string): string {
  return printable(name, 60);
}

export function renderValue(value: JsonValue): string {
  if (value === null) return "null";
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value), 60);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
