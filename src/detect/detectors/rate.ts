// detect: events of a key for how much it does at all, such as refunds for the sales of a user, over the last days. What is usual is
// the rate of all the others, or the key's own earlier rate where that is higher.
import { eventWords, keyWords, subjectOf } from "../about.ts";
import { dayMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf } from "../sighting.ts";
import { afterLooks, countExcess, median, rounded } from "../statistics.ts";

interface DayCount {
  day: number;
  events: number;
  /** What shows how much it does. */
  doings: number;
  odd: boolean;
}

interface KeyState extends Remembered {
  parts: string[];
  days: DayCount[];
  proofs: Proof[];
}

interface AllState extends Remembered {
  days: DayCount[];
}

const windowMs = 5 * dayMs;
const countMin = 4;
/** Events of others, for a rate; days of its own, for its own. */
const samplesMin = 10;
const ownDaysMin = 7;
const proofsKept = 60;

export const createRate: CreateDetector = (context) => {
  const { watch, memory, report, calendar, z } = context;
  const all = memory.rows<AllState>("all");
  const keys = memory.rows<KeyState>("key");
  const windowDays = Math.max(1, Math.round(context.withinMs(windowMs) / dayMs));
  const needed = context.samples(samplesMin);

  const dayOf = (days: DayCount[], day: number, odd: boolean): DayCount => {
    // What is far ahead came from a clock that was.
    while (days.length > 0 && days.at(-1)!.day > day + 2) days.pop();
    const last = days.at(-1);
    if (last !== undefined && last.day >= day) return last;
    const added = { day, events: 0, doings: 0, odd };
    days.push(added);
    while (days[0]!.day <= day - context.days) days.shift();
    return added;
  };

  const judge = (key: string, own: KeyState, state: AllState, now: number, parts: string[]) => {
    const { day } = calendar.at(now);
    const others = minus(totalOf(state.days), totalOf(own.days));
    if (others.events < needed) return;
    let best = { score: 0, events: 0, expected: 0, days: 0 };
    for (let days = 1; days <= windowDays; days += 1) {
      const inWindow = totalOf(own.days.filter((one) => one.day > day - days));
      const earlier = own.days.filter((one) => one.day <= day - days && !one.odd);
      // The others' events and one more: few are seen at first.
      const rate = (others.events + 1) / Math.max(1, others.doings);
      const before = totalOf(earlier);
      const ownRate = earlier.length >= ownDaysMin ? before.events / Math.max(1, before.doings) : 0;
      const expected = Math.max(rate, ownRate) * (usualDoings(own.days, day - days) + 1);
      const score = afterLooks(countExcess(inWindow.events, expected), keys.size * windowDays);
      if (score > best.score) best = { score, events: inWindow.events, expected, days };
    }
    if (best.score <= z || best.events < context.count(countMin) || best.events < context.factor * best.expected)
      return;
    const from = now - best.days * dayMs;
    const proofs = own.proofs.filter(({ at }) => at >= from);
    const doing = watch.per.length === 0 ? "" : ` for what they did (${watch.per.join(", ")})`;
    report({
      key,
      ...subjectOf(watch, parts),
      actor: null,
      now,
      score: best.score,
      reason: `${keyWords(watch, parts)}: ${best.events} ${eventWords(watch)} in ${best.days === 1 ? "a day" : `${best.days} days`}, where about ${rounded(best.expected)} were to be expected${doing} at the rate of the others (${others.events} in all; ${rounded(best.score)} standard deviations).`,
      numbers: { value: best.events, baseline: best.expected, samples: others.events, days: best.days },
      proofs,
      gapMs: windowDays * dayMs,
      level: Math.log((best.events + 1) / (best.expected + 1)),
    });
  };

  return {
    observe(seen) {
      const { key, now, role } = seen;
      const { day } = calendar.at(now);
      const state = all.get("") ?? { seen: now, days: [] };
      const own = keys.get(key) ?? { seen: now, parts: seen.parts, days: [], proofs: [] };
      const odd = report.isOpen(key, now);
      for (const one of [dayOf(state.days, day, false), dayOf(own.days, day, odd)]) {
        if (role === "per") one.doings += seen.count;
        else one.events += seen.count;
      }
      state.seen = now;
      own.seen = now;
      if (role === "events") {
        own.proofs.push(proofOf(seen));
        own.proofs = own.proofs.filter(({ at }) => at > now - (windowDays + 1) * dayMs).slice(-proofsKept);
      }
      all.put("", state);
      keys.put(key, own);
      if (role === "events") judge(key, own, state, now, seen.parts);
    },
    marked(key, state, { from, to }) {
      const own = keys.get(key);
      if (own === undefined) return;
      const [first, last] = [calendar.at(from).day, calendar.at(to).day];
      for (const one of own.days) if (one.day >= first && one.day <= last) one.odd = state !== "expected";
      keys.put(key, own);
    },
    learned: () => ({ keys: keys.size, samples: totalOf(all.get("")?.days ?? []).events, needed, unit: "events" }),
  };
};

/** What the key did since a day; on days on which it did less than it usually does, as much as usual: refunds come for older sales. */
function usualDoings(days: readonly DayCount[], since: number): number {
  const usual = median(days.map(({ doings }) => doings));
  return days.reduce((sum, one) => (one.day > since ? sum + Math.max(usual, one.doings) : sum), 0);
}

interface Total {
  events: number;
  doings: number;
}

function totalOf(days: readonly DayCount[]): Total {
  let events = 0;
  let doings = 0;
  for (const one of days) {
    events += one.events;
    doings += one.doings;
  }
  return { events, doings };
}

function minus(one: Total, other: Total): Total {
  return { events: Math.max(0, one.events - other.events), doings: Math.max(0, one.doings - other.doings) };
}
