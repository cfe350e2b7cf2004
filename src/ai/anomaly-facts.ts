// ai: an anomaly -> the facts of it that are put into words: in the day's own time, numbers as short as a reader needs them.
import { inertText } from "../lib/inert-text.ts";
import { wallTime } from "../lib/zoned-time.ts";
import type { Anomaly } from "../model/answer-schema.ts";
import type { Actor } from "../model/change-event.ts";
import type { Language } from "../model/language.ts";
import type { Label } from "../model/rule-terms.ts";

export interface PersonFact {
  kind: "user" | "account";
  user: string;
}

export interface AnomalyFact {
  kind: string;
  label: string;
  severity: Anomaly["severity"];
  entity_type: string;
  entity_id: string;
  actor: PersonFact | null;
  /** Local, to the minute. */
  from: string;
  to: string;
  /** In English, with the numbers behind it. */
  reason: string;
  /** null: nobody knows which. */
  detector: string | null;
  /** As the detector calls them, shortened. */
  numbers: Record<string, number>;
}

export type ToldAnomaly = Pick<
  Anomaly,
  "kind" | "severity" | "entity_type" | "entity_id" | "actor" | "from" | "to" | "reason" | "numbers"
> & { label?: Label; detector?: string | null };

export function toAnomalyFact(anomaly: ToldAnomaly, zone: string, lang: Language): AnomalyFact {
  const {
    kind,
    label = null,
    detector = null,
    severity,
    entity_type,
    entity_id,
    actor,
    from,
    to,
    reason,
    numbers,
  } = anomaly;
  const local = (timestamp: string): string => wallTime(Date.parse(timestamp), zone).slice(0, 16);
  return {
    kind,
    label: label?.[lang] ?? label?.en ?? kind.replaceAll(/[_-]/g, " "),
    severity,
    entity_type: inertText(entity_type, 60),
    entity_id: inertText(entity_id, 60),
    actor: actor === null ? null : toPersonFact(actor),
    from: local(from),
    to: local(to),
    reason: inertText(reason, 400),
    detector,
    numbers: Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, short(value)])),
  };
}

/** null: nobody knows who. */
export function toPersonFact({ id, kind }: Pick<Actor, "id" | "kind">): PersonFact | null {
  if (id === null || kind === "unknown") return null;
  return { kind: kind === "app_user" ? "user" : "account", user: inertText(id, 60) };
}

/** Whole from ten on, else with one digit after the point. */
function short(value: number): number {
  return Math.abs(value) >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
}
