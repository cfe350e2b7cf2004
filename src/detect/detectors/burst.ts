// detect: many at once, such as deleted rows, within minutes. Against the sizes of earlier bursts where there were any; where hardly
// anything of the kind ever happens, a number of them is enough.
import { eventWords, inert, keyWords, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf } from "../sighting.ts";
import { afterLooks, countScale, median, rounded, spread } from "../statistics.ts";

interface KeyState extends Remembered {
  parts: string[];
  from: number;
  count: number;
  tables: Record<string, number>;
  proofs: Proof[];
  /** Of those before, the newest last. */
  sizes: number[];
}

const windowMs = 600_000;
const countMin = 10;
const samplesMin = 5;
const sizesKept = 50;
const proofsKept = 20;

export const createBurst: CreateDetector = (context) => {
  const { watch, memory, report, z, factor } = context;
  const keys = memory.rows<KeyState>("key");
  const within = context.withinMs(windowMs);
  const needed = context.samples(samplesMin);

  const scoreOf = (count: number, sizes: readonly number[]): { score: number; baseline: number } => {
    if (sizes.length < needed)
      return { score: 3 + Math.log2(count / context.count(countMin) + 1) * 2, baseline: median(sizes) };
    const scaled = sizes.map(countScale);
    const middle = median(scaled);
    const baseline = median(sizes);
    const distance = (countScale(count) - middle) / Math.max(1, spread(scaled));
    return { score: count >= factor * baseline ? afterLooks(Math.max(0, distance), keys.size) : 0, baseline };
  };

  return {
    observe(seen) {
      const { key, now, count } = seen;
      const fresh = { seen: now, parts: seen.parts, from: now, count: 0, tables: {}, proofs: [], sizes: [] };
      const state: KeyState = keys.get(key) ?? fresh;
      if (Math.abs(now - state.from) > within) {
        // What stood out is no part of what is usual.
        if (!report.isOpen(key, state.seen)) state.sizes = [...state.sizes, state.count].slice(-sizesKept);
        Object.assign(state, { from: now, count: 0, tables: {}, proofs: [] });
      }
      state.count += count;
      state.seen = now;
      if (watch.deletions.length > 0) {
        for (const [table, rows] of Object.entries(seen.payload))
          state.tables[table] = (state.tables[table] ?? 0) + Number(rows);
      }
      state.proofs = [...state.proofs, proofOf(seen)].slice(-proofsKept);
      keys.put(key, state);
      // Nothing is known of what is usual on the first day.
      if (state.count < context.count(countMin) || now - context.since() < dayMs / 2) return;
      const { score, baseline } = scoreOf(state.count, state.sizes);
      if (score <= z) return;
      const tables = Object.entries(state.tables).map(([table, rows]) => `${rows} of ${inert(table)}`);
      const what =
        tables.length > 0
          ? `${state.count} rows deleted (${tables.join(", ")})`
          : `${state.count} ${eventWords(watch)}`;
      const where = seen.parts.length === 0 ? "" : `${keyWords(watch, seen.parts)}: `;
      const earlier =
        state.sizes.length === 0
          ? "nothing like it was seen before"
          : `${state.sizes.length} earlier times were of about ${rounded(baseline)}`;
      const far = state.sizes.length < needed ? "" : ` (${rounded(score)} standard deviations)`;
      report({
        key,
        ...subjectOf(watch, seen.parts, seen),
        actor: seen.actor,
        now,
        score,
        reason: `${where}${what} within ${Math.round(within / 60_000)} minutes; ${earlier}${far}.`,
        numbers: { value: state.count, baseline, samples: state.sizes.length },
        proofs: state.proofs,
        gapMs: within,
        level: state.count,
      });
    },
    learned: () => ({ keys: keys.size, samples: 0, needed: 0, unit: "events" }),
  };
};
