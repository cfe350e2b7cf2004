// detect: events per key and hour against what is usual: against the other keys at the same time (each at its own share of them),
// or, where there are too few others, against the key's own past at the same hour of the same weekday.
// Counts are looked at as the day grows, after each hour: a branch that sells nothing is noticed before noon.
import { keyWords, eventWords, subjectOf } from "../about.ts";
import { dateOf, dayMs, type WallMoment } from "../calendar.ts";
import type { CreateDetector, DetectorContext } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf, type Sighting } from "../sighting.ts";
import { afterLooks, countScale, rounded } from "../statistics.ts";
import { type PastDay, type Usual, usualAmongPeers, usualOfOwnPast } from "../usual.ts";

interface TodayState extends Remembered {
  parts: string[];
  /** Counted until the end of each hour of the day that has begun. */
  hours: number[];
  total: number;
  /** The newest. */
  proofs: Proof[];
}

export interface PastState extends Remembered {
  parts: string[];
  days: PastDay[];
  ended: boolean;
}

interface NowState extends Remembered {
  day: number;
  weekday: number;
  hour: number;
  /** Whole days that have been seen. */
  days: number;
}

const proofsKept = 20;
/** Fewer, usual or counted, say nothing. */
const countMin = 10;
const daysMin = 7;
/** What stood out every day for so long is what is usual now. */
const newUsualDays = 7;

export const createVolume: CreateDetector = (context) => {
  const { watch, memory, report, calendar } = context;
  const now = memory.rows<NowState>("now");
  const today = memory.rows<TodayState>("today", 2_000);
  const past = memory.rows<PastState>("past", 2_000);

  const closeDay = (state: NowState, seen: number): void => {
    const totals = new Map(today.entries().map(([key, { total }]) => [key, total]));
    const level = usualLevel([...totals.values()]);
    for (const [key, { hours, total, parts }] of today.entries()) {
      const known = past.get(key) ?? { seen, parts, days: [], ended: false };
      const odd = report.isOpen(key, seen);
      const whole = [...hours, ...Array<number>(24 - hours.length).fill(total)];
      known.days.push({ day: state.day, weekday: state.weekday, level, odd, hours: whole });
      past.put(key, { ...known, seen, days: acceptNewUsual(known.days.slice(-context.days)) });
    }
    // A key that was silent all day while others were not: for those of which less is looked for, that is a day too.
    for (const [key, known] of past.entries()) {
      if (totals.has(key) || known.ended) continue;
      if (seen - known.seen > context.days * dayMs) past.drop(key);
      else if (watch.direction !== "up" && level > 0) {
        const odd = report.isOpen(key, seen);
        known.days.push({ day: state.day, weekday: state.weekday, level, odd, hours: Array<number>(24).fill(0) });
        past.put(key, { ...known, days: acceptNewUsual(known.days.slice(-context.days)) });
      }
    }
    for (const [key] of today.entries()) today.drop(key);
  };

  /** The hour is over: keys as they stand at its end. */
  const look = (state: NowState, at: number): void => {
    const counts = new Map(today.entries().map(([key, { total }]) => [key, total]));
    if (counts.size === 0) return;
    const known = past.entries().filter(([, { ended }]) => !ended);
    const peers = watch.against === "peers" ? usualAmongPeers(known, counts) : undefined;
    for (const [key, state_] of known) {
      const count = counts.get(key) ?? 0;
      const usual = peers?.(key) ?? usualOfOwnPast(state_.days, state, context.samples(daysMin), watch.direction);
      if (usual === undefined) continue;
      const score = scoreOf(count, usual, context, known.length);
      if (score === undefined) continue;
      const proofs = today.get(key)?.proofs ?? [];
      tell({ context, key, parts: state_.parts, count, usual, score, state, at, proofs });
    }
    for (const [key, one] of today.entries()) {
      while (one.hours.length <= state.hour) one.hours.push(one.total);
      today.put(key, one);
    }
  };

  const moveTo = (moment: WallMoment, at: number): void => {
    const state = now.get("");
    if (state === undefined) {
      now.put("", { seen: at, ...moment, days: 0 });
      return;
    }
    if (moment.day === state.day && moment.hour <= state.hour) return;
    if (moment.day < state.day) {
      // A clock that is put back an hour changes nothing; one that had been far ahead begins its day again.
      if (state.day - moment.day < 2) return;
      for (const [key] of today.entries()) today.drop(key);
      now.put("", { ...state, seen: at, ...moment });
      return;
    }
    look(state, at);
    const isNewDay = moment.day > state.day;
    // The day on which detection began is part of a day.
    const isWhole = isNewDay && calendar.at(context.since()).day < state.day;
    if (isWhole) closeDay(state, at);
    else if (isNewDay) for (const [key] of today.entries()) today.drop(key);
    now.put("", { seen: at, ...moment, days: state.days + (isWhole ? 1 : 0) });
  };

  return {
    advance: (at) => moveTo(calendar.at(at), at),
    observe(seen: Sighting) {
      if (seen.role === "ends") {
        const ended = past.get(seen.key);
        if (ended !== undefined) past.put(seen.key, { ...ended, ended: true });
        return;
      }
      const one = today.get(seen.key) ?? { seen: seen.now, parts: seen.parts, hours: [], total: 0, proofs: [] };
      one.seen = seen.now;
      const hour = now.get("")?.hour ?? 0;
      while (one.hours.length < hour) one.hours.push(one.total);
      one.total += seen.count;
      one.proofs.push({ ...proofOf(seen), changes: seen.changes.slice(0, 1) });
      if (one.proofs.length > proofsKept) one.proofs.shift();
      today.put(seen.key, one);
    },
    marked(key, state, { from, to }) {
      const known = past.get(key);
      if (known === undefined) return;
      const [first, last] = [calendar.at(from).day, calendar.at(to).day];
      for (const one of known.days.filter(({ day }) => day >= first && day <= last)) {
        one.odd = state !== "expected";
        one.confirmed = state === "confirmed";
      }
      past.put(key, known);
    },
    learned: () => ({ keys: past.size, samples: now.get("")?.days ?? 0, needed: 1, unit: "days" }),
  };
};

