// detect: a step far from what is usual, such as a price that falls to a tenth where others move by some percent. Usual is what all
// steps of the watch were, up or down, as a ratio.
import { eventWords, inert, keyWords, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { proofOf } from "../sighting.ts";
import { afterLooks, median, rounded, spread } from "../statistics.ts";

interface StepsState extends Remembered {
  /** |ln(after / before)|, the newest last. */
  steps: number[];
}

const samplesMin = 10;
const stepsKept = 200;
/** Steps that are all alike say little of what one may be. */
const spreadMin = 0.02;
const gapMs = dayMs;

export const createAmount: CreateDetector = (context) => {
  const { watch, memory, report, z, factor } = context;
  const all = memory.rows<StepsState>("all");
  const needed = context.samples(samplesMin);
  return {
    observe(seen) {
      const from = Number(seen.payload[watch.from ?? ""] ?? Number.NaN);
      const to = Number(seen.payload[watch.to ?? ""] ?? Number.NaN);
      if (!(from > 0 && to > 0)) return;
      const step = Math.abs(Math.log(to / from));
      const state = all.get("") ?? { seen: seen.now, steps: [] };
      const usual = median(state.steps);
      const score = afterLooks(
        Math.max(0, step - usual) / Math.max(spreadMin, spread(state.steps)),
        state.steps.length,
      );
      const isFar = state.steps.length >= needed && step >= Math.log(factor) && score > z;
      state.seen = seen.now;
      const earlier = state.steps.length;
      // Far ones too: medians bear some, and what is common in the end is usual.
      state.steps = [...state.steps, step].slice(-stepsKept);
      all.put("", state);
      if (!isFar) return;
      const percent = (ratio: number): number => rounded(100 * (Math.exp(ratio) - 1));
      report({
        key: seen.key,
        ...subjectOf(watch, seen.parts, seen),
        actor: seen.actor,
        now: seen.now,
        score,
        reason: `${keyWords(watch, seen.parts)}: ${eventWords(watch)} from ${inert(String(from))} to ${inert(String(to))}, ${rounded(to / from)} times what it was; the last ${earlier} steps were of about ${percent(usual)}% (${rounded(score)} standard deviations).`,
        numbers: { value: to / from, baseline: Math.exp(usual), samples: earlier },
        proofs: [proofOf(seen)],
        gapMs,
        level: step,
      });
    },
    learned: () => ({ keys: 1, samples: all.get("")?.steps.length ?? 0, needed, unit: "events" }),
  };
};
