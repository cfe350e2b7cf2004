// serve/export: values -> CSV as RFC 4180 has it: CRLF, quotes where they are needed. null is an empty cell, an empty text is "".
// Written here because the library took 30 µs a row of 19 cells, which alone is a third of the speed that an export needs.
import type { JsonValue } from "../../lib/canonical-json.ts";
import type { ExportedEvent } from "../../store/event-export.ts";
import type { ExportColumn } from "./export-columns.ts";

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

export function csvHeader(columns: readonly ExportColumn[], options: CsvOptions): string {
  return `${columns.map(({ name }) => csvCell(name, options)).join(",")}\r\n`;
}

export function csvRow(event: ExportedEvent, columns: readonly ExportColumn[], options: CsvOptions): string {
  let row = "";
  for (const { of, holds } of columns) {
    const value = of(event);
    // Nine of ten cells hold what needs no looking at. JSON begins with a brace, so that no spreadsheet runs it.
    if (holds === "json" && typeof value === "string") row += quotedJson(value);
    else if (holds === "text" || typeof value === "object") row += csvCell(value, options);
    else row += String(value);
    row += ",";
  }
  return `${row.slice(0, -1)}\r\n`;
}

export function csvCell(value: JsonValue, { rawCells }: CsvOptions): string {
  if (value === null) return "";
  if (typeof value !== "string" && typeof value !== "object") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (!special.test(text)) return text;
  const inert = !rawCells && formulaStart.test(text) && !number.test(text) ? `'${text}` : text;
  return inert === "" || needsQuotes.test(inert) ? `"${inert.replace(/"/g, '""')}"` : inert;
}

/** `[]` and `{}` need no quotes, and JSON has no line breaks. */
function quotedJson(text: string): string {
  return text.includes('"') || text.includes(",") ? `"${text.replace(/"/g, '""')}"` : text;
}
