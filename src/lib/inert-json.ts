// JSON whose text cannot move a terminal's cursor or turn text around: such characters are written as \uXXXX, which means the same.

/** JSON.stringify escapes those below U+0020 by itself. */
const active = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function inertJson(value: unknown, space?: number): string {
  return toInert(JSON.stringify(value, null, space));
}

/** @param json made by somebody else */
export function toInert(json: string): string {
  return json.replace(active, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
