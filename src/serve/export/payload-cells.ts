// serve/export: the payload of an event as one ready cell of CSV -> a cell for each field asked for. The text is cut, not parsed and
// written again: that takes a third of the time, and its quotes are doubled already.
import { assert } from "../../lib/assert.ts";
import type { JsonValue } from "../../lib/canonical-json.ts";

/** What stands for a quote in a quoted cell. */
const quote = '""';

/**
 * @param payload as SQLite gives it: `"{""total"":""1.50"",""lines"":[1]}"`, or `{}`; JSON without spaces, names without quotes
 * @param cellOf for texts and for what is not there @returns with a comma in front of each but the first
 */
export function payloadCells(payload: string, fields: readonly string[], cellOf: (value: JsonValue) => string): string {
  const names: string[] = [];
  const cells: string[] = [];
  const end = payload.length - 2;
  for (let at = 2; at < end;) {
    const name = textEnd(payload, at);
    const value = name + 1;
    const next = valueEnd(payload, value, end);
    names.push(payload.slice(at + quote.length, name - quote.length));
    cells.push(cellOfJson(payload.slice(value, next), cellOf));
    at = next + 1;
  }
  // Events of one rule have their fields in one order.
  if (names.length === fields.length && fields.every((field, index) => names[index] === field)) return cells.join(",");
  return fields.map((field) => cells[names.lastIndexOf(field)] ?? cellOf(null)).join(",");
}

function cellOfJson(json: string, cellOf: (value: JsonValue) => string): string {
  const first = json[0];
  if (first === "n") return cellOf(null);
  if (first === "{" || first === "[") return json.includes('"') || json.includes(",") ? `"${json}"` : json;
  if (first !== '"') return json;
  const text = json.slice(quote.length, -quote.length);
  // Without a backslash there is no quote in it either.
  return cellOf(text.includes("\\") ? (JSON.parse(json.replaceAll(quote, '"')) as string) : text);
}

/** @param at where a text begins @returns behind it */
function textEnd(json: string, at: number): number {
  let end = json.indexOf(quote, at + quote.length);
  while (isEscaped(json, end)) end = json.indexOf(quote, end + quote.length);
  // A damaged store: from -1 the search would begin again, for ever.
  assert(end > 0, "a stored payload is JSON");
  return end + quote.length;
}

function isEscaped(json: string, at: number): boolean {
  let before = at;
  while (json[before - 1] === "\\") before -= 1;
  return (at - before) % 2 === 1;
}

/** @param end where the object that holds it ends @returns behind it */
function valueEnd(json: string, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end;) {
    const char = json[at];
    if (char === '"') {
      at = textEnd(json, at);
      continue;
    }
    if (char === "," && depth === 0) return at;
    if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    at += 1;
  }
  return end;
}
