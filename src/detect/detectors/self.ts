// detect: somebody who changes what they are themselves, such as their own role. Needs no baseline: it is a matter of rules.
import { eventWords, inert, scalarText, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf } from "../sighting.ts";

interface KeyState extends Remembered {
  times: number;
  proofs: Proof[];
}

/** High: whoever can grant themselves rights can do everything. */
const score = 8;
const gapMs = dayMs;

export const createSelf: CreateDetector = ({ watch, memory, report }) => {
  const keys = memory.rows<KeyState>("key");
  return {
    observe(seen) {
      const { actor, entity_id, now } = seen;
      if (actor === null || actor.kind !== "app_user" || actor.id !== entity_id) return;
      const goesOn = report.isOpen(entity_id, now);
      // A column that this change did not write names who changed the row before.
      if (actor.grade === "unwritten_column" && !goesOn) return;
      const state = goesOn
        ? (keys.get(entity_id) ?? { seen: now, times: 0, proofs: [] })
        : { seen: now, times: 0, proofs: [] };
      state.times += 1;
      state.seen = now;
      state.proofs = [...state.proofs, proofOf(seen)].slice(-20);
      keys.put(entity_id, state);
      const told = Object.entries(seen.payload).flatMap(([name, value]) => {
        const text = scalarText(value);
        return text === undefined ? [] : `${name.replaceAll("_", " ")} ${inert(text)}`;
      });
      report({
        key: entity_id,
        ...subjectOf(watch, [entity_id], seen),
        actor,
        now,
        score,
        reason: `user ${inert(entity_id)} did ${eventWords(watch)} to themselves${state.times > 1 ? `, ${state.times} times in a day` : ""}: ${told.join(", ")}.`,
        numbers: { value: state.times, baseline: 0 },
        proofs: state.proofs,
        gapMs,
      });
    },
    learned: () => ({ keys: keys.size, samples: 0, needed: 0, unit: "events" }),
  };
};
