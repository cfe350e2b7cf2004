// Takes text; gives it in the letters that every PDF reader has without a font in the file (Windows-1252: Western European
// ones, with their accents). Signs outside it are written with others; a letter that cannot be is an error, never a blank.

/** 0x80 to 0x9f of Windows-1252; the rest of it is Latin-1. */
const further = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
const written: Record<string, string> = {
  "→": "->",
  "←": "<-",
  "▲": "^",
  "▼": "v",
  "►": ">",
  "◄": "<",
  "◀": "<",
  "▶": ">",
  "✓": "yes",
  "✗": "no",
  "≥": ">=",
  "≤": "<=",
  "≈": "~",
  "−": "-",
  "‖": "||",
  "\u2011": "-",
  "\u202F": " ",
  "\u200B": "",
};

export function plainLetters(text: string): string {
  return Array.from(text.normalize("NFC"), plainLetter).join("");
}

function plainLetter(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (letter === "\n" || letter === "\t" || (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff))
    return letter;
  if (further.includes(letter)) return letter;
  const other = written[letter] ?? lineOf(letter);
  if (other === undefined)
    throw new Error(
      `the standard fonts of PDF have no "${letter}" (U+${code.toString(16).toUpperCase().padStart(4, "0")})`,
    );
  return other;
}

/** Lines and corners of drawings made of characters. */
function lineOf(letter: string): string | undefined {
  if (letter < "\u2500" || letter > "\u257F") return undefined;
  if ("─━┄┅┈┉═╌╍".includes(letter)) return "-";
  return "│┃┆┇┊┋║╎╏".includes(letter) ? "|" : "+";
}
