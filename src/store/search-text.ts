// store: what is searched in an event, and what a searched word means. Pure. Every character of a word is meant literally;
// case and accents do not count. A word begins where a word of the text begins; one of three characters or more also finds
// longer ones that begin with it.
import type { StoredBusinessRow } from "./business-event.ts";
import type { StoredChangeRow } from "./change-event.ts";

/** Of an event no more than this is searched, so that a row of megabytes holds nobody up. */
const charactersMax = 65_536;
/** Of a longer word the index holds the beginning. */
const tokenCharactersMax = 64;
const prefixCharactersMin = 3;

export interface SearchWords {
  /** One for each word; all must match the folded text. */
  literal: RegExp[];
  /** For the index: all must be there. Empty where no word has a letter or digit. */
  tokens: { token: string; isPrefix: boolean }[];
}

export function readSearchWords(text: string): SearchWords {
  const words = fold(text).split(/\s+/u).filter(Boolean);
  return { literal: words.map(toLiteral), tokens: words.flatMap(toTokens) };
}

const wordCharacter = "[\\p{L}\\p{N}]";
const beginsWord = new RegExp(`^${wordCharacter}`, "u");
const lastPart = new RegExp(`${wordCharacter}+$`, "u");

function toLiteral(word: string): RegExp {
  const characters = word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const before = beginsWord.test(word) ? `(?<!${wordCharacter})` : "";
  const last = lastPart.exec(word)?.[0];
  const after = last !== undefined && last.length < prefixCharactersMin ? `(?!${wordCharacter})` : "";
  return new RegExp(before + characters + after, "u");
}

function toTokens(word: string): SearchWords["tokens"] {
  const tokens = tokensOf(word);
  const last = lastPart.exec(word)?.[0];
  return tokens.map((token, index) => ({
    token,
    isPrefix:
      index === tokens.length - 1 && last !== undefined && last.length >= prefixCharactersMin && last.startsWith(token),
  }));
}

export function matchesWords({ literal }: SearchWords, folded: string): boolean {
  return literal.every((word) => word.test(folded));
}

/** Without case and accents. */
export function fold(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.toWellFormed().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ς", "σ");
}

/** Runs of letters and digits. */
export function tokensOf(folded: string): string[] {
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) =>
    word.length > tokenCharactersMax ? word.slice(0, tokenCharactersMax).toWellFormed() : word,
  );
}

export type SearchedChange = Pick<
  StoredChangeRow,
  | "source_db"
  | "source_table"
  | "source_pk"
  | "operation"
  | "before"
  | "after"
  | "entity_type"
  | "entity_id"
  | "actor"
  | "metadata"
>;
export type SearchedBusinessEvent = Pick<StoredBusinessRow, "type" | "entity_type" | "entity_id" | "actor" | "payload">;

export function changeText(row: SearchedChange): string {
  const values = new Set([row.entity_type, row.entity_id, `${row.source_db}.${row.source_table}`, row.operation]);
  addActor(values, row.actor);
  for (const image of [row.source_pk, row.after, row.before]) if (image !== null) addValues(values, JSON.parse(image));
  if (row.metadata !== "{}") addValues(values, (JSON.parse(row.metadata) as { statement?: unknown }).statement);
  return toText(values);
}

export function businessEventText(row: SearchedBusinessEvent): string {
  const values = new Set([row.entity_type, row.entity_id, row.type]);
  addActor(values, row.actor);
  addValues(values, JSON.parse(row.payload));
  return toText(values);
}

function addActor(values: Set<string>, actor: string): void {
  const { id } = JSON.parse(actor) as { id: string | null };
  if (id !== null) values.add(id);
}

/** Texts and numbers, however deep; names of columns are not searched. */
function addValues(values: Set<string>, json: unknown): void {
  const waiting: unknown[] = [json];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === "string") values.add(value);
    else if (typeof value === "number" || typeof value === "boolean") values.add(String(value));
    else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) waiting.push(inner);
  }
}

function toText(values: Set<string>): string {
  let text = "";
  for (const value of values) {
    text += `${value}\n`;
    if (text.length > charactersMax) return fold(text.slice(0, charactersMax));
  }
  return fold(text);
}
