// ai: facts and the plain words about them -> what a text about them may hold: numbers, dates, times, names, words.
import { isTimeZone } from "../lib/zoned-day.ts";
import { wallTime } from "../lib/zoned-time.ts";
import type { JsonObject, JsonValue } from "../lib/canonical-json.ts";
import { plainDecimal } from "./number-forms.ts";
import { isNumberWord } from "./number-words.ts";
import { isOrdinaryStart, sayNothing } from "./ordinary-words.ts";
import { scanText, type TextScan } from "./text-scan.ts";

export interface Grounds {
  facts: JsonObject;
  /** The words of rules about them. */
  plain: string;
  lang: "en" | "es";
}

export interface FactIndex {
  numbers: Set<string>;
  percents: Set<string>;
  /** Numbers that are names, such as branch 3: known only after a word that says so. */
  idNumbers: Set<string>;
  /** YYYY-MM-DD */
  dates: Set<string>;
  /** hh:mm and hh:mm:ss */
  times: Set<string>;
  /** Whole names, as they are written; `names` finds them in a text. */
  nameList: string[];
  /** Values that could pass for a sentence: known only whole and in quotes, as rules tell them. */
  sayings: string[];
  names: RegExp | null;
  /** In lower case: words of keys, of machine words, and of what rules wrote. */
  words: Set<string>;
  symbols: Set<string>;
  /** Something is zero, empty or false, or rules say no: a text may say no as well. */
  hasNothing: boolean;
  plain: TextScan;
}

const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;
const dateOrTime = /^(\d{4}-\d\d-\d\d)?[T ]?(?:(\d\d:\d\d)(:\d\d)?(?:\.\d+)?)?$/;
const decimal = /^[-+]?\d+(?:\.\d+)?$/;
const percentKey = /percent|pct|share/i;
const idKey = /(?:^|_)(?:id|ids|branch|user|product|actor|entity|role|place|to|from|supplier|customer)$/i;
/** A longer value is a text, of which nothing follows: it may say what it likes. */
const nameCharsMax = 80;
const nameWordsMax = 8;
/** Small words inside a name. */
const joining = /^(?:del?|las?|los|van|von|d[aio]|dos)$/i;
/** Rules put quotes around what rows say where it is not a plain word, and take them out of it. */
const quoted = { en: /“[^”]*”/g, es: /«[^»]*»/g } as const;
const nothing =
  /\b(?:no|not|none|nothing|nobody|without|zero|never|ningún|ninguna|ninguno|nada|nadie|sin|cero|nunca|tampoco)\b/i;

export function indexFacts({ facts, plain, lang }: Grounds): FactIndex {
  const zone = findZone(facts);
  const index = emptyIndex(nothing.test(plain));
  const texts: string[] = [];
  const longTexts: string[] = [];
  const visit = (value: JsonValue, key: string): void => {
    if (value === null || value === false || value === 0 || value === "0") index.hasNothing = true;
    if (typeof value === "number") addNumber(index, value, key);
    else if (typeof value === "string") {
      if (isLong(value)) longTexts.push(value);
      else addText(index, value, key, zone);
    } else if (Array.isArray(value)) {
      // How many items there are is no fact: most lists are the first few of more.
      if (value.length === 0) index.hasNothing = true;
      for (const item of value) visit(item, key);
    } else if (value !== null && typeof value === "object") {
      for (const [name, item] of Object.entries(value)) {
        addKey(index, name);
        // What a rule pack calls a type.
        if (typeof item === "string" && name === "label") texts.push(item);
        // Why an anomaly is one is told by rules, but with values of rows in it, without quotes: nothing follows of it.
        if (name !== "reason" || !("severity" in value)) visit(item, name);
      }
    }
  };
  visit(facts, "");
  index.names = namePattern(index);
  // What rows say is not what rules say, also where rules quote it.
  const own = plain.replaceAll(quoted[lang], " ");
  index.plain = addWords(
    index,
    longTexts.reduce((text, long) => text.replaceAll(long, " "), own),
    lang,
  );
  for (const text of texts) addWords(index, text, lang);
  index.names = namePattern(index);
  return index;
}

function emptyIndex(hasNothing: boolean): FactIndex {
  const plain = scanText("", { lang: "en", names: null });
  const sets = { numbers: new Set<string>(), percents: new Set<string>(), idNumbers: new Set<string>() };
  const others = { dates: new Set<string>(), times: new Set<string>(), words: new Set<string>() };
  return { ...sets, ...others, symbols: new Set(), nameList: [], sayings: [], names: null, hasNothing, plain };
}

function addNumber(index: FactIndex, value: number, key: string): void {
  const text = String(Math.abs(value));
  if (!decimal.test(text)) return;
  index.numbers.add(plainDecimal(text));
  if (percentKey.test(key)) index.percents.add(plainDecimal(text));
  // 0.85 is 85 %.
  if (Math.abs(value) < 1 && value !== 0) index.percents.add(plainDecimal((Math.abs(value) * 100).toFixed(6)));
}

