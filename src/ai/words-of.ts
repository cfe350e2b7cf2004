// ai: what is to be worded: of a day or an anomaly the task for a wordsmith, with its facts, their hash, and the plain words.
import { hash } from "node:crypto";
import { canonicalJson, type JsonObject } from "../lib/canonical-json.ts";
import type { DailySummary } from "../model/answer-schema.ts";
import type { Language } from "../model/language.ts";
import type { WordingTask } from "../model/wording.ts";
import { type ExplainedAnomaly, toExplanationFacts } from "./explanation-facts.ts";
import { toSummaryFacts } from "./summary-facts.ts";
import { writeExplanation } from "./write-explanation.ts";
import { writeSummary } from "./write-summary.ts";

export interface HashedTask extends WordingTask {
  /** SHA-256 of the facts, in hex: the same facts are told once. */
  facts_hash: string;
}

export function summaryTask(day: Omit<DailySummary, "words">, lang: Language): HashedTask {
  const facts = toSummaryFacts(day, lang);
  return hashed({
    purpose: "summary",
    subject: day.date,
    lang,
    facts: { ...facts } as unknown as JsonObject,
    plain: writeSummary(facts, lang),
  });
}

export function explanationTask(anomaly: ExplainedAnomaly, lang: Language): HashedTask {
  const facts = toExplanationFacts(anomaly, lang);
  const plain = writeExplanation(facts, lang);
  return hashed({
    purpose: "explanation",
    subject: anomaly.anomaly.anomaly_id,
    lang,
    facts: { ...facts } as unknown as JsonObject,
    plain,
  });
}

function hashed(task: WordingTask): HashedTask {
  return { ...task, facts_hash: hash("sha256", canonicalJson(task.facts), "hex") };
}
