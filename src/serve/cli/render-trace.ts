// serve/cli: Trace -> lines for a terminal. Reads like a story: time, what happened, who, what changed, why we say so.
import type { Writable } from "node:stream";
import type { JsonObject, JsonValue } from "../../lib/canonical-json.ts";
import type { Actor, ActorGrade, ChangeEvent } from "../../model/change-event.ts";
import type { TimelineItem, Trace, TracedBusinessEvent } from "../../model/trace.ts";
import { createPaint, plural, printable, shortTime } from "./terminal.ts";

type Paint = ReturnType<typeof createPaint>;
/** More columns than these of one row are counted, not shown; `--json` has them all. */
const columnsMax = 8;

export function renderTrace(trace: Trace, stream: Writable): string[] {
  const paint = createPaint(stream);
  const title = `${trace.entity_type} ${trace.entity_id}`;
  const lines = [paint("bold", printable(title)), ""];
  if (trace.truncated) lines.push(`(older items left out; --limit shows more)`, "");
  for (const item of trace.timeline) lines.push(...renderItem(item, paint), "");
  const { transactions, gaps, limits } = trace.coverage;
  const holes = gaps.length === 0 ? "no gaps" : paint("red", plural(gaps.length, "gap"));
  lines.push(`rests on ${plural(transactions, "transaction")} since ${shortTime(trace.coverage.from_time)}, ${holes}`);
  for (const limit of limits) lines.push(`${paint("yellow", "limit")}: ${printable(limit, 2_000)}`);
  return lines;
}

export function renderItem(item: TimelineItem, paint: Paint): string[] {
  return item.kind === "business_event" ? renderBusinessEvent(item, paint) : renderLooseChange(item, paint);
}

function renderBusinessEvent(event: TracedBusinessEvent, paint: Paint): string[] {
  const subject = `${event.entity_type} ${event.entity_id}`;
  const { pack, name, version } = event.rule;
  return [
    `${printable(shortTime(event.occurred_at))}  ${paint("cyan", printable(event.type))}  ${printable(subject)}  by ${renderActor(event.actor)}`,
    ...renderPayload(event.payload).map((line) => `    ${line}`),
    `    why: rule ${printable(`${pack}/${name}`)} version ${version}, confidence ${event.confidence}, on ${plural(event.change_events.length, "row change")}`,
    `    of transaction ${printable(event.transaction_id)}, committed ${shortTime(event.timestamp)}`,
    ...event.change_events.map((change) => `      ${renderChange(change)}`),
  ];
}

function renderLooseChange(change: ChangeEvent, paint: Paint): string[] {
  if (change.operation === "snapshot") return renderSnapshotRow(change, paint);
  const { title, why } = describeLooseChange(change);
  return [
    `${shortTime(change.timestamp)}  ${paint("yellow", title)}  by ${renderActor(change.actor)}`,
    `    ${renderChange(change)}`,
    `    ${why}; transaction ${printable(change.transaction_id)}`,
  ];
}

function describeLooseChange({ operation, metadata }: ChangeEvent): { title: string; why: string } {
  const why = "which rows is not in the log";
  if (metadata["bulk_erase"] === true) return { title: "bulk erase", why };
  if (operation === "statement") return { title: "rows changed by a statement", why };
  return { title: "row change", why: "no rule explains it" };
}

/** Not a change: what was there. Says of which moment, because changes near it may be contained in it or not. */
function renderSnapshotRow(row: ChangeEvent, paint: Paint): string[] {
  const { gtid_set, gtid_set_max } = row.metadata["snapshot"] as { gtid_set: string; gtid_set_max: string | null };
  const columns = Object.keys(row.after ?? {});
  const contains = gtid_set === "" ? "(the beginning)" : printable(gtid_set, 300);
  const bounds = Object.hasOwn(row.metadata, "ingest")
    ? "what it contains is known to Debezium, which read it"
    : gtid_set_max === gtid_set
      ? `contains every transaction of ${contains}, and no other`
      : `contains every transaction of ${contains}; perhaps later ones ${gtid_set_max === null ? "too" : `up to ${printable(gtid_set_max, 300)}`}`;
  return [
    `${shortTime(row.timestamp)}  ${paint("blue", "state")}  from the snapshot of ${shortTime(row.timestamp)}; who made it so is not known`,
    `    ${renderChange({ ...row, changed: columns })}`,
    `    ${bounds}`,
  ];
}

function renderActor(actor: Actor): string {
  if (actor.id === null) return "unknown";
  return `${actor.kind === "db_account" ? "account" : "user"} ${printable(actor.id)} (${gradeWords[actor.grade]})`;
}

const gradeWords: Record<ActorGrade, string> = {
  tag: "a comment in the statement says so",
  column: "the change itself says so",
  account: "the database account of the connection; more than one person may use it",
  unwritten_column: "the row says so, but this change did not write it",
  unknown: "nothing says how this is known",
};

function renderPayload(payload: JsonObject): string[] {
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

function renderChange(change: ChangeEvent): string {
  const key = Object.values(change.source_pk).map(renderValue).join("/");
  const head = printable(`${change.operation.padEnd(6)} ${change.source_db}.${change.source_table} ${key}`);
  if (typeof change.metadata["statement"] === "string") return `${head} ${printable(change.metadata["statement"])}`;
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
  const rest = columns.length > columnsMax ? `, … ${columns.length - columnsMax} more` : "";
  return `${head}: ${shown.join(", ")}${rest}`;
}

function renderPairs(object: JsonObject): string {
  return Object.entries(object)
    .map(([key, value]) => `${renderName(key)} ${renderValue(value)}`)
    .join(", ");
}

/** Names of columns are text from the database too. */
function renderName(name: string): string {
  return printable(name, 60);
}

function renderValue(value: JsonValue): string {
  if (value === null) return "null";
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value), 60);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
