// detect: two people who meet on things too often, such as the one who sells and the one who takes the sale back. Each may do a lot of
// it; together they should meet as often as chance has it, given how much each does where they work.
import { eventWords, inert } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf } from "../sighting.ts";
import { afterLooks, countExcess, rounded } from "../statistics.ts";

/** Who did the first thing (the sale) to which entities, some hundreds of them: the newest chunk is the only one that changes. */
interface ChunkState extends Remembered {
  of: [entity: string, who: string][];
}

/** The second things (the returns) at a place, within the window, the newest last. */
interface PlaceState extends Remembered {
  met: [at: number, first: string, second: string][];
}

interface PairState extends Remembered {
  proofs: Proof[];
}

const chunkSize = 200;
const chunksMax = 100;
const countMin = 6;
const samplesMin = 20;
const proofsKept = 60;
const windowMs = 28 * dayMs;
const metKept = 1_000;

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
      if (actor === null || actor.id === null || actor.kind !== "app_user") return;
      const entity = `${entity_type} ${entity_id}`;
      if (seen.role === "per") return remember(entity, actor.id, now);
      const first = known().get(entity);
      if (first === undefined) return;
      const second = actor.id;
      const met = (places.get(seen.key)?.met ?? []).filter(([at]) => at > now - within).slice(1 - metKept);
      met.push([now, first, second]);
      places.put(seen.key, { seen: now, met });
      const name = JSON.stringify([seen.key, first, second]);
      const earlier = pairs.get(name)?.proofs ?? [];
      const proofs = [...earlier.filter(({ at }) => at > seen.at - within), proofOf(seen)].slice(-proofsKept);
      pairs.put(name, { seen: now, proofs });
      const { times, expected } = meetings(met, first, second);
      const others = met.length - times;
      const score = afterLooks(countExcess(times, expected), pairs.size);
      if (others < needed || times < context.count(countMin) || times < factor * expected || score <= z) return;
      const names = first === second ? `user ${inert(first)} alone` : `users ${inert(first)} and ${inert(second)}`;
      report({
        key: name,
        entity_type: "user",
        entity_id: second,
        actor,
        now,
        score,
        reason: `${names} met on ${eventWords(watch)} ${times} times (the first had done ${watch.per.join(", ")}), where about ${rounded(expected)} were to be expected of ${met.length} (${rounded(score)} standard deviations).`,
        numbers: { value: times, baseline: expected, samples: met.length },
        proofs,
        gapMs: within,
      });
    },
    learned() {
      const samples = places.entries().reduce((sum, [, { met }]) => sum + met.length, 0);
      return { keys: pairs.size, samples, needed, unit: "events" };
    },
  };
};

/** How often two have met, and how often they should: as often as each does it with and for others. */
function meetings(met: PlaceState["met"], first: string, second: string): { times: number; expected: number } {
  let [times, ofFirst, ofSecond] = [0, 0, 0];
  for (const [, one, other] of met) {
    if (one === first && other === second) times += 1;
    else if (one === first) ofFirst += 1;
    else if (other === second) ofSecond += 1;
  }
  return { times, expected: ((ofFirst + 1) * (ofSecond + 1)) / (met.length - times + 1) };
}
