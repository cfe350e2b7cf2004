// detect: there and back within minutes, such as a price that is lowered and put back, a role that is taken and given up.
import { eventWords, inert, keyWords, scalarText, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf } from "../sighting.ts";

interface KeyState extends Remembered {
  steps: { from: string; proof: Proof }[];
  times: number;
}

const windowMs = 3_600_000;
const stepsKept = 10;
const score = 6;

export const createReverted: CreateDetector = (context) => {
  const { watch, memory, report } = context;
  const keys = memory.rows<KeyState>("key");
  const within = context.withinMs(windowMs);
  return {
    observe(seen) {
      const from = scalarText(seen.payload[watch.from ?? ""]);
      const to = scalarText(seen.payload[watch.to ?? ""]);
      if (from === undefined || to === undefined) return;
      const known = keys.get(seen.key);
      const steps = (known?.steps ?? []).filter(({ proof }) => proof.at >= seen.at - within);
      const start = steps.findIndex((step) => step.from === to);
      const proof = proofOf(seen);
      const times = report.isOpen(seen.key, seen.now) ? (known?.times ?? 0) : 0;
      const isBack = start !== -1 && from !== to;
      const kept = isBack ? [] : [...steps, { from, proof }].slice(-stepsKept);
      keys.put(seen.key, { seen: seen.now, steps: kept, times: times + (isBack ? 1 : 0) });
      if (!isBack) return;
      const minutes = Math.max(1, Math.round((seen.at - steps[start]!.proof.at) / 60_000));
      report({
        key: seen.key,
        ...subjectOf(watch, seen.parts, seen),
        actor: seen.actor,
        now: seen.now,
        score,
        reason: `${keyWords(watch, seen.parts)}: ${eventWords(watch)} from ${inert(to)} to ${inert(from)} and back to ${inert(to)} within ${minutes} minutes${times > 0 ? `, ${times + 1} times` : ""}.`,
        numbers: { value: minutes, limit: Math.round(within / 60_000), times: times + 1 },
        proofs: [...steps.slice(start).map((step) => step.proof), proof],
        gapMs: dayMs,
      });
    },
    learned: () => ({ keys: keys.size, samples: 0, needed: 0, unit: "events" }),
  };
};
