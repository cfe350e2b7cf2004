// detect: a business event or a deletion as a watch sees it: under which key, when, about what, by whom, resting on what.
import type { JsonValue } from "../lib/canonical-json.ts";
import type { DetectorName, ObservedDeletion, ObservedEvent, WatchDefinition } from "../model/detection.ts";
import type { Actor } from "../model/change-event.ts";

/** What an anomaly rests on. */
export interface Proof {
  /** Application time, milliseconds. */
  at: number;
  business: string | null;
  changes: string[];
}

export interface Sighting {
  /** As what the watch names it: `events`, `per`, `until`, `ends`. */
  role: SightingRole;
  key: string;
  /** What the key is made of. */
  parts: string[];
  /** Its own time. */
  at: number;
  /** The application's clock. */
  now: number;
  type: string;
  entity_type: string;
  entity_id: string;
  actor: Actor | null;
  payload: Record<string, JsonValue>;
  /** 1, or the number of deleted rows. */
  count: number;
  business: string | null;
  changes: string[];
}

export type SightingRole = "events" | "per" | "until" | "ends";

/** One of a thousand changes says no more than the first. */
const changesMax = 100;
const deletedMax = 200;
const partLengthMax = 100;

/** undefined: not what is watched, or part of its key is unknown. */
export function seeEvent(
  watch: WatchDefinition,
  role: SightingRole,
  event: ObservedEvent,
  { at, now }: { at: number; now: number },
): Sighting | undefined {
  // What has ended is an entity; the other side of a pair is looked up by it too.
  const parts = role === "ends" || role === "until" ? [event.entity_id] : keyParts(watch, event);
  if (parts === undefined) return undefined;
  const { type, entity_type, entity_id, actor, payload } = event;
  const changes =
    event.change_event_ids.length > changesMax ? event.change_event_ids.slice(0, changesMax) : event.change_event_ids;
  const named = { type, entity_type, entity_id, actor: actor.id === null ? null : actor, payload };
  return { role, key: parts.join("|"), parts, at, now, ...named, count: 1, business: event.business_event_id, changes };
}

/** All the rows that a transaction deleted from the tables of a watch, the table it names first in front. undefined: none. */
export function seeDeletions(
  { deletions: watched }: WatchDefinition,
  deletions: readonly ObservedDeletion[],
  now: number,
): Sighting | undefined {
  const place = ({ table }: ObservedDeletion): number =>
    watched.findIndex((name) => table === name || table.endsWith(`.${name}`));
  const seen = deletions.filter((one) => place(one) >= 0).sort((a, b) => place(a) - place(b));
  const [first] = seen;
  if (first === undefined) return undefined;
  return {
    role: "events",
    key: "",
    parts: [],
    at: now,
    now,
    type: "",
    entity_type: "table",
    entity_id: first.table,
    actor: null,
    payload: Object.fromEntries(seen.map(({ table, count }) => [fieldName(table), count])),
    count: seen.reduce((sum, { count }) => sum + count, 0),
    business: null,
    changes: seen.flatMap(({ change_event_ids }) => change_event_ids).slice(0, deletedMax),
  };
}

/** Whether its payload is what the watch is about. */
export function fits({ where }: WatchDefinition, payload: Record<string, JsonValue>): boolean {
  for (const field in where) {
    const value = payload[field] ?? null;
    if (!(where[field] as JsonValue[]).includes(value)) return false;
  }
  return true;
}

function keyParts({ key, detector }: WatchDefinition, event: ObservedEvent): string[] | undefined {
  const parts: string[] = [];
  for (const name of key) {
    const value =
      name === "actor" ? actorPart(detector, event) : name === "entity" ? event.entity_id : event.payload[name];
    if (value === null || value === undefined || typeof value === "object") return undefined;
    // Half a character would be another one after it was stored.
    parts.push(String(value).slice(0, partLengthMax).toWellFormed());
  }
  return parts;
}

/** Between these, people are compared. An account of the database is many people, and what it did may be anybody's. */
const ofPeople: ReadonlySet<DetectorName> = new Set(["rate", "pair", "repeat"]);

/** Work at night is told, whoever did it. */
function actorPart(detector: DetectorName, { actor }: ObservedEvent): string | null {
  if (actor.kind === "app_user") return actor.id;
  if (ofPeople.has(detector)) return null;
  return actor.id ?? (detector === "after-hours" ? "unknown" : null);
}

export function proofOf({ at, business, changes }: Sighting): Proof {
  return { at, business, changes };
}

/** A value as the name of a field: one that JavaScript takes for something else is made another. */
export function fieldName(text: string): string {
  return text === "__proto__" ? "__proto__ " : text;
}
