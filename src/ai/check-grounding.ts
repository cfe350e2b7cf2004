// ai: the grounding check. Takes a text, the facts and the words of rules about them; gives everything in the text that is in
// neither. It does not understand: it knows which numbers, names, dates, times, ids and words there are, and refuses all others.
import { type FactIndex, type Grounds, indexFacts } from "./fact-index.ts";
import { isRounded } from "./number-forms.ts";
import { type NumberMention, type RunPart, scanText, type TextScan } from "./text-scan.ts";
import type { DateMention, TimeMention } from "./calendar-words.ts";
import { isOrdinary, isOrdinaryStart, isSaidOf, sayNothing } from "./ordinary-words.ts";

export type FaultKind = "number" | "name" | "date" | "time" | "id" | "word" | "symbol" | "markup" | "shape";

export interface GroundingFault {
  kind: FaultKind;
  /** As it stands in the text: never shown to a reader. */
  text: string;
}

const paragraphsMax = 8;
const charactersMax = 6_000;

/** Empty: all of it is in the facts. */
export function checkGrounding(words: string, grounds: Grounds): GroundingFault[] {
  const text = words.normalize("NFC").replaceAll(/[\u00a0\u202f\u2009]/g, " ");
  const shape = checkShape(text);
  if (shape.length > 0) return shape;
  const index = indexFacts(grounds);
  const { lang } = grounds;
  const scan = scanText(text, { lang, names: index.names });
  const faults: GroundingFault[] = [
    ...scan.dates.filter((date) => !isKnownDate(date, index)).map(({ text: found }) => fault("date", found)),
    ...scan.times.filter((time) => !isKnownTime(time, index)).map(({ text: found }) => fault("time", found)),
    ...scan.numbers.filter((number) => !isKnownNumber(number, index)).map(({ text: found }) => fault("number", found)),
    ...scan.ids.map((id) => fault("id", id)),
    ...scan.symbols.filter((symbol) => !index.symbols.has(symbol)).map((symbol) => fault("symbol", symbol)),
    ...scan.runs.flatMap((run) => checkRun(run, index, lang)),
    ...checkWords(scan, index, lang),
  ];
  return faults.filter(
    ({ kind, text: found }, at) => faults.findIndex((other) => other.kind === kind && other.text === found) === at,
  );
}

function fault(kind: FaultKind, text: string): GroundingFault {
  return { kind, text };
}

const markup = /https?:|www\.|:\/\/|<[a-z!/?]|&[a-z]+;|&#|```|`|\*\*|__|\]\(|^\s*(?:#|[-*•]\s|\d+[.)]\s|>)|\|/imu;

function checkShape(text: string): GroundingFault[] {
  if (text.trim() === "") return [fault("shape", "no text at all")];
  if (text.length > charactersMax) return [fault("shape", `more than ${charactersMax} characters`)];
  if (text.split(/\n\s*\n/).length > paragraphsMax) return [fault("shape", `more than ${paragraphsMax} paragraphs`)];
  // Control characters, invisible ones, and those that the scan itself uses.
  const odd = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u.exec(text);
  if (odd !== null) return [fault("symbol", `U+${odd[0].codePointAt(0)!.toString(16).toUpperCase()}`)];
  const found = markup.exec(text);
  return found === null ? [] : [fault("markup", found[0].trim())];
}

function isKnownDate({ year, month, day, weekday, or }: DateMention, index: FactIndex): boolean {
  const fits = (wanted: { month?: number | undefined; day?: number | undefined }): boolean =>
    [...index.dates].some((date) => {
      const [y, m, d] = date.split("-").map(Number);
      return (
        (year === undefined || year === y) &&
        (wanted.month === undefined || wanted.month === m) &&
        (wanted.day === undefined || wanted.day === d) &&
        (weekday === undefined || new Date(`${date}T00:00:00Z`).getUTCDay() === weekday)
      );
    });
  if (fits({ month, day }) || (or !== undefined && fits(or))) return true;
  // Rules may name a month or weekday of no date that they give.
  return index.plain.dates.some(
    (said) => said.year === year && said.month === month && said.day === day && said.weekday === weekday,
  );
}

function isKnownTime({ time }: TimeMention, index: FactIndex): boolean {
  return index.times.has(time);
}

function isKnownNumber(number: NumberMention, index: FactIndex): boolean {
  const { values, isPercent, text } = number;
  const known = isPercent ? index.percents : index.numbers;
  if (values.some((value) => known.has(value))) return true;
  if (number.isAbout && values.some((value) => [...known].some((fact) => isRounded(value, fact)))) return true;
  if (isPercent) return false;
  if (/^\d{4}$/.test(text) && [...index.dates].some((date) => date.startsWith(`${text}-`))) return true;
  const { label } = number;
  if (label !== "" && index.words.has(label) && values.some((value) => index.idNumbers.has(value))) return true;
  // "branch 3 250 sales" is not 3,250.
  const parts = /^\d+(?: \d{3})+$/.test(text) ? text.split(" ") : [];
  return parts.length > 0 && parts.every((part) => index.numbers.has(part) || index.idNumbers.has(part));
}

/** Words with capitals in a row must be whole names in a row, or alone a part of one: "Ana Vega" is not Ana Torres and Luis Vega. */
function checkRun(run: readonly RunPart[], index: FactIndex, lang: "en" | "es"): GroundingFault[] {
  const [first] = run;
  const parts =
    first !== undefined && !first.isKnown && first.isFirst && isOrdinaryStart(first.text, lang, index.words)
      ? run.slice(1)
      : run;
  if (parts.every(({ isKnown }) => isKnown)) return [];
  const others = parts.filter(({ isKnown, text }) => !isKnown && !isSaidOf(bare(text), index.words));
  if (others.length === 0) return [];
  const whole = parts.map(({ text }) => text).join(" ");
  return parts.every(({ isKnown }) => !isKnown) &&
    isPartOfName(bare(whole), index.nameList) &&
    isNumberOfName(bare(whole), parts.at(-1)!.number, index.nameList)
    ? []
    : [fault("name", bare(whole))];
}

/** Without the small words that join it to what stood before. */
function bare(text: string): string {
  return text.replace(/^(?:\p{Ll}+\s+)+(?=\p{Lu})/u, "");
}

function isPartOfName(text: string, names: readonly string[]): boolean {
  const part = ` ${text.toLowerCase()} `;
  return names.some((name) => inWords(name).includes(part));
}

/** "San Isidro 3" is not San Isidro 2, also where 3 is a number of the facts. */
function isNumberOfName(text: string, number: string, names: readonly string[]): boolean {
  const part = ` ${text.toLowerCase()} `;
  const numbers = names.flatMap((name) => /^\d+/.exec(inWords(name).split(part)[1] ?? "")?.[0] ?? []);
  return number === "" || numbers.length === 0 || numbers.includes(number);
}

function inWords(name: string): string {
  return ` ${name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " ")} `;
}

function checkWords({ words }: TextScan, index: FactIndex, lang: "en" | "es"): GroundingFault[] {
  return words.flatMap(({ text, isCapital, isFirst }) => {
    const word = text.toLowerCase();
    if (isCapital && !isFirst) return [];
    if (sayNothing(word, lang)) return index.hasNothing ? [] : [fault("word", text)];
    if (isFirst && isCapital)
      return isOrdinaryStart(text, lang, index.words) || isPartOfName(text, index.nameList)
        ? []
        : [fault("name", text)];
    if (isOrdinary(word, lang) || isSaidOf(word, index.words)) return [];
    return word.length > 3 && isPartOfName(text, index.nameList) ? [] : [fault("word", text)];
  });
}
