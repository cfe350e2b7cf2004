// ai: dates, weekdays, months and times as people write them, in English and Spanish.

export interface DateMention {
  text: string;
  year?: number;
  month?: number;
  day?: number;
  /** 0 is Sunday. */
  weekday?: number;
  /** The other way to read it, such as 03/04. */
  or?: { month: number; day: number };
}

export interface TimeMention {
  text: string;
  /** hh:mm or hh:mm:ss, of 24 hours. */
  time: string;
}

type Lang = "en" | "es";
type Take = (pattern: RegExp, use: (match: RegExpExecArray) => boolean) => void;

const months: Record<Lang, readonly string[]> = {
  en: "january february march april may june july august september october november december".split(" "),
  es: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" "),
};
const shortMonths: Record<Lang, readonly string[]> = {
  en: "jan feb mar apr may jun jul aug sep oct nov dec".split(" "),
  es: "ene feb mar abr may jun jul ago sep oct nov dic".split(" "),
};
const weekdays: Record<Lang, readonly string[]> = {
  en: "sunday monday tuesday wednesday thursday friday saturday".split(" "),
  es: "domingo lunes martes miércoles jueves viernes sábado".split(" "),
};

function monthOf(word: string, lang: Lang): number | undefined {
  const lower = word.toLowerCase().replace(/\.$/, "");
  const long = months[lang].indexOf(lower === "setiembre" ? "septiembre" : lower);
  if (long >= 0) return long + 1;
  const short = shortMonths[lang].indexOf(lower === "sept" || lower === "set" ? "sep" : lower);
  return short >= 0 ? short + 1 : undefined;
}

const alternatives = (lang: Lang): string => [...months[lang], "setiembre", "sept", ...shortMonths[lang]].join("|");
const monthPattern: Record<Lang, string> = {
  en: String.raw`(?:${alternatives("en")})\b\.?`,
  es: String.raw`(?:${alternatives("es")})\b\.?`,
};
const clock: Record<Lang, string> = {
  en: String.raw`a\.?m\b\.?|p\.?m\b\.?|in the morning|in the afternoon|in the evening|at night`,
  es: String.raw`a\. ?m\.|p\. ?m\.|am\b|pm\b|de la mañana|de la tarde|de la noche|de la madrugada`,
};

/** Takes every date out of the text; what it takes is not seen as a number again. */
export function takeDates(take: Take, lang: Lang): DateMention[] {
  const found: DateMention[] = [];
  const keep = (mention: DateMention): true => {
    found.push(mention);
    return true;
  };
  take(/(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])/g, ([text, year, month, day]) =>
    keep({ text, year: Number(year), month: Number(month), day: Number(day) }),
  );
  take(/(?<![\w/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\w/-])/g, ([text, one, , two, year]) => {
    const [first, second] = [Number(one), Number(two)];
    const or = { month: first, day: second };
    return keep({ text, year: Number(year), day: first, month: second, or });
  });
  const of = lang === "es" ? String.raw`\s+(?:de\s+)?` : String.raw`\s+(?:of\s+)?`;
  const range = String.raw`(?:(\d{1,2})(?:st|nd|rd|th)?\s*(?:-|–|to|and|al|y|a)\s*)?`;
  const year = lang === "es" ? String.raw`(?:\s+(?:de|del)\s+(\d{4})\b)?` : String.raw`(?:,?\s+(\d{4})\b)?`;
  take(
    new RegExp(
      String.raw`(?<![\w.,-])${range}(\d{1,2})(?:st|nd|rd|th|\.?º)?${of}(${monthPattern[lang]})${year}`,
      "giu",
    ),
    ([text, from, day, name = "", inYear]) => keepDays(text, name, [from, day], inYear),
  );
  if (lang === "en") {
    take(
      new RegExp(String.raw`\b(${monthPattern.en})\s+${range}(\d{1,2})(?:st|nd|rd|th)?\b${year}(?![:.,]\d)`, "giu"),
      ([text, name = "", from, day, inYear]) => keepDays(text, name, [from, day], inYear),
    );
  }
  function keepDays(text: string, name: string, days: (string | undefined)[], inYear: string | undefined): boolean {
    const month = monthOf(name, lang);
    // "12 may be" is no date.
    if (month === undefined || (lang === "en" && /^\p{Ll}/u.test(name))) return false;
    for (const day of days) {
      if (day !== undefined)
        keep({ text, month, day: Number(day), ...(inYear !== undefined && { year: Number(inYear) }) });
    }
    return true;
  }
  takeNames(take, lang, keep);
  return found;
}

/** Months and weekdays that stand alone. English writes them with a capital, which tells May from may. */
function takeNames(take: Take, lang: Lang, keep: (mention: DateMention) => true): void {
  const flags = lang === "en" ? "gu" : "giu";
  const written = (names: readonly string[]): string =>
    (lang === "en" ? names.map((name) => name[0]!.toUpperCase() + name.slice(1)) : [...names, "setiembre"]).join("|");
  const year = lang === "es" ? String.raw`(?:\s+(?:de|del)\s+(\d{4})\b)?` : String.raw`(?:,?\s+(\d{4})\b)?`;
  take(
    new RegExp(String.raw`(?<![\p{L}])(${written(months[lang])})(?![\p{L}])${year}`, flags),
    ([text, name = "", inYear]) => {
      const month = monthOf(name, lang);
      return month !== undefined && keep({ text, month, ...(inYear !== undefined && { year: Number(inYear) }) });
    },
  );
  const plural = lang === "en" ? "s?" : "(?:(?<=o)s)?";
  take(
    new RegExp(String.raw`(?<![\p{L}])(${weekdays[lang].join("|")})${plural}(?![\p{L}])`, "giu"),
    ([text, name = ""]) => keep({ text, weekday: weekdays[lang].indexOf(name.toLowerCase()) }),
  );
}

/** Takes every time of the day out of the text. */
export function takeTimes(take: Take, lang: Lang): TimeMention[] {
  const found: TimeMention[] = [];
  const keep = (
    text: string,
    hour: string,
    minute: string,
    second: string | undefined,
    half: string | undefined,
  ): boolean => {
    const at = hourOf(Number(hour), half);
    const time = [String(at).padStart(2, "0"), minute, ...(second === undefined ? [] : [second])].join(":");
    found.push({ text, time });
    return true;
  };
  take(
    new RegExp(
      String.raw`(?<![\w:.,])(\d{1,2})[:](\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s*h(?:rs?)?\b\.?)?(?:\s*(${clock[lang]}))?(?![\w:])`,
      "giu",
    ),
    ([text, hour = "", minute = "", second, half]) => keep(text, hour, minute, second, half),
  );
  take(new RegExp(String.raw`(?<![\w:.,])(\d{1,2})\s*(${clock[lang]})(?![\w:])`, "giu"), ([text, hour = "", half]) =>
    keep(text, hour, "00", undefined, half),
  );
  return found;
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  const isLate = /^p|tarde|noche|afternoon|evening|night/i.test(half);
  if (!isLate) return hour === 12 ? 0 : hour;
  return hour < 12 ? hour + 12 : hour;
}
