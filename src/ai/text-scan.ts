// ai: a text -> what of it can be checked: dates, times, numbers, ids, words and names. The same scan reads the words of rules,
// which may be believed, and those of a model, which may not: what the first says is known, the second is held against it.
import { type DateMention, takeDates, takeTimes, type TimeMention } from "./calendar-words.ts";
import { numberPattern, readNumber, shiftDecimal } from "./number-forms.ts";
import { isNumberWord, readNumberWords } from "./number-words.ts";

export interface NumberMention {
  text: string;
  /** What it can mean, as plain decimals. */
  values: readonly string[];
  isPercent: boolean;
  /** It is told as "about" so much. */
  readonly isAbout: boolean;
  /** The word right before it, in lower case: "branch" of "branch 3". */
  readonly label: string;
}

export interface WordMention {
  text: string;
  /** It begins a sentence, where a capital says nothing. */
  isFirst: boolean;
  isCapital: boolean;
}

export interface TextScan {
  dates: DateMention[];
  times: TimeMention[];
  numbers: NumberMention[];
  /** Codes: letters with digits, and all else that is no word. */
  ids: string[];
  /** In order; what stands together with capitals is also in `runs`. */
  words: WordMention[];
  /** Words with capitals in a row, with known names among them: "Ana" and "Torres" of "Ana Torres". */
  runs: RunPart[][];
  /** Characters that are no letters, digits or ordinary punctuation. */
  symbols: string[];
}

export interface RunPart {
  text: string;
  isFirst: boolean;
  /** A whole name of the facts. */
  isKnown: boolean;
  /** The number right behind it, else "": "3" of "San Isidro 3". */
  number: string;
}

export interface ScanOptions {
  lang: "en" | "es";
  /** Finds whole names of the facts; null: none are known. */
  names: RegExp | null;
}

/** Stand where something was taken, as long as it was: places in the text stay what they are. */
const takenName = "\uE000";
const takenWord = "\uE001";
const taken = "\uE002";

const about: Record<"en" | "es", RegExp> = {
  en: /(?:\b(?:about|around|roughly|nearly|almost|approximately)|\bclose to)\s+\S{0,3}\s?$/i,
  es: /(?:\b(?:unos|unas|casi|aproximadamente|alrededor de|cerca de|en torno a))\s+\S{0,3}\s?$/i,
};
const scales: Readonly<Record<string, number>> = {
  k: 3,
  thousand: 3,
  mil: 3,
  million: 6,
  millón: 6,
  millones: 6,
  m: 6,
};

