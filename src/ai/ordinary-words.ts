// ai: is a word one that any text about a day of trade may use? Knows the closed lists, and the usual endings of their words.
import { englishWords } from "./vocabulary/english.ts";
import { spanishVerbs, spanishWords } from "./vocabulary/spanish.ts";

type Lang = "en" | "es";

const wordsOf = (list: string): string[] => list.split(/\s+/).filter(Boolean);
const lists: Record<Lang, ReadonlySet<string>> = {
  en: new Set(wordsOf(englishWords)),
  es: new Set([...wordsOf(spanishWords), ...wordsOf(spanishVerbs).flatMap(conjugate)]),
};
/** They say that something is zero, and so must be in the facts. */
const nothingWords: Record<Lang, ReadonlySet<string>> = {
  en: new Set("no not none nothing nobody without zero never neither nor cannot".split(" ")),
  es: new Set("no ningún ninguna ninguno nada nadie sin cero nunca tampoco ni".split(" ")),
};
/** Ordinary in the middle of a sentence; at its start they could be somebody's name, or a month. */
const alsoNames = new Set(["will", "may", "mark", "marked", "grant", "price", "cash", "page", "lead", "sol", "mar"]);

export function isOrdinary(word: string, lang: Lang): boolean {
  const list = lists[lang];
  return stemsOf(word, lang).some((stem) => list.has(stem));
}

/** @param text with its capital, as it begins a sentence: no endings are taken off, since Wells is not well. */
export function isOrdinaryStart(text: string, lang: Lang, said: ReadonlySet<string>): boolean {
  const word = text.toLowerCase();
  if (alsoNames.has(word) && !said.has(word)) return false;
  return lists[lang].has(word) || nothingWords[lang].has(word) || isSaidOf(word, said);
}

export function sayNothing(word: string, lang: Lang): boolean {
  return nothingWords[lang].has(word) || /n['’]t$/.test(word);
}

/** Whether rules or the names of facts use the word, or another form of it. */
export function isSaidOf(text: string, said: ReadonlySet<string>): boolean {
  const word = text.toLowerCase();
  return (
    said.has(word) ||
    said.has(`${word}s`) ||
    said.has(`${word}es`) ||
    stemsOf(word, "en").some((stem) => said.has(stem))
  );
}

function stemsOf(word: string, lang: Lang): string[] {
  const stems = [word];
  const cut = (ending: RegExp, ...replacements: string[]): void => {
    if (ending.test(word)) for (const replacement of replacements) stems.push(word.replace(ending, replacement));
  };
  if (lang === "en") {
    cut(/['’]s$|s['’]$/, "", "s");
    cut(/s$/, "");
    cut(/es$/, "");
    cut(/ies$/, "y");
    cut(/ed$/, "", "e");
    cut(/ied$/, "y");
    cut(/ing$/, "", "e");
    cut(/ly$/, "");
    cut(/([b-df-hj-np-tv-z])\1(?:ed|ing)$/, "$1");
    return stems;
  }
  cut(/s$/, "");
  cut(/es$/, "");
  cut(/as?$/, "o");
  cut(/mente$/, "", "o");
  return stems.filter((stem) => stem.length > 2 || stem === word);
}

/** Of what is told of others, in the past or the present. An irregular verb gives forms that nobody uses, which does no harm. */
function conjugate(infinitive: string): string[] {
  const stem = infinitive.slice(0, -2);
  const endings = infinitive.endsWith("ar")
    ? "ar a an ó aron aba aban ado ada ados adas ando arse ándose"
    : "er ir e en ió ieron ía ían ido ida idos idas iendo erse irse";
  return [infinitive, ...endings.split(" ").map((ending) => stem + ending)];
}
