// What a searched word means: every character literally, case and accents aside; where words begin and end.
import { expect, it } from "vitest";
import { fold, matchesWords, readSearchWords, tokensOf } from "../../../src/store/search-text.ts";

it.each([
  ["farm", "Farmacia", true],
  ["macia", "Farmacia", false],
  ["fa", "Farmacia", false],
  ["fa", "fa 1", true],
  ["peña", "PENA", true],
  ["pena", "La Peña, S.A.", true],
  ["ñandú nandu", "ÑANDÚ", true],
  ["Σίσυφος", "ΣΊΣΥΦΟΣ", true],
  ["100%", "100%", true],
  ["100%", "1000", false],
  ["%", "5 % off", true],
  ["%", "5 off", false],
  ["a_b", "a_b", true],
  ["a_b", "axb", false],
  ["*", "2 * 3", true],
  ["sal*", "sale", false],
  ['"', 'say "yes"', true],
  ["O'Brien", "o'brien", true],
  ["O'Brien", "obrien", false],
  ["AND", "this and that", true],
  ["AND", "this or that", false],
  ["NEAR(a", "near(a b)", true],
  ["NEAR(a", "near a", false],
  ["-x", "a -x", true],
  ["[REDACTED]", "[REDACTED]", true],
  ["a b", "b a", true],
  ["a b", "a c", false],
  ["10", "100", false],
  ["100", "10000", true],
  ["2026-01", "2026-01-05T10:00:00Z", true],
  ["2026-01", "2026-01-5", true],
  ["2026-0", "2026-01-05", false],
  ["日本語", "日本語版", true],
  ["𝒜", "𝒜", true],
  ["\\d+", "\\d+", true],
  ["\\d+", "12", false],
  ["\u0000", "a", false],
])("%j in %j: %j", (words, text, found) => {
  const read = readSearchWords(words);
  expect(matchesWords(read, fold(text))).toBe(found);
  // What matches must be found by the index too: each of its tokens is there.
  const tokens = tokensOf(fold(text));
  const indexed = read.tokens.every(({ token, isPrefix }) =>
    tokens.some((held) => (isPrefix ? held.startsWith(token) : held === token)),
  );
  expect(indexed || !found).toBe(true);
});