export function scanText(text: string, { lang, names }: ScanOptions): TextScan {
  let rest = text;
  const take = (pattern: RegExp, use: (match: RegExpExecArray) => boolean, filler: string | null = taken): void => {
    pattern.lastIndex = 0;
    let next = "";
    let from = 0;
    for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
      if (match[0] === "") pattern.lastIndex += 1;
      else if (use(match)) {
        const mark = filler ?? (/^\p{Lu}/u.test(match[0]) ? takenName : takenWord);
        next += rest.slice(from, match.index) + mark.repeat(match[0].length);
        from = match.index + match[0].length;
      }
    }
    rest = next + rest.slice(from);
  };

  if (names !== null) take(names, () => true, null);
  const symbols: string[] = [];
  take(/(?<!\p{L})(?:US\$|S\/\.?|R\$|\p{Sc})(?=\s?\d)/gu, ([sign]) => symbols.push(sign) > 0);
  const dates = takeDates(take, lang);
  const times = takeTimes(take, lang);
  const numbers: NumberMention[] = [];
  takeNumbers(take, lang, text, numbers);
  const ids = takeIds(take);
  takePlainNumbers(take, lang, text, numbers);
  takeNumberWords(rest, lang, numbers).forEach(({ from, to }) => {
    rest = rest.slice(0, from) + taken.repeat(to - from) + rest.slice(to);
  });
  const { words, runs } = readWords(rest, text);
  for (const [char] of rest.matchAll(/[^\p{L}\p{M}\s\uE000-\uE002.,;:!?()"'“”‘’«»¿¡—–\-‐‑…/%&+]/gu)) symbols.push(char);
  return { dates, times, numbers, ids, words, runs, symbols };
}

type Take = (pattern: RegExp, use: (match: RegExpExecArray) => boolean, filler?: string | null) => void;

function mentionOf(
  text: string,
  at: number,
  shown: string,
  values: readonly string[],
  lang: "en" | "es",
): NumberMention {
  const before = text.slice(Math.max(0, at - 40), at);
  return {
    text: shown,
    values,
    isPercent: /(?:%|per\s?cent|por ciento)$/i.test(shown),
    // Looked for when it is asked for, which is seldom.
    get isAbout() {
      return about[lang].test(before);
    },
    get label() {
      return /(\p{L}+)\.?\s+(?:#|n\.?º|no\.)?\s*$/iu.exec(before)?.[1]?.toLowerCase() ?? "";
    },
  };
}

/** Those that a sign or word after them makes into something else: percents, scales, ordinals. */
function takeNumbers(take: Take, lang: "en" | "es", text: string, found: NumberMention[]): void {
  const suffixed = new RegExp(
    String.raw`(?<![\p{L}\d_]|\d[.,])(${numberPattern})(?:\s?(%|per\s?cent\b|por ciento\b)|\s?(k|m|thousand|mil|million|millones|millón)(?![\p{L}\d])|(?:st|nd|rd|th|\.?[ºª])(?![\p{L}\d]))`,
    "giu",
  );
  take(suffixed, (match) => {
    const [shown, digits = ""] = match;
    const scale = scales[(match.at(-1) ?? "").toLowerCase()] ?? 0;
    const values = readNumber(digits, lang).map((value) => (scale === 0 ? value : shiftDecimal(value, scale)));
    found.push(mentionOf(text, match.index, shown, values, lang));
    return true;
  });
}

/** S-12, B-1/P-2, ana.torres, sale.completed, user_7, 0x3f: only a whole name of the facts may look like that. */
function takeIds(take: Take): string[] {
  const ids: string[] = [];
  const joined = String.raw`[\p{L}\p{N}_]+(?:[-./#@:_+\\]+[\p{L}\p{N}_]+)*`;
  take(new RegExp(joined, "gu"), ([token]) => {
    const isNumber = /^\d[\d.,]*(?:-\p{Ll}+)*$|^\d+(?:[-/]\d+)+$/u.test(token);
    const isCode = /_|@|#|\\|\p{L}[.:+]\p{L}/u.test(token) || (/\p{L}/u.test(token) && /\p{N}/u.test(token));
    if (isNumber || !isCode) return false;
    ids.push(token);
    return true;
  });
  return ids;
}

function takePlainNumbers(take: Take, lang: "en" | "es", text: string, found: NumberMention[]): void {
  take(new RegExp(numberPattern, "gu"), (match) => {
    const [shown] = match;
    found.push(mentionOf(text, match.index, shown, readNumber(shown, lang), lang));
    return true;
  });
}

/** Places of numbers in words; what they say goes to `found`. */
function takeNumberWords(rest: string, lang: "en" | "es", found: NumberMention[]): { from: number; to: number }[] {
  const places: { from: number; to: number }[] = [];
  const tokens = [...rest.matchAll(/[\p{L}\p{M}]+/gu)].map((match) => ({
    text: match[0].toLowerCase(),
    from: match.index,
    to: match.index + match[0].length,
  }));
  // Most texts have none.
  if (!tokens.some(({ text }) => isNumberWord(text, lang))) return places;
  for (let index = 0; index < tokens.length;) {
    // A number ends where more than a space or a hyphen stands between its words.
    let end = index + 1;
    while (end < tokens.length && /^[\s-]+$/.test(rest.slice(tokens[end - 1]!.to, tokens[end]!.from))) end += 1;
    const words = tokens.slice(index, end).map(({ text }) => text);
    let at = 0;
    while (at < words.length) {
      const number = isNumberStart(words, at, lang) ? readNumberWords(words, at, lang) : undefined;
      if (number === undefined) {
        at += 1;
        continue;
      }
      const [first, last] = [tokens[index + at]!, tokens[index + at + number.length - 1]!];
      const after = /^\s+(?:per\s?cent|por ciento)\b/i.exec(rest.slice(last.to))?.[0] ?? "";
      const to = last.to + after.length;
      found.push(mentionOf(rest, first.from, rest.slice(first.from, to), [String(number.value)], lang));
      places.push({ from: first.from, to });
      at += number.length;
    }
    index = end;
  }
  return places;
}

function isNumberStart(words: readonly string[], at: number, lang: "en" | "es"): boolean {
  const word = words[at]!;
  if ((word === "one" || word === "uno") && isPronoun(words[at - 1] ?? "", words[at + 1] ?? "")) return false;
  return isNumberWord(word, lang) || ((word === "a" || word === "un") && isNumberWord(words[at + 1] ?? "", lang));
}

/** "The last one", "one of them": it stands for something, and counts nothing. */
function isPronoun(before: string, after: string): boolean {
  return (
    /^(?:the|this|that|last|latest|first|earlier|previous|other|another|each|every|which|cada|otro)$/.test(before) ||
    /^(?:of|de)$/.test(after)
  );
}

const sentenceStart = /(?:^|[.!?…:]["”’»)]*\s+|\n\s*)["“‘«(¿¡]*$/u;
const beforeMax = 16;

/**
 * Looks at a little of what stands before: to look at all of it for each word costs the square of the text. After more spaces
 * and quotes than that a word is taken for one inside the sentence, which is stricter.
 */
function beginsSentence(text: string, at: number): boolean {
  const from = Math.max(0, at - beforeMax);
  // What was cut off stands for something, so that the cut is not the beginning.
  return sentenceStart.test((from > 0 ? "x" : "") + text.slice(from, at));
}

/** Small words inside a name: Ana de la Torre. */
const inName = /^\s(?:(?:de|del|la|las|los|van|von|da|do|dos|di)\s){0,2}$/i;

function readWords(rest: string, text: string): Pick<TextScan, "words" | "runs"> {
  const words: WordMention[] = [];
  const runs: RunPart[][] = [];
  let run: RunPart[] = [];
  let end = 0;
  for (const match of rest.matchAll(/\uE000+|[\p{L}\p{M}]+(?:['’][\p{L}]+)*/gu)) {
    const [word] = match;
    const shown = text.slice(match.index, match.index + word.length);
    const isKnown = word.startsWith(takenName);
    const isFirst = beginsSentence(rest, match.index);
    const isCapital = isKnown || /^\p{Lu}/u.test(word);
    if (!isKnown) words.push({ text: shown, isFirst, isCapital });
    if (isCapital) {
      const joins = run.length > 0 && !isFirst && inName.test(rest.slice(end, match.index));
      if (!joins && run.length > 0) {
        runs.push(run);
        run = [];
      }
      const linked = joins ? rest.slice(end, match.index).trim() : "";
      end = match.index + word.length;
      const number = /^ (\d+)/.exec(text.slice(end, end + 20))?.[1] ?? "";
      run.push({ text: linked === "" ? shown : `${linked} ${shown}`, isFirst, isKnown, number });
    }
  }
  if (run.length > 0) runs.push(run);
  return { words, runs };
}
