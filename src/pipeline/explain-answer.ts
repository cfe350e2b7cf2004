// pipeline: the question `explain`. Takes a reader and an id; gives why the trail says so, in plain words, and the evidence.
import { type EventExplanation, explainEvent } from "../infer/explain-event.ts";
import { parseRulePack, type RulePack } from "../infer/rule-pack.ts";
import type { Anomaly, Explanation } from "../model/answer-schema.ts";
import { inertText } from "../lib/inert-text.ts";
import { AppError } from "../model/app-error.ts";
import type { ParsedInput } from "../model/question.ts";
import type { Evidence, TracedBusinessEvent } from "../model/trace.ts";
import { eventNotFound } from "../store/event-answers.ts";
import { anomalyWords } from "./words-answer.ts";
import type { StoreReader } from "../store/store-reader.ts";

/** Evidence beyond this is named by its ids only. */
const evidenceMax = 200;
const foundMax = 5;

export function explain(reader: StoreReader, { id, zone, lang }: ParsedInput<"explain">): Explanation {
  const key = id.toLowerCase();
  const evidence = reader.evidence(key);
  if (evidence !== undefined) {
    const { event } = evidence;
    return {
      subject: event,
      sentences: sentencesOf(evidence),
      words: null,
      evidence: event.change_events.slice(0, evidenceMax).map((change) => ({ kind: "change_event", ...change })),
      coverage: reader.event(key).coverage,
    };
  }
  const anomaly = reader.anomaly(key);
  if (anomaly === undefined) throw eventNotFound(id);
  const ids = [...anomaly.anomaly.business_event_ids, ...anomaly.anomaly.change_event_ids].slice(0, evidenceMax);
  return {
    subject: { ...anomaly.anomaly, kind: "anomaly", anomaly_kind: anomaly.anomaly.kind },
    sentences: anomalySentences(anomaly.anomaly),
    words: anomalyWords(reader, anomaly.anomaly, lang, zone),
    evidence: reader.eventsById(ids),
    coverage: anomaly.coverage,
  };
}

function sentencesOf({ event, transaction, rule_text }: Evidence): string[] {
  const { rule, change_events } = event;
  const ruleName = `${rule.pack}/${rule.name} version ${rule.version}`;
  const sentences = [
    `Rule ${ruleName} says: ${event.type} of ${entityOf(event)}, with confidence ${event.confidence}.`,
    `It rests on ${count(change_events.length, "row change")} of transaction ${plain(event.transaction_id)}, committed ${event.timestamp}.`,
  ];
  if (rule_text === null) {
    return [...sentences, "The trail does not hold the text of that rule, so only the row changes can be shown."];
  }
  const pack = readPack(rule_text, rule.pack);
  if (pack === undefined) {
    return [
      ...sentences,
      "The text of that rule, as the trail holds it, cannot be read by this version of audit-overlay.",
    ];
  }
  const earlier = change_events.filter(({ transaction_id }) => transaction_id !== event.transaction_id);
  const explanation = explainEvent(event, pack, transaction, earlier);
  const description = pack.rules.find(({ name }) => name === rule.name)?.description;
  if (description !== undefined) sentences.push(inertText(description));
  if (explanation === undefined) {
    return [...sentences, "The rule as the trail holds it does not lead to this event any more."];
  }
  sentences.push(...explanation.parts.map(partSentence), ...payloadSentences(explanation));
  sentences.push(
    explanation.reproduced
      ? "The same changes, given to the same rule again, give the same event."
      : "The same changes, given to the same rule again, do NOT give the same event.",
  );
  return sentences;
}

function readPack(text: string, name: string): RulePack | undefined {
  try {
    return parseRulePack(text, name);
  } catch (error) {
    if (error instanceof AppError && error.code === "rules.invalid") return undefined;
    throw error;
  }
}

function partSentence({ part, asks, found }: EventExplanation["parts"][number]): string {
  const [kind = part, name = ""] = part.split(".");
  const isAbsent = kind === "absent";
  const heads: Record<string, string> = {
    on: "It fires for each",
    group: `As ${name}, it takes in each`,
    absent: "The same transaction must not have any",
    preceded_by: `As ${name}, it must be preceded by an`,
  };
  const shown = found.slice(0, foundMax).map(({ operation, source_table, entity_id, because }) => {
    const values = Object.entries(because).map(
      ([column, value]) => `${plain(column)} = ${plain(JSON.stringify(value), false)}`,
    );
    const reason = values.length === 0 ? "" : ` (${values.join(", ")})`;
    return `${operation} of ${plain(source_table)} of ${plain(entity_id)}${reason}`;
  });
  const more = found.length > foundMax ? `, and ${found.length - foundMax} more` : "";
  const told =
    found.length === 0 ? (isAbsent ? "there is none" : "none was found") : `found ${shown.join("; ")}${more}`;
  return `${heads[kind] ?? part} ${inertText(asks)}: ${told}.`;
}

function payloadSentences({ payload }: EventExplanation): string[] {
  return Object.entries(payload).map(
    ([name, { expression, value }]) =>
      `${plain(name)} is ${plain(JSON.stringify(value), false)}, from ${inertText(expression)}.`,
  );
}

function anomalySentences({ kind, severity, score, reason, numbers, ...anomaly }: Anomaly): string[] {
  const values = Object.entries(numbers).map(([name, value]) => `${plain(name)} ${value}`);
  return [
    inertText(reason),
    `Anomaly ${plain(kind)} of ${entityOf(anomaly)}, severity ${severity}, score ${score}, from ${anomaly.from} to ${anomaly.to}.`,
    ...(values.length === 0 ? [] : [`Numbers: ${values.join(", ")}.`]),
    `It rests on ${count(anomaly.business_event_ids.length, "business event")} and ${count(anomaly.change_event_ids.length, "row change")}.`,
  ];
}

function entityOf({ entity_type, entity_id }: Pick<TracedBusinessEvent, "entity_type" | "entity_id">): string {
  return `${plain(entity_type)} ${plain(entity_id)}`;
}

/** Text from the database: in quotes where it is not a plain word, so that it cannot pass for ours. */
function plain(text: string, quoted = true): string {
  const inert = quoted && !/^[\w.\-/:@]+$/.test(text) ? JSON.stringify(text) : text;
  return inertText(inert);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
