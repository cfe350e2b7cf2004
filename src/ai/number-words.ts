// ai: numbers in words, English and Spanish -> plain numbers. "forty-two", "one hundred and five", "treinta y uno", "dos mil".

interface NumberWords {
  /** Below a hundred, and in Spanish the hundreds. */
  values: ReadonlyMap<string, number>;
  /** What multiplies what stands before it. */
  scales: ReadonlyMap<string, number>;
  /** Stands between the parts of one number. */
  joiner: string;
}

const english: NumberWords = {
  values: numbered({
    1: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    20: "twenty",
    30: "thirty",
    40: "forty",
    50: "fifty",
    60: "sixty",
    70: "seventy",
    80: "eighty",
    90: "ninety",
  }),
  scales: new Map([
    ["hundred", 100],
    ["thousand", 1_000],
    ["million", 1_000_000],
    ["billion", 1_000_000_000],
  ]),
  joiner: "and",
};

const spanish: NumberWords = {
  values: new Map([
    ...numbered({
      1: "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte",
      21: "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve treinta",
      40: "cuarenta",
      50: "cincuenta",
      60: "sesenta",
      70: "setenta",
      80: "ochenta",
      90: "noventa",
      100: "cien",
    }),
    ...[
      ..."ciento doscient trescient cuatrocient quinient seiscient setecient ochocient novecient".split(" ").entries(),
    ].flatMap(([index, stem]): [string, number][] => {
      const value = (index + 1) * 100;
      return index === 0
        ? [[stem, value]]
        : [
            [`${stem}os`, value],
            [`${stem}as`, value],
          ];
    }),
    ["veintiún", 21],
    ["veintiuna", 21],
  ]),
  scales: new Map([
    ["mil", 1_000],
    ["millón", 1_000_000],
    ["millones", 1_000_000],
  ]),
  joiner: "y",
};

function numbered(lists: Readonly<Record<number, string>>): Map<string, number> {
  return new Map(
    Object.entries(lists).flatMap(([first, words]) =>
      words.split(" ").map((word, index): [string, number] => [word, Number(first) + index]),
    ),
  );
}

const languages = { en: english, es: spanish };

/** Spanish "un" and "una" stand for "a" as often as for one, and are left out, save before a scale. */
export function isNumberWord(word: string, lang: "en" | "es"): boolean {
  const { values, scales } = languages[lang];
  return values.has(word) || scales.has(word);
}

/** The number that begins at `at`, and how many words it takes. @param words in lower case, without punctuation between them */
export function readNumberWords(
  words: readonly string[],
  at: number,
  lang: "en" | "es",
): { value: number; length: number } | undefined {
  const { values, scales, joiner } = languages[lang];
  let total = 0;
  let current = 0;
  let length = 0;
  /** The last part: what follows must be smaller, or a scale. */
  let last = Infinity;
  for (let index = at; index < words.length; index += 1) {
    const word = words[index]!;
    const isArticle = (word === "a" || word === "un") && length === 0 && scales.has(words[index + 1] ?? "");
    const joins =
      word === joiner && length > 0 && values.has(words[index + 1] ?? "") && last >= (lang === "en" ? 100 : 30);
    if (joins || isArticle) continue;
    const value = values.get(word);
    const scale = scales.get(word);
    if (value !== undefined && value < last && fits(value, last)) {
      current += value;
      last = value;
    } else if (scale !== undefined && (length === 0 || current > 0)) {
      current = Math.max(current, 1) * scale;
      last = scale;
      if (scale >= 1_000) {
        total += current;
        current = 0;
      }
    } else break;
    length = index - at + 1;
  }
  return length === 0 ? undefined : { value: total + current, length };
}

/** twenty + one, hundred + five, but not two + one, and not twelve + five. */
function fits(value: number, last: number): boolean {
  if (last >= 100) return true;
  return last >= 20 && last % 10 === 0 && value < 10;
}
