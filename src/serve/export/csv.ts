// serve/export: stored events -> lines of CSV as RFC 4180 has it: CRLF, quotes where they are needed. null is an empty cell, an empty
// text is "". Written here because the library took 30 µs a row of 19 cells, three times of all that an export needs. SQLite makes
// the cells that need no look (csv-parts.ts); here are those whose text may hold anything.
import type { JsonValue } from "../../lib/canonical-json.ts";
import type { CsvPart } from "../../store/csv-parts.ts";
import type { CsvValues } from "../../store/event-export.ts";
import { parseActor } from "../../store/parse-actor.ts";
import type { ExportColumn } from "./export-columns.ts";
import { payloadCells } from "./payload-cells.ts";

/** Nine of ten texts have nothing of either kind. */
const special = /^[=+\-@\t\r\n]|[",\r\n]|^$/;
const needsQuotes = /[",\r\n]/;
/** What a spreadsheet takes for a formula, or for what hides one. */
const formulaStart = /^[=+\-@\t\r\n]/;
const number = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export interface CsvOptions {
  /** Text that a spreadsheet would run as a formula is left as it is. */
  rawCells: boolean;
}

export interface CsvTable {
  header: string;
  /** To be asked of the store. */
  parts: CsvPart[];
  line: (values: CsvValues) => string;
}

export function csvTable(columns: readonly ExportColumn[], options: CsvOptions): CsvTable {
  const cellOf = (value: JsonValue): string => csvCell(value, options);
  const groups = groupsOf(columns);
  const writers = groups.map((group) => writerOf(group, cellOf));
  return {
    header: `${columns.map(({ name }) => cellOf(name)).join(",")}\r\n`,
    parts: groups.map(partOf),
    line: (values) => {
      let line = writers[0]!(values[0] ?? null);
      for (let index = 1; index < writers.length; index += 1) line += `,${writers[index]!(values[index] ?? null)}`;
      return `${line}\r\n`;
    },
  };
}

export function csvCell(value: JsonValue, { rawCells }: CsvOptions): string {
  if (value === null) return "";
  if (typeof value !== "string" && typeof value !== "object") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (!special.test(text)) return text;
  const inert = !rawCells && formulaStart.test(text) && !number.test(text) ? `'${text}` : text;
  return inert === "" || needsQuotes.test(inert) ? `"${inert.replace(/"/g, '""')}"` : inert;
}

/** Neighbours that one value of a row gives: ready cells, or members of the same JSON; every other column is alone. */
type Group = [ExportColumn, ...ExportColumn[]];

function groupsOf(columns: readonly ExportColumn[]): Group[] {
  const groups: Group[] = [];
  for (const column of columns) {
    const last = groups.at(-1);
    if (last !== undefined && isOneValue(last[0], column)) last.push(column);
    else groups.push([column]);
  }
  return groups;
}

function isOneValue(one: ExportColumn, other: ExportColumn): boolean {
  if (one.member !== undefined) return other.member !== undefined && other.stored === one.stored;
  return isReady(one) && isReady(other);
}

/** Of JSON, which begins with a brace or bracket so that no spreadsheet runs it, and of names and times. */
function isReady({ holds, member }: ExportColumn): boolean {
  return member === undefined && (holds === "json" || holds === "name" || holds === "time");
}

function partOf(group: Group): CsvPart {
  const [{ stored, member }] = group;
  if (member !== undefined && stored === "payload") return { ready: [{ column: stored, isJson: true }] };
  if (!isReady(group[0])) return { column: stored };
  return { ready: group.map((each) => ({ column: each.stored, isJson: each.holds === "json" })) };
}

function writerOf(group: Group, cellOf: (value: JsonValue) => string): (value: string | number | null) => string {
  const [first] = group;
  if (first.member === undefined) return isReady(first) ? String : cellOf;
  const members = group.map(({ member }) => member ?? "");
  if (first.stored === "payload") return (value) => payloadCells(String(value), members, cellOf);
  return (value) => {
    const actor: Record<string, JsonValue> = { ...parseActor(String(value)) };
    return members.map((member) => cellOf(actor[member] ?? null)).join(",");
  };
}
