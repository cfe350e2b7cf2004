// serve/cli: how answers are put into words for this person: language, zone, numbers, colours, width. Renderers take one.
import type { Writable } from "node:stream";
import { isUtc, wallTime } from "../../lib/zoned-time.ts";
import { createPaint, printable, shortTime } from "./terminal.ts";
import { english, type Noun, type Words } from "./words/english.ts";
import { spanish } from "./words/spanish.ts";

export const languages = { en: english, es: spanish } as const satisfies Record<string, Words>;
export type Language = keyof typeof languages;

export interface Voice {
  words: Words;
  paint: ReturnType<typeof createPaint>;
  zone: string;
  /** `2026-01-05 09:31:12Z`; in another zone than UTC without a mark, for `zoneNote` names it. */
  time: (timestamp: string) => string;
  /** The same, to the second: for tables. */
  clock: (timestamp: string) => string;
  /** Names the zone of all times once; empty for UTC, where each has its Z. */
  zoneNote: string[];
  number: (value: number) => string;
  /** `1,234 rows` */
  count: (value: number, noun: Noun) => string;
  /** What people call an event in this language, else in English; where its rule has no label, its type. */
  label: (event: { type: string; label?: LanguageLabel | undefined }) => string;
  /** Columns of the terminal; undefined where it is none. */
  width: number | undefined;
}

type LanguageLabel = { [Code in Language]?: string | undefined };

interface VoiceOptions {
  language?: Language | undefined;
  zone?: string | undefined;
  width?: number | undefined;
}

export function createVoice(stream: Writable, { language = "en", zone = "UTC", width }: VoiceOptions = {}): Voice {
  const words: Words = languages[language];
  const format = new Intl.NumberFormat(language === "en" ? "en-US" : language);
  const number = (value: number): string => format.format(value);
  const utc = isUtc(zone);
  const time = (timestamp: string): string => (utc ? shortTime(timestamp) : zonedTime(timestamp, zone));
  return {
    words,
    paint: createPaint(stream),
    zone,
    time,
    clock: (timestamp) => time(timestamp.replace(/\.\d+Z$/, "Z")),
    zoneNote: utc ? [] : [words.common.timesIn(zone)],
    number,
    count: (value, [one, many]) => `${number(value)} ${value === 1 ? one : many}`,
    label: ({ type, label }) => printable(label?.[language] ?? label?.en ?? type, 80),
    width,
  };
}

/** AUDIT_LANG, else the locale as POSIX has it; English for every language that is not here. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const locale = [env["AUDIT_LANG"], env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find(
    (value) => (value ?? "") !== "",
  );
  const language = locale?.toLowerCase().split(/[_.@-]/)[0] ?? "";
  return Object.hasOwn(languages, language) ? (language as Language) : "en";
}

/** On the wall of the zone; micro- or milliseconds only when there are any. What is no time stays as it is. */
function zonedTime(timestamp: string, zone: string): string {
  const at = Date.parse(timestamp);
  if (Number.isNaN(at)) return timestamp;
  const fraction = /\.(\d{1,6})/.exec(timestamp)?.[1] ?? "";
  const digits = fraction.padEnd(6, "0").replace(/^(\d{3})000$/, "$1");
  return `${wallTime(at, zone)}${/^0+$/.test(digits) ? "" : `.${digits}`}`;
}
