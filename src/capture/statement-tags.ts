// capture: the text of a statement, as the log carries it beside its rows -> the tags that the application wrote into the
// comment at its end, in the form of sqlcommenter (/* user_id='42',route='%2Fsales' */) or plainly (/* user_id:42 */).
import type { StatementTags } from "../model/raw-transaction.ts";

/** Characters of a comment that is looked at. A longer one carries no tags. */
export const tagCommentMax = 4_096;
const tagsMax = 32;
/** A tag beyond either is left out: a name cut short would be another name. */
const keyMax = 64;
const valueMax = 256;

const openingChars = 2;
/** One pair and what ends it. A value in quotes is URL-encoded and may hold \'; a plain one is a single word. */
const pair = /\s*([\w.%~-]+)\s*(?:=\s*'((?:[^'\\\p{Cc}\uFFFD]|\\')*)'|[=:]\s*([\w.@+-]+))\s*(?:,|$)/uy;

/** null where the statement does not end in a comment that is nothing but tags. Time is linear in the text. */
export function readStatementTags(sql: string): StatementTags | null {
  const end = endOfStatement(sql);
  if (!sql.endsWith("*/", end)) return null;
  const tailStart = Math.max(0, end - tagCommentMax);
  const tail = sql.slice(tailStart, end);
  const opening = tail.lastIndexOf("/*", tail.length - 2 * openingChars);
  if (opening === -1) return null;
  // A copy: a piece of a string keeps the whole of it in memory, here a statement of perhaps many megabytes.
  const comment = Buffer.from(tail.slice(opening + openingChars, -openingChars)).toString();
  const tags = readPairs(comment);
  return tags !== null && isCode(sql, tailStart + opening) ? tags : null;
}

function endOfStatement(sql: string): number {
  let end = sql.length;
  while (end > 0 && (sql.charCodeAt(end - 1) <= 0x20 || sql[end - 1] === ";")) end -= 1;
  return end;
}

/** A comment with anything in it that is no pair, or with a key twice, is somebody's prose: no tags at all. */
function readPairs(comment: string): StatementTags | null {
  // No prototype: a tag may be called __proto__.
  const tags = Object.create(null) as Record<string, string>;
  const keys = new Set<string>();
  pair.lastIndex = 0;
  while (pair.lastIndex < comment.length) {
    const match = pair.exec(comment);
    if (match === null) return null;
    const [, name = "", quoted, plain = ""] = match;
    const key = decode(name);
    const value = quoted === undefined ? plain : decode(quoted.replaceAll(String.raw`\'`, "'"));
    if (key === null || value === null || keys.has(key)) return null;
    keys.add(key);
    if (key.length <= keyMax && value.length <= valueMax && Object.keys(tags).length < tagsMax) tags[key] = value;
  }
  return Object.keys(tags).length === 0 ? null : tags;
}

function decode(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/**
 * Whether a comment that opens at `at` is one: not a part of a text, a name or an earlier comment. The log does not say
 * whether a backslash escapes (sql_mode NO_BACKSLASH_ESCAPES). A reading in which `at` stands in a text cannot be right,
 * because that text would not be closed before the statement's end; so the other reading decides then.
 */
function isCode(sql: string, at: number): boolean {
  const usual = placeAt(sql, at, true);
  return (usual === "text" ? placeAt(sql, at, false) : usual) === "code";
}

type Place = "code" | "text" | "comment";

/** What opens a text, a name or a comment. What a version comment holds is code. */
const opening = /['"`#]|--(?=[\0-\x20]|$)|\/\*(?!M?!)/g;

function placeAt(sql: string, at: number, backslashEscapes: boolean): Place {
  let from = 0;
  for (;;) {
    opening.lastIndex = from;
    const match = opening.exec(sql);
    if (match === null || match.index >= at) return "code";
    const [mark] = match;
    const inside = match.index + mark.length;
    const isText = mark === "'" || mark === '"' || mark === "`";
    // A quote that stands for itself because it is doubled closes one text and opens the next.
    from = isText ? afterText(sql, inside, mark, backslashEscapes && mark !== "`") : afterComment(sql, inside, mark);
    if (from > at) return isText ? "text" : "comment";
  }
}

function afterText(sql: string, inside: number, quote: string, backslashEscapes: boolean): number {
  if (!backslashEscapes) return after(sql, quote, inside);
  const stop = quote === "'" ? /['\\]/g : /["\\]/g;
  stop.lastIndex = inside;
  for (;;) {
    const match = stop.exec(sql);
    if (match === null) return Infinity;
    if (match[0] === quote) return stop.lastIndex;
    stop.lastIndex += 1;
  }
}

function afterComment(sql: string, inside: number, mark: string): number {
  return after(sql, mark === "/*" ? "*/" : "\n", inside);
}

function after(sql: string, closing: string, from: number): number {
  const found = sql.indexOf(closing, from);
  return found === -1 ? Infinity : found + closing.length;
}
