// store: the JSON of an actor -> the actor. A few people write most of the trail, so the newest ones are kept parsed.
import type { Actor } from "../model/change-event.ts";

const keptMax = 1_000;
const kept = new Map<string, Actor>();

/** Frozen, because several events share it. */
export function parseActor(json: string): Actor {
  const known = kept.get(json);
  if (known !== undefined) return known;
  if (kept.size >= keptMax) kept.clear();
  const actor = Object.freeze(JSON.parse(json) as Actor);
  kept.set(json, actor);
  return actor;
}
