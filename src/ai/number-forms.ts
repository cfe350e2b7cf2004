// ai: numbers as people write them -> plain decimals ("1,234.50" -> "1234.5"), so that a number of a text can be looked up in the facts.

/** Digits with separators, without a sign. Tried from each digit on; the caller sees to what stands around it. */
export const numberPattern = String.raw`\d{1,3}(?:([.,'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?|\d+(?:[.,]\d+)?`;

/** No sign, no zeros that say nothing. @param digits only digits, and at most one point */
export function plainDecimal(digits: string): string {
  const [whole = "", fraction = ""] = digits.split(".");
  const kept = fraction.replace(/0+$/, "");
  return (whole.replace(/^0+(?=\d)/, "") || "0") + (kept === "" ? "" : `.${kept}`);
}

/**
 * What a written number can mean. English 1,234 is a thousand and more, 1.234 a little over one. Spanish is written both ways
 * round, so there one lone separator before three digits can be either.
 */
export function readNumber(text: string, lang: "en" | "es"): string[] {
  const separators = [...text.matchAll(/[^\d]/g)].map(([char]) => char);
  const [first, last] = [separators[0], separators.at(-1)];
  if (first === undefined || last === undefined) return [plainDecimal(text)];
  const grouped = plainDecimal(text.replaceAll(/\D/g, ""));
  const decimal = plainDecimal(
    text.slice(0, text.lastIndexOf(last)).replaceAll(/\D/g, "") + `.${text.slice(text.lastIndexOf(last) + 1)}`,
  );
  if (first !== last) return [decimal];
  if (separators.length > 1) return [grouped];
  const isGroup = /^\d{1,3}\D\d{3}$/.test(text);
  if (!isGroup) return [decimal];
  if (first !== "." && first !== ",") return [grouped];
  if (lang === "es") return [grouped, decimal];
  return [first === "," ? grouped : decimal];
}

/** 1.5 and a scale of 3 -> 1500. */
export function shiftDecimal(plain: string, places: number): string {
  const [whole = "", fraction = ""] = plain.split(".");
  const digits = fraction.padEnd(places, "0");
  return plainDecimal(`${whole}${digits.slice(0, places)}.${digits.slice(places)}`);
}

/** Whether a number that is given as "about" is a fact rounded: to some power of ten, and not by more than a twentieth. */
export function isRounded(plain: string, fact: string): boolean {
  const [told, exact] = [Number(plain), Number(fact)];
  if (told === 0 || Math.abs(told - exact) > Math.abs(exact) / 20) return false;
  for (let places = -9; places <= 6; places += 1) {
    const scale = 10 ** places;
    const rounded = Math.round(exact * scale) / scale;
    if (rounded !== 0 && Math.abs(rounded - told) < 1e-9 * Math.max(1, Math.abs(told))) return true;
  }
  return false;
}
