// serve/cli: small pieces for writing on a terminal. Text from the database is data: control characters never reach the screen.
import { styleText } from "node:util";
import type { Writable } from "node:stream";

const control = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text with every control character spelled out, cut to `max` characters. */
export function printable(text: string, max = 200): string {
  const inert = text.replace(control, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return inert.length <= max ? inert : `${inert.slice(0, max - 1)}…`;
}

type Style = Parameters<typeof styleText>[0];

/** Colours only on a terminal that has them, and not where NO_COLOR is set. */
export function createPaint(stream: Writable): (style: Style, text: string) => string {
  return (style, text) => styleText(style, text, { stream, validateStream: true });
}

/** `2026-01-05T09:31:12.350000Z` -> `2026-01-05 09:31:12.350Z`: still UTC; micro- or milliseconds only when there are any. */
export function shortTime(timestamp: string): string {
  return timestamp
    .replace("T", " ")
    .replace(/(\.\d{3})000Z$/, "$1Z")
    .replace(/\.0*Z$/, "Z");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
