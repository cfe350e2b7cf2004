// detect: what a count of a day, until an hour, usually is: from other keys today, or from a key's own earlier days.
import { countScale, inOrder, median, middleOf, spread } from "./statistics.ts";

export interface PastDay {
  day: number;
  weekday: number;
  /** The middle count of all keys on that day. */
  level: number;
  /** It stood out, and nobody has said that it was expected: it is no part of what is usual. */
  odd: boolean;
  /** A person says that it was what it looks like. */
  confirmed?: boolean;
  /** Counted until the end of each hour. */
  hours: number[];
}

export interface Usual {
  expected: number;
  /** Standard deviation on the scale of counts: 1 where only chance moves them. */
  deviation: number;
  samples: number;
  against: "peers" | "own";
}

interface Known {
  days: PastDay[];
}

/** With fewer, who is odd: this one or the others? */
const peersMin = 3;
/** Of the same weekday, before that weekday is a baseline. */
const weekdaysMin = 4;
/** Days that a share rests on, the newest. */
const shareDays = 14;

/**
 * Each key has its share of the others' level: a small branch sells half of what the others do, every day. Today's level is
 * the middle of what the others have sold, each by its share. Pay days and holidays thus cancel out.
 * @returns undefined while too few are known
 */
export function usualAmongPeers(
  known: readonly [key: string, state: Known][],
  counts: ReadonlyMap<string, number>,
): ((key: string) => Usual | undefined) | undefined {
  const shares = new Map<string, { share: number; deviation: number }>();
  for (const [key, { days }] of known) {
    const share = shareOf(days);
    if (share !== undefined && share.share > 0) shares.set(key, share);
  }
  if (shares.size <= peersMin) return undefined;
  const levelOf = (key: string, share: number): number => (counts.get(key) ?? 0) / share;
  const levels = inOrder([...shares].map(([key, { share }]) => levelOf(key, share)));
  return (key) => {
    const own = shares.get(key);
    if (own === undefined) return undefined;
    return {
      // The middle of the others: of all, without its own. Sorted once for all keys: sorting for each took a fifth of detection's time.
      expected: own.share * middleOf(levels, levels.indexOf(levelOf(key, own.share))),
      deviation: own.deviation,
      samples: levels.length - 1,
      against: "peers",
    };
  };
}

function shareOf(days: readonly PastDay[]): { share: number; deviation: number } | undefined {
  const usable = days.filter(({ odd, level }) => !odd && level > 0).slice(-shareDays);
  if (usable.length === 0) return undefined;
  const share = median(usable.map(({ hours, level }) => hours[23]! / level));
  const residuals = usable.map(({ hours, level }) => countScale(hours[23]!) - countScale(share * level));
  return { share, deviation: deviationOf(residuals) };
}

/** @returns undefined while there are too few days; less than usual is told of the same weekday only, as some days are shut */
export function usualOfOwnPast(
  days: readonly PastDay[],
  at: { weekday: number; hour: number },
  daysMin: number,
  direction: "up" | "down" | "both",
): Usual | undefined {
  const usable = days.filter(({ odd }) => !odd);
  const sameWeekday = usable.filter(({ weekday }) => weekday === at.weekday);
  const chosen = sameWeekday.length >= weekdaysMin ? sameWeekday : usable;
  if (chosen.length < daysMin && chosen !== sameWeekday) return undefined;
  if (chosen !== sameWeekday && direction === "down") return undefined;
  const scaled = chosen.map(({ hours }) => countScale(hours[at.hour]!));
  const middle = median(scaled);
  return {
    expected: Math.max(0, (middle / 2) ** 2 - 0.375),
    deviation: deviationOf(scaled),
    samples: chosen.length,
    against: "own",
  };
}

/** Never below what chance alone does; of a few samples, a little more than they show. */
function deviationOf(values: readonly number[]): number {
  return Math.max(1, spread(values)) * (1 + 2 / (values.length + 1));
}
