// Text of others -> a part of a sentence of ours: on one line, not endless, without characters that act, in quotes where it is not
// a plain word, so that it cannot pass for ours.

export function inertText(text: string, charactersMax = 300): string {
  const line = text.replace(/\s+/g, " ").trim();
  const cut = line.length > charactersMax ? `${line.slice(0, charactersMax)}…` : line;
  return cut
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`);
}

/** @param quotes what stands before and behind it, where it is not a plain word */
export function inertName(text: string, [open, close]: readonly [string, string], charactersMax = 60): string {
  const inert = inertText(text, charactersMax);
  if (/^[\w.\-/:@]+$/.test(inert)) return inert;
  // Neither may end the quotation.
  return `${open}${inert.replaceAll(open, "'").replaceAll(close, "'")}${close}`;
}
