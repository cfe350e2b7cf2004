// ai: an anomaly and the events it rests on -> the facts that are put into words.
import { inertText } from "../lib/inert-text.ts";
import { wallTime } from "../lib/zoned-time.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import type { BusinessEvent } from "../model/business-event.ts";
import type { Language } from "../model/language.ts";
import type { RuleTerms } from "../model/rule-terms.ts";
import { type AnomalyFact, type PersonFact, toAnomalyFact, toPersonFact } from "./anomaly-facts.ts";
import { labelOf } from "./summary-facts.ts";

export interface ExplainedAnomaly {
  anomaly: Anomaly;
  /** Of the events it rests on, the first ones. */
  events: readonly BusinessEvent[];
  terms: RuleTerms;
  zone: string;
}

export interface EvidenceFact {
  label: string;
  entity_type: string;
  entity_id: string;
  at: string;
  amount: string | null;
  actor: PersonFact | null;
}

export interface ExplanationFacts extends AnomalyFact {
  zone: string;
  date: string;
  detected_at: string;
  business_events: number;
  row_changes: number;
  first_events: EvidenceFact[];
  /** Of all events that could be looked at. */
  users: PersonFact[];
}

const eventsShown = 3;
const usersShown = 3;

export function toExplanationFacts(
  { anomaly, events, terms, zone }: ExplainedAnomaly,
  lang: Language,
): ExplanationFacts {
  const { label = null, detector = null } = terms.watches.get(anomaly.kind) ?? {};
  const fact = toAnomalyFact({ ...anomaly, label, detector }, zone, lang);
  const local = (timestamp: string): string => wallTime(Date.parse(timestamp), zone).slice(0, 16);
  const people = events.flatMap(({ actor }) => toPersonFact(actor) ?? []);
  return {
    ...fact,
    zone,
    date: fact.from.slice(0, 10),
    detected_at: local(anomaly.detected_at),
    business_events: anomaly.business_event_ids.length,
    row_changes: anomaly.change_event_ids.length,
    first_events: events.slice(0, eventsShown).map((event) => ({
      label: labelOf(terms.events.get(event.type)?.label ?? null, event.type, lang),
      entity_type: inertText(event.entity_type, 60),
      entity_id: inertText(event.entity_id, 60),
      at: local(event.occurred_at),
      amount: amountOf(event, terms),
      actor: toPersonFact(event.actor),
    })),
    users: people
      .filter(({ user }, index) => people.findIndex((other) => other.user === user) === index)
      .slice(0, usersShown),
  };
}

function amountOf({ type, payload }: BusinessEvent, { events }: RuleTerms): string | null {
  const field = events.get(type)?.amount ?? null;
  const value = field === null ? null : (payload[field] ?? null);
  return (typeof value === "number" || typeof value === "string") && /^-?\d{1,20}(\.\d{1,10})?$/.test(String(value))
    ? String(value)
    : null;
}
