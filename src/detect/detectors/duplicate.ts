// detect: the same thing written twice: same payload, same hand, same second, another entity. One pair may be two customers who
// buy the same; several in a day are not.
import { canonicalJson } from "../../lib/canonical-json.ts";
import { eventWords, subjectOf, userWords } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf, type Sighting } from "../sighting.ts";

interface Recent {
  type: string;
  actor: string;
  entity: string;
  payload: Sighting["payload"];
  proof: Proof;
}

/** The events of one second. */
interface SecondState extends Remembered {
  recent: Recent[];
}

interface PairsState extends Remembered {
  pairs: Proof[][];
}

const countMin = 2;
const recentMax = 200;

export const createDuplicate: CreateDetector = (context) => {
  const { watch, memory, report } = context;
  const second = memory.rows<SecondState>("second");
  const keys = memory.rows<PairsState>("key");
  const within = context.withinMs(dayMs);

  /** The earlier of a pair, if this is the later. */
  const twinOf = (seen: Sighting): Proof | undefined => {
    const at = Math.floor(seen.at / 1000);
    const known = second.get("");
    const recent = known !== undefined && Math.floor(known.seen / 1000) === at ? known.recent : [];
    const actor = seen.actor?.id ?? "";
    const { type, entity_id: entity, payload } = seen;
    const near = recent.filter((one) => one.actor === actor && one.type === type && one.entity !== entity);
    // Most seconds have one event of a user: nothing to compare.
    const text = near.length === 0 ? "" : canonicalJson(payload);
    const twin = near.find((one) => canonicalJson(one.payload) === text);
    const one = { type, actor, entity, payload, proof: proofOf(seen) };
    if (recent.length < recentMax) recent.push(one);
    second.put("", { seen: at * 1000, recent });
    return twin?.proof;
  };

  return {
    observe(seen) {
      if (seen.actor === null) return;
      const twin = twinOf(seen);
      if (twin === undefined) return;
      const state = keys.get(seen.key) ?? { seen: seen.now, pairs: [] };
      state.seen = seen.now;
      state.pairs = [...state.pairs.filter(([first]) => first!.at > seen.at - within), [twin, proofOf(seen)]].slice(
        -50,
      );
      keys.put(seen.key, state);
      const pairs = state.pairs.length;
      if (pairs < context.count(countMin)) return;
      report({
        key: seen.key,
        ...subjectOf(watch, seen.parts, seen),
        actor: seen.actor,
        now: seen.now,
        score: 3 + pairs,
        reason: `${userWords(seen.actor.id)} wrote ${eventWords(watch)} twice in the same second with the same content, ${pairs} times within ${Math.round(within / 3_600_000)} hours.`,
        numbers: { value: pairs, baseline: 0 },
        proofs: state.pairs.flat(),
        gapMs: within,
      });
    },
    learned: () => ({ keys: keys.size, samples: 0, needed: 0, unit: "events" }),
  };
};
