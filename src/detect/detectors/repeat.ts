// detect: rare events that come again and again for one key. How often a key comes twice by chance is learned from all of them: of
// all pairs of earlier events, how many had the same key. What comes back far more often than that is no chance.
import { eventWords, keyWords, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { fits, type Proof, proofOf, type Sighting } from "../sighting.ts";
import { afterLooks, countExcess, rounded } from "../statistics.ts";

interface DayCount {
  day: number;
  events: number;
  /** How many earlier events there were to each of them, as far back as the baseline looks, and how many of those had its key. */
  pairs: number;
  met: number;
}

interface KeyState extends Remembered {
  /** What it is part of in all, and every one that it had. */
  days: (DayCount & { times: number })[];
  /** That count, within the longest window. */
  proofs: Proof[];
}

interface AllState extends Remembered {
  /** The newest last; those that count or not, and how many count. */
  days: (DayCount & { counted: number })[];
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

  /** What is far ahead came from a clock that was. */
  const recent = <Day extends DayCount>(days: readonly Day[], day: number): Day[] =>
    days.filter((one) => one.day > day - context.days && one.day <= day + 2);

  const note = (own: KeyState, { now, key }: Sighting, counts: boolean): AllState => {
    const { day } = calendar.at(now);
    const state = all.get("") ?? { seen: now, days: [] };
    state.days = recent(state.days, day);
    own.days = recent(own.days, day);
    const [pairs, met] = [sum(state.days, "events"), sum(own.days, "times")];
    if ((state.days.at(-1)?.day ?? -Infinity) < day) state.days.push({ day, events: 0, pairs: 0, met: 0, counted: 0 });
    if ((own.days.at(-1)?.day ?? -Infinity) < day) own.days.push({ day, events: 0, pairs: 0, met: 0, times: 0 });
    const [ofAll, ofOwn] = [state.days.at(-1)!, own.days.at(-1)!];
    ofOwn.times += 1;
    // What stands out already is no chance, and says nothing about chance.
    if (!report.isOpen(key, now)) {
      for (const one of [ofAll, ofOwn]) {
        one.events += 1;
        one.pairs += pairs;
        one.met += met;
      }
      if (counts) ofAll.counted += 1;
    }
    state.seen = now;
    own.seen = now;
    all.put("", state);
    return state;
  };

  /** Of the others: the chance that two events have one key, and how many count on a day. */
  const usual = ({ days }: AllState, own: KeyState, now: number): { again: number; perDay: number; events: number } => {
    const inAll = sum(days, "events");
    const events = inAll - sum(own.days, "events");
    const met = sum(days, "met") - sum(own.days, "met");
    // Without those with an event of its own, which never have one key.
    const pairs = ((sum(days, "pairs") - sum(own.days, "pairs")) * events) / Math.max(1, inAll);
    const counted = Math.max(0, sum(days, "counted") - own.proofs.length);
    const span = Math.max(1, Math.min(context.days, (now - context.since()) / dayMs));
    return { again: Math.min(1, (met + 0.5) / Math.max(1, pairs)), perDay: counted / span, events };
  };

  return {
    observe(seen) {
      const counts = fits(watch, seen.payload);
      const own: KeyState = keys.get(seen.key) ?? { seen: seen.now, days: [], proofs: [] };
      const state = note(own, seen, counts);
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
      return { keys: keys.size, samples: sum(all.get("")?.days ?? [], "events"), needed, unit: "events" };
    },
  };
};

function sum<Name extends string>(days: readonly Record<Name, number>[], name: Name): number {
  return days.reduce((total, one) => total + one[name], 0);
}

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
