// detect: begun and never ended, such as stock that was sent and never arrived. An end names what it ends: it rests on one of its
// changes. Ends often come in rounds (the van comes in the morning): what is left behind in rounds in which everything else arrives
// is missing; without rounds, what is under way for far longer than anything before.
import { eventWords, keyWords, subjectOf } from "../about.ts";
import { dayMs, hourMs } from "../calendar.ts";
import type { CreateDetector } from "../detector.ts";
import type { Remembered } from "../memory.ts";
import { type Proof, proofOf } from "../sighting.ts";
import { rounded, zOfChance } from "../statistics.ts";
import type { Actor } from "../../model/change-event.ts";

interface BegunState extends Remembered {
  parts: string[];
  entity_type: string;
  entity_id: string;
  actor: Actor | null;
  began: number;
  proof: Proof;
  /** Rounds that left it behind. */
  missed: number;
  told: boolean;
}

interface AllState extends Remembered {
  /** Of those that ended, the newest: how many rounds had left each behind, and after how long it ended. */
  ended: { missed: number; hours: number }[];
  /** The round that is under way: from the first end to the newest; null: none. */
  round: { from: number; to: number } | null;
  /** Hours since 1970 at which all that is under way was looked at last. */
  looked: number;
}

const windowMs = 3 * dayMs;
const samplesMin = 5;
const endedKept = 200;
const roundOverMs = hourMs;
const forgottenAfterMs = 30 * dayMs;

export const createUnfinished: CreateDetector = (context) => {
  const { watch, memory, report, z } = context;
  const begun = memory.rows<BegunState>("begun", 2_000);
  const all = memory.rows<AllState>("all");
  const needed = context.samples(samplesMin);
  const within = context.withinMs(windowMs);
  /** The change that begins it -> its row. Made again from the rows after a start. */
  let byChange: Map<string, string> | undefined;
  const index = (): Map<string, string> =>
    (byChange ??= new Map(begun.entries().flatMap(([key, { proof }]) => proof.changes.map((change) => [change, key]))));

  const forget = (key: string, { proof }: BegunState): void => {
    for (const change of proof.changes) index().delete(change);
    begun.drop(key);
  };

  const tell = (key: string, one: BegunState, now: number, score: number, why: string, samples: number): void => {
    begun.put(key, { ...one, told: true });
    const { entity_type, entity_id, parts, actor, began, proof } = one;
    const hours = rounded((now - began) / hourMs);
    report({
      key,
      entity_type,
      entity_id,
      ...(watch.about === undefined ? {} : subjectOf(watch, parts)),
      actor,
      now,
      score,
      reason: `${keyWords(watch, parts)}: ${eventWords(watch)} ${hours} hours ago and no ${watch.until.join(" or ")} since; ${why} (${rounded(score)} standard deviations).`,
      numbers: { value: hours, samples, rounds_missed: one.missed },
      proofs: [proof],
      gapMs: dayMs,
    });
  };

  const judge = (key: string, one: BegunState, state: AllState, now: number): void => {
    if (one.told) return;
    const { ended } = state;
    const samples = ended.length;
    if (one.missed > 0 && samples >= needed) {
      // Each round in which it was left behind is one more chance against it.
      const left = ended.filter(({ missed }) => missed > 0).length;
      const score = zOfChance(((left + 0.5) / (samples + 1)) ** one.missed);
      const why = `${left} of ${samples} before were ever left behind when the others arrived, this one ${one.missed === 1 ? "was" : `was ${one.missed} times`}`;
      if (score > z) return tell(key, one, now, score, why, samples);
    }
    if (now - one.began < within) return;
    const hours = (now - one.began) / hourMs;
    const slower = ended.filter((other) => other.hours >= hours).length;
    if (samples > 0 && slower > 0) return;
    const why = samples === 0 ? `the limit is ${rounded(within / hourMs)}` : `all ${samples} before took less`;
    tell(key, one, now, Math.max(z, zOfChance(0.5 / (samples + 1))), why, samples);
  };

  const closeRound = (state: AllState, now: number): void => {
    const { round } = state;
    if (round === null) return;
    state.round = null;
    // What began just before the van came was not to go with it: none took so little.
    const shortestMs = Math.min(...state.ended.map(({ hours }) => hours)) * hourMs;
    for (const [key, one] of begun.entries()) {
      if (one.began >= round.from || one.began > round.to - shortestMs) continue;
      const left = { ...one, missed: one.missed + 1 };
      begun.put(key, left);
      judge(key, left, state, now);
    }
  };

  const stateOf = (now: number): AllState => all.get("") ?? { seen: now, ended: [], round: null, looked: 0 };

  return {
    advance(now) {
      const state = all.get("");
      const hour = Math.floor(now / hourMs);
      const isRoundOver = state?.round != null && now - state.round.to > roundOverMs;
      if (state === undefined || (!isRoundOver && state.looked === hour)) return;
      if (isRoundOver) closeRound(state, now);
      for (const [key, one] of begun.entries()) {
        if (now - one.began > forgottenAfterMs) forget(key, one);
        else judge(key, one, state, now);
      }
      all.put("", { ...state, looked: hour });
    },
    observe(seen) {
      const { now, role } = seen;
      if (role === "events") {
        const { parts, entity_type, entity_id, actor } = seen;
        const key = seen.business ?? seen.changes[0] ?? seen.key;
        const proof = proofOf(seen);
        all.put("", stateOf(now));
        begun.put(key, { seen: now, parts, entity_type, entity_id, actor, began: now, proof, missed: 0, told: false });
        if (byChange !== undefined) for (const change of proof.changes) byChange.set(change, key);
        return;
      }
      if (role === "ends") {
        // What was under way to it never arrives; nobody can tell which that was.
        for (const [key, one] of begun.entries()) if (!one.told) forget(key, one);
        return;
      }
      const key = seen.changes.flatMap((change) => index().get(change) ?? [])[0];
      const one = key === undefined ? undefined : begun.get(key);
      if (key === undefined || one === undefined) return;
      const state = stateOf(now);
      const { round } = state;
      state.round = round === null ? { from: now, to: now } : { from: round.from, to: now };
      state.ended = [...state.ended, { missed: one.missed, hours: (now - one.began) / hourMs }].slice(-endedKept);
      state.seen = now;
      all.put("", state);
      forget(key, one);
    },
    learned: () => ({ keys: begun.size, samples: all.get("")?.ended.length ?? 0, needed, unit: "events" }),
  };
};
