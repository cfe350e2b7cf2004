// How answers are put into words: language by locale, zone, numbers, and tables that fit.
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { cut, displayWidth, renderTable } from "../../../src/serve/cli/render-table.ts";
import { createVoice, languageOf, languages } from "../../../src/serve/cli/voice.ts";

const plain = new PassThrough();

describe("language", () => {
  it.for([
    [{}, "en"],
    [{ LANG: "es_PE.UTF-8" }, "es"],
    [{ LANG: "es" }, "es"],
    [{ LANG: "ES_es@euro" }, "es"],
    [{ LANG: "fr_FR.UTF-8" }, "en"],
    [{ LANG: "C.UTF-8" }, "en"],
    [{ LANG: "constructor" }, "en"],
    [{ LANG: "en_US.UTF-8", LC_MESSAGES: "es_ES.UTF-8" }, "es"],
    [{ LANG: "es_ES", LC_MESSAGES: "es_ES", LC_ALL: "C" }, "en"],
    [{ LANG: "es_ES", LC_ALL: "" }, "es"],
    [{ LC_ALL: "en_GB", AUDIT_LANG: "es" }, "es"],
  ] as const)("of %j is %s", ([env, language]) => {
    expect(languageOf(env)).toBe(language);
  });

  it("has no empty text in any, and shows the same in each", () => {
    const texts = (words: unknown): string[] => {
      if (typeof words === "function")
        return [(words as (...args: string[]) => string)("«1»", "«2»", "«3»", "«4»", "«5»")];
      return typeof words === "object" && words !== null ? Object.values(words).flatMap(texts) : [String(words)];
    };
    const [english, spanish] = [texts(languages.en), texts(languages.es)];
    expect([...english, ...spanish].filter((text) => !/\S/.test(text))).toEqual([]);
    const shown = (text: string): string[] => (text.match(/«\d»/g) ?? []).sort();
    expect(spanish.map(shown)).toEqual(english.map(shown));
  });
});

describe("times and numbers", () => {
  it("keeps the Z of UTC, and names every other zone once", () => {
    const utc = createVoice(plain);
    expect([utc.time("2026-01-05T09:31:12.340000Z"), utc.clock("2026-01-05T09:31:12.340000Z"), utc.zoneNote]).toEqual([
      "2026-01-05 09:31:12.340Z",
      "2026-01-05 09:31:12Z",
      [],
    ]);
    const lima = createVoice(plain, { zone: "America/Lima" });
    expect([
      lima.time("2026-01-05T03:31:12.340000Z"),
      lima.time("2026-01-05T03:31:12.000001Z"),
      lima.clock("2026-01-05T03:31:12.000001Z"),
    ]).toEqual(["2026-01-04 22:31:12.340", "2026-01-04 22:31:12.000001", "2026-01-04 22:31:12"]);
    expect(lima.zoneNote).toEqual(["times in America/Lima"]);
    expect(createVoice(plain, { zone: "America/Lima", language: "es" }).zoneNote).toEqual(["horas de America/Lima"]);
    expect(lima.time("0000-00-00 00:00:00")).toBe("0000-00-00 00:00:00");
  });

  it("counts as the language does", () => {
    const [en, es] = [createVoice(plain), createVoice(plain, { language: "es" })];
    expect([en.count(1, en.words.count.row), en.count(12_345.5, en.words.count.row)]).toEqual([
      "1 row",
      "12,345.5 rows",
    ]);
    expect([es.count(1, es.words.count.row), es.count(12_345.5, es.words.count.row)]).toEqual([
      "1 fila",
      "12.345,5 filas",
    ]);
  });
});

describe("tables", () => {
  const columns = [{ title: "id", align: "right" as const }, { title: "name" }, { title: "told" }];
  const rows = [
    ["1", "aspirin", "x".repeat(100)],
    ["22", "薬薬薬薬薬薬薬薬薬薬", "💊".repeat(30)],
  ];

  it.for([30, 40, 60, 80, 200])("fit %i columns", (width) => {
    const lines = renderTable(columns, rows, { paint: (_, text) => text, width });
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    expect(lines[1]).toMatch(/^ 1 {2}asp/);
  });

  it("are whole where there is no terminal", () => {
    const lines = renderTable(columns, rows, { paint: (_, text) => text, width: undefined });
    expect(lines[1]).toContain("x".repeat(100));
    expect(lines[2]).toContain("💊".repeat(30));
  });

  it("cut text by what it takes on the screen", () => {
    expect([cut("abcdef", 6), cut("abcdef", 5), cut("薬薬薬", 5), cut("e\u0301e\u0301e\u0301", 3)]).toEqual([
      "abcdef",
      "abcd…",
      "薬薬…",
      "e\u0301e\u0301e\u0301",
    ]);
  });
});
