// ai: the facts of an anomaly -> why it is one, in plain words: what, against what, on which events, what to check next. Pure.
import type { Language } from "../model/language.ts";
import { anomalyPhrase, entityPhrase, personPhrase } from "./anomaly-phrase.ts";
import { detectorWords } from "./detector-words.ts";
import type { EvidenceFact, ExplanationFacts } from "./explanation-facts.ts";
import { createTelling, lowerFirst, type Telling, upperFirst } from "./telling.ts";

export function writeExplanation(facts: ExplanationFacts, lang: Language): string {
  const telling = createTelling(lang);
  const words = detectorWords(facts.detector, lang);
  const isMeasured = words.measured(facts.numbers, telling) !== undefined;
  const against = isMeasured ? words.against(facts.numbers, telling) : "";
  const paragraphs = [
    [what(facts, telling), ...(against === "" ? [] : [`${against}.`])],
    evidence(facts, telling),
    [words.next],
  ];
  return paragraphs.map((sentences) => sentences.join(" ")).join("\n\n");
}

function what(facts: ExplanationFacts, telling: Telling): string {
  const phrase = anomalyPhrase(facts, telling, facts.date);
  const day = telling.day(facts.date);
  const seen =
    facts.detected_at.slice(0, 10) === facts.date
      ? telling.at(facts.detected_at)
      : `${telling.at(facts.detected_at)} ${telling.lang === "es" ? "del" : "on"} ${telling.shortDay(facts.detected_at)}`;
  return telling.lang === "es"
    ? `${upperFirst(day)} (${facts.zone}): ${phrase}. Se notó ${seen}.`
    : `${day} (${facts.zone}): ${phrase}. It was noticed ${seen}.`;
}

function evidence(
  { business_events, row_changes, first_events, users, date }: ExplanationFacts,
  telling: Telling,
): string[] {
  const { lang, count, list } = telling;
  const isSpanish = lang === "es";
  const rests = [
    ...(business_events > 0
      ? [
          count(
            business_events,
            isSpanish ? ["evento de negocio", "eventos de negocio"] : ["business event", "business events"],
          ),
        ]
      : []),
    ...(row_changes > 0
      ? [count(row_changes, isSpanish ? ["cambio de fila", "cambios de fila"] : ["row change", "row changes"])]
      : []),
  ];
  if (rests.length === 0)
    return [isSpanish ? "No se guardó ningún evento como prueba." : "No event was kept as evidence."];
  const sentences = [isSpanish ? `Se apoya en ${list(rests)}.` : `It rests on ${list(rests)}.`];
  if (first_events.length > 0) {
    const isAll = first_events.length === business_events;
    const one = business_events === 1;
    const head = isSpanish
      ? isAll
        ? one
          ? "Es este"
          : "Son estos"
        : "Los primeros"
      : isAll
        ? one
          ? "It is this"
          : "They are these"
        : "The first of them";
    sentences.push(`${head}: ${first_events.map((event) => eventPhrase(event, date, telling)).join("; ")}.`);
  }
  if (users.length > 1) {
    const names = list(users.map((user) => personPhrase(user, telling)));
    sentences.push(isSpanish ? `Intervinieron ${names}.` : `Involved were ${names}.`);
  }
  return sentences;
}

function eventPhrase(
  { label, entity_type, entity_id, at, amount, actor }: EvidenceFact,
  date: string,
  telling: Telling,
): string {
  const onDay = at.startsWith(date) ? "" : ` ${telling.lang === "es" ? "del" : "on"} ${telling.shortDay(at)}`;
  const parts = [
    `${lowerFirst(label)}, ${entityPhrase(entity_type, entity_id, telling)}`,
    `${telling.at(at)}${onDay}`,
    ...(amount === null ? [] : [telling.number(amount)]),
    ...(actor === null ? [] : [`${telling.lang === "es" ? "por" : "by"} ${personPhrase(actor, telling)}`]),
  ];
  return parts.join(", ");
}
