// detect: rare events that come again and again for one key. How often a key comes twice by chance is learned from all of them: of
// all pairs of earlier events, how many had the same key. What comes back far more often than that is no chance.
import { eventWords, keyWords, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { fits, type Proof, proofOf, type Sighting } from "../sighting.ts";
import { afterLooks, countExcess, rounded } from "../statistics.ts";

interface KeyState extends Remembered {
  /** Since it was last forgotten, those that count or not: for how often keys come again. */
  seenTimes: number;
  /** That count, within the longest window. */
  proofs: Proof[];
}

interface AllState extends Remembered {
  /** Per day, the newest last: events, those that count, and how many earlier ones of the same key each met. */
  days: { day: number; events: number; counted: number; met: number }[];
}

const windowMs = 10 * dayMs;
const countMin = 2;
const samplesMin = 5;
const proofsKept = 50;

export const createRepeat: CreateDetector = (context) => {
  const { watch, memory, report, calendar, z } = context;
  const all = memory.rows<AllState>("all");
  const keys = memory.rows<KeyState>("key");
  const within = context.withinMs(windowMs);
  const needed = context.samples(samplesMin);

  const note = ({ now, key }: Sighting, counts: boolean): AllState => {
    const { day } = calendar.at(now);
    const state = all.get("") ?? { seen: now, days: [] };
    const met = keys.get(key)?.seenTimes ?? 0;
    const last = state.days.at(-1);
    // What stands out already is no chance, and says nothing about chance.
    const chance = report.isOpen(key, now) ? 0 : 1;
    if (last === undefined || last.day < day) {
      state.days.push({ day, events: chance, counted: counts ? chance : 0, met: met * chance });
    } else {
      last.events += chance;
      last.counted += counts ? chance : 0;
      last.met += met * chance;
    }
    state.days = state.days.filter((one) => one.day > day - context.days);
    state.seen = now;
    all.put("", state);
    return state;
  };

  /** Of the others: the chance that two events have one key, and how many count on a day. */
  const usual = ({ days }: AllState, own: KeyState, now: number): { again: number; perDay: number; events: number } => {
    const sum = (of: (one: AllState["days"][number]) => number): number =>
      days.reduce((total, one) => total + of(one), 0);
    const events = Math.max(0, sum((one) => one.events) - own.seenTimes);
    const met = Math.max(0, sum((one) => one.met) - (own.seenTimes * (own.seenTimes - 1)) / 2);
    const counted = Math.max(0, sum((one) => one.counted) - own.proofs.length);
    const span = Math.max(1, Math.min(context.days, (now - context.since()) / dayMs));
    return {
      again: Math.min(1, (met + 0.5) / Math.max(1, (events * (events - 1)) / 2)),
      perDay: counted / span,
      events,
    };
  };

  return {
    observe(seen) {
      const counts = fits(watch, seen.payload);
      const state = note(seen, counts);
      const known = keys.get(seen.key);
      // Forgotten after as many days as the baseline looks back.
      const fresh = known === undefined || seen.now - known.seen > context.days * dayMs;
      const own: KeyState = fresh ? { seen: seen.now, seenTimes: 0, proofs: [] } : known;
      own.seen = seen.now;
      own.seenTimes += 1;
      if (counts) own.proofs.push(proofOf(seen));
      own.proofs = own.proofs.filter(({ at }) => at >= seen.now - within).slice(-proofsKept);
      keys.put(seen.key, own);
      if (!counts || own.proofs.length < context.count(countMin)) return;
      const { again, perDay, events } = usual(state, own, seen.now);
      if (events < needed) return;
      const best = mostSurprising(own.proofs, perDay, again);
      if (best.count < context.factor * best.expected || best.z <= z) return;
      const days = rounded(Math.max(1, best.spanMs / dayMs));
      report({
        key: seen.key,
        ...subjectOf(watch, seen.parts, seen),
        actor: seen.actor,
        now: seen.now,
        score: best.z,
        reason: `${keyWords(watch, seen.parts)}: ${own.proofs.length} times ${eventWords(watch)} in ${days} days. Of ${events} others, two were of the same in ${rounded(again * 100)}% of pairs, so about ${rounded(best.expected)} more of this one were to be expected (${rounded(best.z)} standard deviations).`,
        numbers: { value: own.proofs.length, baseline: best.expected, samples: events, days, per_day: perDay },
        proofs: own.proofs,
        gapMs: within,
      });
    },
    learned() {
      const events = (all.get("")?.days ?? []).reduce((sum, one) => sum + one.events, 0);
      return { keys: keys.size, samples: events, needed, unit: "events" };
    },
  };
};

/** Of all windows that end now, the one that chance explains worst. The first event of each is given; the others are repeats. */
function mostSurprising(proofs: readonly Proof[], perDay: number, again: number) {
  const last = proofs.at(-1)!.at;
  let best = { z: 0, count: 0, expected: 0, spanMs: 0 };
  for (let first = 0; first < proofs.length - 1; first += 1) {
    const spanMs = Math.max(dayMs, last - proofs[first]!.at);
    const count = proofs.length - 1 - first;
    // Half a one more than were seen: a rate of nothing seen is not nothing.
    const expected = (perDay + 0.5 * again) * (spanMs / dayMs) * again;
    const z = afterLooks(countExcess(count, Math.max(expected, 1e-6)), Math.max(1, perDay) * proofs.length);
    if (z > best.z) best = { z, count, expected, spanMs };
  }
  return best;
}
