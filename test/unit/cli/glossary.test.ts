// One word per idea, in both languages: where an English text of the terminal has a word of the glossary, the Spanish one has its Spanish word.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../../src/lib/package-root.ts";
import { english } from "../../../src/serve/cli/words/english.ts";
import { spanish } from "../../../src/serve/cli/words/spanish.ts";

const glossary = readFileSync(join(packageRoot, "docs", "glossary.md"), "utf8");
const terms = [...glossary.matchAll(/^\| ([a-zA-Z, ]+) \| ([^|]+) \| [^|]+ \|$/gm)]
  .slice(1)
  .flatMap(([, words = "", translated = ""]) =>
    words.split(", ").map((word) => ({ word, translated: translated.trim() })),
  )
  // `business event` before `event`.
  .toSorted((a, b) => b.word.length - a.word.length);

test("the Spanish words of the terminal are those of the glossary", () => {
  expect(terms.length).toBeGreaterThan(40);
  const pairs = textsOf(english, spanish);
  expect(pairs.length).toBeGreaterThan(100);
  const wrong = pairs.flatMap(([text, translated]) => {
    // What stands in code is nobody's word.
    let rest = text.toLowerCase().replace(/`[^`]*`/g, "");
    return terms.flatMap(({ word, translated: expected }) => {
      const found = new RegExp(`\\b${word.toLowerCase()}(?:s|es)?\\b`).exec(rest);
      if (found === null) return [];
      rest = rest.replace(found[0], "");
      return hasTerm(translated, expected) ? [] : [`${word} is ${expected}, not as in: ${translated}`];
    });
  });
  expect(wrong).toEqual([]);
});

/** Texts that stand as they are, at the same place of both; what is made from parts is left out. */
function textsOf(ours: unknown, theirs: unknown): [string, string][] {
  if (typeof ours === "string" && typeof theirs === "string") return [[ours, theirs]];
  if (typeof ours !== "object" || ours === null || typeof theirs !== "object" || theirs === null) return [];
  return Object.entries(ours).flatMap(([key, value]) => textsOf(value, (theirs as Record<string, unknown>)[key]));
}

/** Each word of the term, by its stem: singular or plural, with or without its accent. */
function hasTerm(text: string, term: string): boolean {
  const plain = (words: string): string => words.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  return plain(term)
    .split(" ")
    .every((word) => plain(text).includes(word.length > 5 ? word.slice(0, -2) : word));
}
