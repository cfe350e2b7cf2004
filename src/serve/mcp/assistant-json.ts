// serve/mcp: plain data -> JSON text that stays data wherever it is pasted: no fence, tag, escape sequence or hidden character in it.

/** Backtick and angle brackets close fences and tags; control, bidirectional and invisible characters hide text from a person. */
const active = /[`<>&\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** It parses to the same data: what could act is written as \uXXXX. */
export function assistantJson(value: unknown): string {
  return JSON.stringify(value).replace(active, escape);
}

/** One line for a title: what could act is spelled out, the rest is cut to `max` characters. */
export function assistantLine(text: string, max: number): string {
  const cut = wholeCharacters(text, max);
  const inert = cut.toWellFormed().replace(active, escape);
  return cut.length < text.length ? `${inert}…` : inert;
}

/** The first `max` code units, never half a surrogate pair. */
export function wholeCharacters(text: string, max: number): string {
  const cut = text.slice(0, max);
  return /[\ud800-\udbff]$/.test(cut) && cut.length < text.length ? cut.slice(0, -1) : cut;
}

function escape(found: string): string {
  return Array.from({ length: found.length }, (_, index) => {
    return `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}
