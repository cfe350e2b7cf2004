// pipeline: what a face shows of a wording: what is stored of these very facts, else plain words at once. Never waits for a model.
import { explanationTask, type HashedTask, summaryTask } from "../ai/words-of.ts";
import type { Anomaly, DailySummary, Words } from "../model/answer-schema.ts";
import type { Language } from "../model/language.ts";
import type { ParsedInput } from "../model/question.ts";
import type { StoreReader } from "../store/store-reader.ts";
import type { StoredWords } from "../store/stored-words.ts";
import { packTerms } from "./pack-terms.ts";

export function answerSummary(reader: StoreReader, { date, zone, lang }: ParsedInput<"summary">): DailySummary {
  const facts = reader.summary({ date, zone }, packTerms(reader));
  const task = summaryTask(facts, lang);
  return { words: toWords(task, reader.storedSummary({ date, zone, lang })), ...facts };
}

/** @param zone without it, the one in which it was told before */
export function anomalyWords(reader: StoreReader, anomaly: Anomaly, lang: Language, zone: string | undefined): Words {
  const stored = reader.storedExplanation({ anomaly_id: anomaly.anomaly_id, lang });
  return toWords(explanationTaskOf(reader, anomaly, lang, zone ?? stored?.zone ?? "UTC"), stored);
}

/** Of its evidence so many events are looked at. */
const eventsRead = 50;

export function explanationTaskOf(reader: StoreReader, anomaly: Anomaly, lang: Language, zone: string): HashedTask {
  const events = reader
    .eventsById(anomaly.business_event_ids.slice(0, eventsRead))
    .filter((event) => event.kind === "business_event");
  return explanationTask({ anomaly, events, terms: packTerms(reader), zone }, lang);
}

function toWords({ lang, plain, facts_hash }: HashedTask, stored: StoredWords | undefined): Words {
  if (stored === undefined || stored.facts_hash !== facts_hash) {
    const nobody = {
      model: null,
      prompt_version: null,
      prompt_hash: null,
      prompt_tokens: null,
      completion_tokens: null,
    };
    return {
      text: plain,
      lang,
      worded_by: "rules",
      fallback: null,
      ...nobody,
      latency_ms: null,
      written_at: null,
      stored: false,
    };
  }
  const { words: text, worded_by, fallback, model, prompt_version, prompt_hash, ...rest } = stored;
  const { prompt_tokens, completion_tokens, latency_ms, written_at } = rest;
  const origin = { worded_by, fallback, model, prompt_version, prompt_hash, prompt_tokens, completion_tokens };
  return { text, lang, ...origin, latency_ms, written_at, stored: true };
}
