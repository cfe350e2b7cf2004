// detect: two people who meet on things too often, such as the one who sells and the one who takes the sale back. Each may do a lot of
// it; together they should meet as often as chance has it, given how much each does where they work.
import { eventWords, inert } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { fieldName, type Proof, proofOf } from "../sighting.ts";
import { afterLooks, countExcess, rounded } from "../statistics.ts";

/** Who did the first thing (the sale) to which entities, some hundreds of them: the newest chunk is the only one that changes. */
interface ChunkState extends Remembered {
  of: [entity: string, who: string][];
}

/** All the second things (the returns) at a place. */
interface PlaceState extends Remembered {
  events: number;
  first: Record<string, number>;
  second: Record<string, number>;
}

interface PairState extends Remembered {
  times: number;
  proofs: Proof[];
}

const chunkSize = 200;
const chunksMax = 100;
const countMin = 6;
const samplesMin = 20;
const proofsKept = 60;
const windowMs = 28 * dayMs;
const peopleMax = 500;

export const createPair: CreateDetector = (context) => {
  const { watch, memory, report, z, factor } = context;
  const chunks = memory.rows<ChunkState>("chunk", chunksMax + 10);
  const places = memory.rows<PlaceState>("place", 1_000);
  const pairs = memory.rows<PairState>("pair");
  const within = context.withinMs(windowMs);
  const needed = context.samples(samplesMin);
  /** Entity -> who. Made again from the chunks after a start. */
  let firstOf: Map<string, string> | undefined;
  let newest: { name: string; size: number } | undefined;

  const known = (): Map<string, string> => {
    if (firstOf !== undefined) return firstOf;
    firstOf = new Map();
    for (const [name, { of }] of chunks.entries()) {
      for (const [entity, who] of of) firstOf.set(entity, who);
      newest = { name, size: of.length };
    }
    return firstOf;
  };

  const remember = (entity: string, who: string, now: number): void => {
    const map = known();
    if (map.has(entity)) return;
    if (newest === undefined || newest.size >= chunkSize) {
      newest = { name: String(Number(newest?.name ?? 0) + 1).padStart(12, "0"), size: 0 };
      const old = String(Number(newest.name) - chunksMax).padStart(12, "0");
      for (const [gone] of chunks.get(old)?.of ?? []) map.delete(gone);
      chunks.drop(old);
    }
    const chunk = chunks.get(newest.name) ?? { seen: now, of: [] };
    chunk.of.push([entity, who]);
    chunk.seen = now;
    newest.size += 1;
    chunks.put(newest.name, chunk);
    map.set(entity, who);
  };

  return {
    observe(seen) {
      const { actor, entity_type, entity_id, now } = seen;
      if (actor?.id == null || actor.kind !== "app_user") return;
      const entity = `${entity_type} ${entity_id}`;
      if (seen.role === "per") return remember(entity, fieldName(actor.id), now);
      const first = known().get(entity);
      if (first === undefined) return;
      const second = fieldName(actor.id);
      const place = places.get(seen.key) ?? { seen: now, events: 0, first: {}, second: {} };
      place.events += 1;
      place.first[first] = (place.first[first] ?? 0) + 1;
      place.second[second] = (place.second[second] ?? 0) + 1;
      place.seen = now;
      if (Object.keys(place.first).length + Object.keys(place.second).length > peopleMax) places.drop(seen.key);
      else places.put(seen.key, place);
      const name = JSON.stringify([seen.key, first, second]);
      const pair = pairs.get(name) ?? { seen: now, times: 0, proofs: [] };
      pair.times += 1;
      pair.seen = now;
      pair.proofs = [...pair.proofs.filter(({ at }) => at > seen.at - within), proofOf(seen)].slice(-proofsKept);
      pairs.put(name, pair);
      // Without this pair, as often as each of them does it with and for others.
      const others = place.events - pair.times;
      const expected = ((place.first[first] - pair.times + 1) * (place.second[second] - pair.times + 1)) / (others + 1);
      const score = afterLooks(countExcess(pair.times, expected), pairs.size);
      if (others < needed || pair.times < context.count(countMin) || pair.times < factor * expected || score <= z)
        return;
      const names = first === second ? `user ${inert(first)} alone` : `users ${inert(first)} and ${inert(second)}`;
      report({
        key: name,
        entity_type: "user",
        entity_id: second,
        actor,
        now,
        score,
        reason: `${names} met on ${eventWords(watch)} ${pair.times} times (the first had done ${watch.per.join(", ")}), where about ${rounded(expected)} were to be expected of ${place.events} (${rounded(score)} standard deviations).`,
        numbers: { value: pair.times, baseline: expected, samples: place.events },
        proofs: pair.proofs,
        gapMs: within,
      });
    },
    learned() {
      const samples = places.entries().reduce((sum, [, { events }]) => sum + events, 0);
      return { keys: pairs.size, samples, needed, unit: "events" };
    },
  };
};
