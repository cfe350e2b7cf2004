// detect: a value that was never seen for its key: a role that is never granted, a user in a branch where they never worked. What is
// new says nothing while much is new: the chance of it is that of values seen once only among all that were seen (Good and Turing).
import { eventWords, inert, keyWords, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { fieldName, proofOf } from "../sighting.ts";
import { rounded, zOfChance } from "../statistics.ts";

interface KeyState extends Remembered {
  events: number;
  /** How often each was seen. */
  values: Record<string, number>;
}

const samplesMin = 50;
const valuesMax = 64;

export const createFirstTime: CreateDetector = (context) => {
  const { watch, memory, report, z } = context;
  const keys = memory.rows<KeyState>("key");
  const needed = context.samples(samplesMin);
  return {
    observe(seen) {
      const value = watch.value === "actor" ? seen.actor?.id : seen.payload[watch.value ?? ""];
      if (value === null || value === undefined || typeof value === "object") return;
      const text = fieldName(String(value).slice(0, 100).toWellFormed());
      const state = keys.get(seen.key) ?? { seen: seen.now, events: 0, values: {} };
      const isNew = !Object.hasOwn(state.values, text);
      const once = Object.values(state.values).filter((times) => times === 1).length;
      const score = zOfChance((once + 0.5) / (state.events + 1));
      if (isNew && state.events >= needed && score > z) {
        report({
          key: `${seen.key}|${text}`,
          ...subjectOf(watch, seen.parts, seen),
          actor: seen.actor,
          now: seen.now,
          score,
          reason: `${keyWords(watch, seen.parts)}: ${eventWords(watch)} with ${(watch.value ?? "").replaceAll("_", " ")} ${inert(text)} for the first time; ${state.events} earlier ones had ${Object.keys(state.values).length} other values (${rounded(score)} standard deviations).`,
          numbers: { samples: state.events, values: Object.keys(state.values).length },
          proofs: [proofOf(seen)],
          gapMs: dayMs,
        });
      }
      if (isNew && Object.keys(state.values).length >= valuesMax) delete state.values[rarest(state.values)];
      state.values[text] = (state.values[text] ?? 0) + 1;
      state.events += 1;
      state.seen = seen.now;
      keys.put(seen.key, state);
    },
    learned() {
      const samples = Math.max(0, ...keys.entries().map(([, { events }]) => events));
      return { keys: keys.size, samples, needed, unit: "events" };
    },
  };
};

function rarest(values: Record<string, number>): string {
  return Object.entries(values).sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1))[0]![0];
}
