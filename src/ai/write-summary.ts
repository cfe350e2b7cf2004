// ai: the facts of a day -> the same in plain words, by rules: short paragraphs, what is unusual first. Pure; the same facts give the
// same text, and there is nothing in it that is not in them.
import type { Language } from "../model/language.ts";
import type { SummaryFacts } from "./summary-facts.ts";
import { summaryInEnglish } from "./summary-in-english.ts";
import { summaryInSpanish } from "./summary-in-spanish.ts";
import { createTelling, type Telling } from "./telling.ts";

/** The four parts of a day's story, each some sentences or none. */
export interface SummaryParts {
  /** Anomalies and gaps. */
  unusual: () => string[];
  /** How much, against the weeks before. */
  figures: () => string[];
  /** What, where, who. */
  details: () => string[];
  /** What the trail cannot say. */
  limits: () => string[];
}

const writers: Record<Language, (facts: SummaryFacts, telling: Telling) => SummaryParts> = {
  en: summaryInEnglish,
  es: summaryInSpanish,
};

export function writeSummary(facts: SummaryFacts, lang: Language): string {
  const { unusual, figures, details, limits } = writers[lang](facts, createTelling(lang));
  return [unusual(), figures(), details(), limits()]
    .map((sentences) => sentences.join(" "))
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}
