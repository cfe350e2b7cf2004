// serve: what the access log keeps of a question and its answer, whichever face it came through.
import type { JsonObject } from "../lib/canonical-json.ts";

/** Of one value; a question's text is at most 500 characters, but a bad request may hold anything. */
const valueCharactersMax = 1_000;
const valuesMax = 50;

export function boundedInput(input: JsonObject): JsonObject {
  const entries = Object.entries(input).slice(0, valuesMax);
  const cut = entries.map(([key, value]) => [
    key.slice(0, 100),
    typeof value === "string" ? value.slice(0, valueCharactersMax) : value,
  ]);
  return Object.fromEntries(cut) as JsonObject;
}

/** null where the answer has no list. */
export function countItems(answer: object): number | null {
  for (const key of ["items", "timeline", "rows", "evidence"]) {
    const list = (answer as Readonly<Record<string, unknown>>)[key];
    if (Array.isArray(list)) return list.length;
  }
  return null;
}
