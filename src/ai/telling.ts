// ai: numbers, times, days and lists as a careful writer of the language puts them. Pure.
import { inertName } from "../lib/inert-text.ts";
import type { Language } from "../model/language.ts";

/** One, and many. */
export type Noun = readonly [string, string];

export interface Telling {
  lang: Language;
  /** 1234 or "1234.50" -> "1,234.50"; the digits after the point stay as they are. */
  number: (value: number | string) => string;
  /** "1 sale", "1,234 sales" */
  count: (value: number, noun: Noun) => string;
  /** "once", "3 times" */
  times: (value: number) => string;
  /** "Friday 6 March 2026" */
  day: (date: string) => string;
  /** "6 March": where the year is plain. */
  shortDay: (date: string) => string;
  weekday: (date: string) => string;
  /** "2026-03-06 14:32" -> "at 14:32" */
  at: (local: string) => string;
  /** "from 14:32 to 15:10", with the days where they are not `date`. */
  span: (from: string, to: string, date?: string) => string;
  /** "a, b and c" */
  list: (parts: readonly string[]) => string;
  /** Text of a row, a name or an id: in quotes where it is not a plain word. */
  name: (text: string) => string;
}

const names = {
  en: {
    weekdays: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" "),
    months: "January February March April May June July August September October November December".split(" "),
  },
  es: {
    weekdays: "domingo lunes martes miércoles jueves viernes sábado".split(" "),
    months: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" "),
  },
} as const;

export function createTelling(lang: Language): Telling {
  const isSpanish = lang === "es";
  const number = (value: number | string): string => {
    const fraction = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;
    return numberFormat(lang, fraction).format(value as number);
  };
  const weekday = (date: string): string => names[lang].weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]!;
  const shortDay = (date: string): string => {
    const month = names[lang].months[Number(date.slice(5, 7)) - 1]!;
    return `${Number(date.slice(8, 10))}${isSpanish ? " de " : " "}${month}`;
  };
  const dayAndTime = (local: string, date: string | undefined): string =>
    local.slice(0, 10) === date ? atTime(local) : `${atTime(local)}${isSpanish ? " del " : " on "}${shortDay(local)}`;
  const atTime = (local: string): string => {
    const time = local.slice(11, 16);
    if (!isSpanish) return time;
    return `${/^0?1:/.test(time) ? "la" : "las"} ${time}`;
  };
  return {
    lang,
    number,
    times: (value) =>
      value === 1 ? (isSpanish ? "una vez" : "once") : `${number(value)} ${isSpanish ? "veces" : "times"}`,
    count: (value, [one, many]) => `${number(value)} ${value === 1 ? one : many}`,
    day: (date) => `${weekday(date)} ${shortDay(date)}${isSpanish ? " de " : " "}${Number(date.slice(0, 4))}`,
    shortDay,
    weekday,
    at: (local) => `${isSpanish ? "a" : "at"} ${atTime(local)}`,
    span(from, to, date) {
      if (from === to) return `${isSpanish ? "a" : "at"} ${dayAndTime(from, date)}`;
      const [first, last] = [
        dayAndTime(from, from.slice(0, 10) === to.slice(0, 10) ? from.slice(0, 10) : date),
        dayAndTime(to, date),
      ];
      return isSpanish ? `de ${first} a ${last}` : `from ${first} to ${last}`;
    },
    list(parts) {
      if (parts.length < 2) return parts.join("");
      const last = parts.at(-1)!;
      const and = isSpanish ? (/^h?i(?!a|e)/i.test(last) ? "e" : "y") : "and";
      return `${parts.slice(0, -1).join(", ")} ${and} ${last}`;
    },
    name: (text) => inertName(text, isSpanish ? ["«", "»"] : ["“", "”"]),
  };
}

const numberFormats = new Map<string, Intl.NumberFormat>();

/** Kept: to make one takes longer than all else in a sentence. As many as there are digits after a point. */
function numberFormat(lang: Language, fraction: number): Intl.NumberFormat {
  const key = `${lang} ${fraction}`;
  let format = numberFormats.get(key);
  if (format === undefined) {
    const digits = { minimumFractionDigits: fraction, maximumFractionDigits: fraction };
    format = new Intl.NumberFormat(lang === "es" ? "es" : "en-US", { ...digits, useGrouping: true });
    numberFormats.set(key, format);
  }
  return format;
}

/** "Sale completed" -> "sale completed"; "SUNAT notified" stays. */
export function lowerFirst(text: string): string {
  return /^\p{Lu}\p{Ll}/u.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}

export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