function addText(index: FactIndex, text: string, key: string, zone: string): void {
  if (decimal.test(text)) {
    const plain = plainDecimal(text.replace(/^[-+]/, ""));
    if (idKey.test(key) && !text.includes(".")) index.idNumbers.add(plain);
    else index.numbers.add(plain);
    return;
  }
  if (zoned.test(text)) {
    const at = Date.parse(text);
    if (!Number.isNaN(at)) addMoment(index, wallTime(at, zone));
    return;
  }
  if (dateOrTime.test(text)) {
    addMoment(index, text);
    return;
  }
  for (const [time] of text.matchAll(/(?<!\d)\d\d:\d\d(?!\d)/g)) index.times.add(time);
  const name = text.trim();
  if (name === "" || sayNothing(name.toLowerCase(), "en") || sayNothing(name.toLowerCase(), "es")) return;
  if (isNumberWord(name.toLowerCase(), "en") || isNumberWord(name.toLowerCase(), "es")) return;
  if (key !== "label" && isSaying(name)) index.sayings.push(name);
  else index.nameList.push(name);
  // A machine's word, such as sale.completed: its parts may be said as words.
  if (/^[a-z]+(?:[._:-][a-z]+)*$/.test(text)) for (const word of text.split(/[._:-]/)) index.words.add(word);
}

function isLong(text: string): boolean {
  return text.length > nameCharsMax || text.split(/\s+/).length > nameWordsMax;
}

/** "Ana Vega stole it" could be the name of a branch, and could be told as if it were true. A machine's word could not. */
function isSaying(name: string): boolean {
  const words = name.split(/\s+/).filter((word) => /\p{L}{3}/u.test(word) && !joining.test(word));
  return words.length > 3 || (words.length > 1 && words.some((word) => /^\p{Ll}{4}/u.test(word)));
}

function addMoment(index: FactIndex, text: string): void {
  const [, date, minute, second = ""] = dateOrTime.exec(text) ?? [];
  if (date !== undefined) index.dates.add(date);
  if (minute === undefined) return;
  index.times.add(minute);
  if (second !== "") index.times.add(minute + second);
}

/** A key is the program's own word, or where an object is a table, a name. */
function addKey(index: FactIndex, key: string): void {
  const parts = key.match(/\p{L}+/gu) ?? [];
  if (/^[a-z]+(?:[._][a-z]+)*$/.test(key)) for (const part of parts) index.words.add(part);
  if (!/^[a-z_]+$/.test(key) && !decimal.test(key) && key.length <= nameCharsMax) index.nameList.push(key);
}

/** All that rules said counts as known. */
function addWords(index: FactIndex, text: string, lang: "en" | "es"): TextScan {
  const scan = scanText(text, { lang, names: index.names });
  for (const { values, isPercent } of scan.numbers)
    for (const value of values) (isPercent ? index.percents : index.numbers).add(value);
  for (const { time } of scan.times) index.times.add(time);
  for (const { year, month, day } of scan.dates) {
    if (year !== undefined && month !== undefined && day !== undefined)
      index.dates.add(`${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`);
  }
  for (const { text: word, isCapital, isFirst } of scan.words)
    if (!isCapital || isFirst) index.words.add(word.toLowerCase());
  for (const run of scan.runs) {
    const [first] = run;
    const name =
      first !== undefined && first.isFirst && isOrdinaryStart(first.text, lang, index.words) ? run.slice(1) : run;
    if (name.length > 0) index.nameList.push(name.map((part) => part.text).join(" "));
  }
  index.nameList.push(...scan.ids);
  for (const symbol of scan.symbols) index.symbols.add(symbol);
  return scan;
}

/** Whole names, the longest first, with nothing of a word or code on either side. */
function namePattern({ nameList, sayings }: Pick<FactIndex, "nameList" | "sayings">): RegExp | null {
  const said = new Set(sayings);
  const names = new Set([...nameList, ...sayings]);
  if (names.size === 0) return null;
  const written = [...names]
    .sort((a, b) => b.length - a.length)
    .map((name) => {
      const pattern = name.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`).replace(/\s+/g, String.raw`\s+`);
      return said.has(name) ? `(?<=[“"«])${pattern}(?=[”"»])` : pattern;
    });
  return new RegExp(
    String.raw`(?<![\p{L}\p{N}_]|[\p{L}\p{N}_][-./#@:_+])(?:${written.join("|")})(?![\p{L}\p{N}_]|[-./#@:_+][\p{L}\p{N}_])`,
    "giu",
  );
}

function findZone(facts: JsonObject): string {
  const { zone } = facts;
  return typeof zone === "string" && isTimeZone(zone) ? zone : "UTC";
}
