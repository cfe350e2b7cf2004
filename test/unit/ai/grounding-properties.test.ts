// Texts made from facts pass, however their numbers, dates and names are written; the same with one of them changed do not.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { checkGrounding } from "../../../src/ai/check-grounding.ts";

type Lang = "en" | "es";

const people = ["Ana Torres", "Luis Vega", "María de la Cruz", "Jorge O’Neill", "Rosa Quispe Mamani", "José Ñáñez"];
const branches = ["Lima Norte", "Miraflores", "San Isidro 2", "Cusco-Centro", "B-14"];
const others = {
  people: ["Marta Zorrilla", "Ana Vega", "Luis Torres", "Pedro", "María de la Vega"],
  branches: ["Lima Sur", "Villa Ficticia", "B-15", "San Isidro 3"],
};
const months = {
  en: "January February March April May June July August September October November December".split(" "),
  es: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" "),
};

const facts = fc.record({
  count: fc.integer({ min: 2, max: 9_999_999 }),
  before: fc.integer({ min: 2, max: 99_999 }),
  cents: fc.integer({ min: 101, max: 99_999_999 }),
  person: fc.constantFrom(...people),
  branch: fc.constantFrom(...branches),
  day: fc.date({ min: new Date("2020-01-01"), max: new Date("2029-12-31"), noInvalidDate: true }),
  minute: fc.integer({ min: 0, max: 24 * 60 - 1 }),
  style: fc.nat(5),
  lang: fc.constantFrom<Lang>("en", "es"),
});
type Facts = typeof facts extends fc.Arbitrary<infer T> ? T : never;

const two = (value: number): string => String(value).padStart(2, "0");
const isoDay = (day: Date): string => day.toISOString().slice(0, 10);

function grouped(whole: string, separator: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, separator);
}

function writeNumber(value: number, lang: Lang, style: number): string {
  const whole = String(value);
  const separators = lang === "en" ? ["", ",", " "] : ["", ".", " ", "\u00a0", ","];
  return grouped(whole, separators[style % separators.length]!);
}

function writeMoney(cents: number, lang: Lang, style: number): string {
  const [whole, rest] = [String(Math.floor(cents / 100)), two(cents % 100)];
  if (lang === "en") return `${grouped(whole, style % 2 === 0 ? "," : "")}.${rest}`;
  return style % 2 === 0 ? `${grouped(whole, ".")},${rest}` : `${grouped(whole, ",")}.${rest}`;
}

function writeDay(day: Date, lang: Lang, style: number): string {
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  const name = months[lang][month]!;
  const forms =
    lang === "en"
      ? [
          isoDay(day),
          `${date} ${name} ${year}`,
          `${name} ${date}, ${year}`,
          `${name} ${date}`,
          `${two(month + 1)}/${two(date)}/${year}`,
        ]
      : [isoDay(day), `${date} de ${name} de ${year}`, `${date} de ${name}`, `${two(date)}/${two(month + 1)}/${year}`];
  return forms[style % forms.length]!;
}

function writeTime(minute: number, lang: Lang, style: number): string {
  const [hour, rest] = [Math.floor(minute / 60), two(minute % 60)];
  const half = hour < 12 ? ["am", "a. m."] : ["pm", "p. m."];
  const of12 = `${hour % 12 === 0 ? 12 : hour % 12}:${rest}`;
  return style % 2 === 0 ? `${two(hour)}:${rest}` : `${of12} ${half[lang === "en" ? 0 : 1]}`;
}

function toFacts({ count, before, cents, person, branch, day, minute }: Facts) {
  const at = `${isoDay(day)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:00.000000Z`;
  return {
    date: isoDay(day),
    count,
    week_before: before,
    amount: `${Math.floor(cents / 100)}.${two(cents % 100)}`,
    user: person,
    branch,
    at,
  };
}

function write({ count, before, cents, person, branch, day, minute, style, lang }: Facts): string {
  const [sales, earlier] = [writeNumber(count, lang, style), writeNumber(before, lang, style + 1)];
  const [amount, date, time] = [
    writeMoney(cents, lang, style),
    writeDay(day, lang, style),
    writeTime(minute, lang, style),
  ];
  return lang === "en"
    ? `On ${date} there were ${sales} sales, against ${earlier} a week before, worth ${amount} in ${branch}. ${person} was the most active user. The last one came at ${time}.`
    : `El ${date} hubo ${sales} ventas, frente a ${earlier} una semana antes, por ${amount} en ${branch}. ${person} tuvo la mayor actividad. La última llegó a las ${time}.`;
}

const kindsOf = (text: string, told: Facts): string[] =>
  checkGrounding(text, { facts: toFacts(told), plain: "", lang: told.lang }).map(({ kind }) => kind);

it("a text made from the facts passes", () => {
  fc.assert(
    fc.property(facts, (told) => {
      expect(checkGrounding(write(told), { facts: toFacts(told), plain: "", lang: told.lang })).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

/** All that a number of the facts can be taken for, so that a changed one is surely none of them. */
function isInFacts(value: number, { count, before, cents, day, branch }: Facts): boolean {
  const known = [count, before, cents / 100, day.getUTCFullYear()];
  return (
    known.some((fact) => fact === value || fact === value * 1_000 || fact * 1_000 === value) ||
    branch.includes(String(value))
  );
}

it.each(["count", "before", "cents"] as const)("with its %s changed it does not", (field) => {
  fc.assert(
    fc.property(facts, fc.integer({ min: 2, max: 9_999_999 }), (told, other) => {
      fc.pre(!isInFacts(field === "cents" ? other / 100 : other, told) && (field !== "cents" || other > 100));
      expect(kindsOf(write({ ...told, [field]: other }), told)).toContain("number");
    }),
    { numRuns: 500 },
  );
});

it("with another name it does not", () => {
  fc.assert(
    fc.property(
      facts,
      fc.constantFrom(...others.people),
      fc.constantFrom(...others.branches),
      (told, person, branch) => {
        for (const lie of [
          { ...told, person },
          { ...told, branch },
        ])
          expect(kindsOf(write(lie), told).some((kind) => kind === "name" || kind === "id" || kind === "number")).toBe(
            true,
          );
      },
    ),
    { numRuns: 500 },
  );
});

it("with another date or time it does not", () => {
  fc.assert(
    fc.property(facts, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1_439 }), (told, days, minutes) => {
      const day = new Date(told.day.getTime() + days * 86_400_000);
      // 05/04 could be meant either way round.
      fc.pre(day.getUTCDate() !== told.day.getUTCMonth() + 1 || told.day.getUTCDate() !== day.getUTCMonth() + 1);
      expect(kindsOf(write({ ...told, day }), told)).toContain("date");
      const minute = (told.minute + minutes) % 1_440;
      expect(kindsOf(write({ ...told, minute }), told)).toContain("time");
    }),
    { numRuns: 500 },
  );
});

it("no text, however odd, makes it fail or hang", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 2_000 }), fc.constantFrom<Lang>("en", "es"), (text, lang) => {
      expect(checkGrounding(text, { facts: { text }, plain: text, lang })).toBeInstanceOf(Array);
    }),
    { numRuns: 200 },
  );
});
