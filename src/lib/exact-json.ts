// JSON text -> plain data without losing a digit: a number that a double cannot carry exactly becomes its own text.

/** @throws SyntaxError on text that is no JSON, RangeError where it is nested too deep. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, keepDigits);
}

/** `source` is there in every Node that this program runs on; TypeScript's library does not know it yet. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || isExact(value)) return value;
  return context?.source ?? String(value);
}

function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