/** The middle one of those that did anything. */
function usualLevel(totals: readonly number[]): number {
  const sorted = totals.filter((total) => total > 0).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function acceptNewUsual(days: PastDay[]): PastDay[] {
  const newest = days.slice(-newUsualDays);
  const isNewUsual = newest.length === newUsualDays && newest.every(({ odd, confirmed }) => odd && confirmed !== true);
  if (isNewUsual) for (const day of newest) day.odd = false;
  return days;
}

/** undefined: nothing that stands out. */
function scoreOf(count: number, usual: Usual, context: DetectorContext, keys: number): number | undefined {
  const { watch, z, factor } = context;
  const { expected, deviation } = usual;
  const isUp = count > expected;
  if (watch.direction !== "both" && (watch.direction === "up") !== isUp) return undefined;
  const enough = context.count(countMin);
  if (isUp ? count < enough || count < factor * expected : expected < enough || count * factor > expected) {
    return undefined;
  }
  const distance = Math.abs(countScale(count) - countScale(expected)) / deviation;
  const score = afterLooks(distance, keys * 24);
  return score > z ? score : undefined;
}

interface Told {
  context: DetectorContext;
  key: string;
  parts: string[];
  count: number;
  usual: Usual;
  score: number;
  state: NowState;
  at: number;
  proofs: Proof[];
}

function tell({ context, key, parts, count, usual, score, state, at, proofs }: Told): void {
  const { watch, report } = context;
  const { expected, deviation, samples, against } = usual;
  const hour = `${String(state.hour + 1).padStart(2, "0")}:00`;
  const times =
    count > expected ? `${rounded(count / expected)} times as many` : `${rounded((100 * count) / expected)}%`;
  const baseline =
    against === "peers" ? `as ${samples} others did at the same time` : `by ${samples} earlier days of its own`;
  report({
    key,
    ...subjectOf(watch, parts),
    actor: null,
    now: at,
    score,
    reason: `${keyWords(watch, parts)}: ${count} ${eventWords(watch)} on ${dateOf(state.day)} until ${hour}, where about ${Math.round(expected)} were to be expected ${baseline} (${times}; ${rounded(score)} standard deviations).`,
    numbers: { value: count, baseline: expected, deviation, samples, ratio: count / expected },
    proofs,
    gapMs: 2 * dayMs,
    level: Math.abs(Math.log((count + 1) / (expected + 1))),
  });
}
