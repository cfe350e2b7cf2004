// detect: what an anomaly of a key is about, for the anomaly and for its sentence.
import type { JsonValue } from "../lib/canonical-json.ts";
import type { WatchDefinition } from "../model/detection.ts";
import type { Sighting } from "./sighting.ts";

export interface Subject {
  entity_type: string;
  entity_id: string;
}

/** The first part of the key, where the watch says what that is or it is a field; else the entity of the event. */
export function subjectOf(watch: WatchDefinition, parts: readonly string[], seen?: Sighting): Subject {
  const [name] = watch.key;
  if (watch.about !== undefined && parts[0] !== undefined) return { entity_type: watch.about, entity_id: parts[0] };
  if (seen !== undefined && (name === undefined || name === "entity")) {
    const { entity_type, entity_id } = seen;
    return { entity_type, entity_id };
  }
  return { entity_type: name === "actor" || name === undefined ? "user" : name, entity_id: parts[0] ?? "" };
}

/** `branch 3`, `user 7, branch 3`, `all` for no key at all. */
export function keyWords(watch: WatchDefinition, parts: readonly string[]): string {
  if (parts.length === 0) return "all";
  return parts.map((part, index) => `${partName(watch, index)} ${inert(part)}`).join(", ");
}

function partName({ key, about }: WatchDefinition, index: number): string {
  if (index === 0 && about !== undefined) return about;
  const name = key[index] ?? "entity";
  return name === "actor" ? "user" : name.replace(/_id$/, "").replaceAll("_", " ");
}

/** Values come from rows: on a terminal or in a log they stay text. */
export function inert(text: string): string {
  return text.replace(/[^\P{C}]/gu, "\uFFFD");
}

export function userWords(id: string | null | undefined): string {
  return id === null || id === undefined ? "somebody" : `user ${inert(id)}`;
}

/** `sale.completed` and others of the watch, as the sentence names what was counted. */
export function eventWords({ events, deletions }: WatchDefinition): string {
  const names = [...events, ...deletions.map((table) => `deletions in ${table}`)];
  return names.length <= 2
    ? names.join(" and ")
    : `${names.slice(0, 2).join(", ")} and ${names.length - 2} other types`;
}

/** A value of a payload as text; undefined for lists, objects and nothing. */
export function scalarText(value: JsonValue | undefined): string | undefined {
  return value === null || value === undefined || typeof value === "object" ? undefined : String(value).slice(0, 100);
}
