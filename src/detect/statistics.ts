// detect: the few statistics that detectors share. All are robust or exact for counts, and give z: standard deviations from usual.

/** 0 for none. */
export function median(values: readonly number[]): number {
  return middleOf(inOrder(values));
}

export function inOrder(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

/** The median of sorted values, without the one at `skipped`; 0 for none. */
export function middleOf(sorted: readonly number[], skipped = sorted.length): number {
  const count = skipped < sorted.length ? sorted.length - 1 : sorted.length;
  if (count === 0) return 0;
  const at = (rank: number): number => sorted[rank < skipped ? rank : rank + 1]!;
  const middle = count >> 1;
  return count % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
}

/** Median distance from the median, scaled to be the standard deviation where values are normal. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}

/** A count on a scale on which the deviation of a Poisson count is 1, large or small (Anscombe). */
export function countScale(count: number): number {
  return 2 * Math.sqrt(count + 0.375);
}

/** How far a count is above what is expected, in standard deviations: the root of twice the log likelihood ratio. 0 below. */
export function countExcess(count: number, expected: number): number {
  if (count <= expected) return 0;
  return Math.sqrt(2 * (count * Math.log(count / expected) - (count - expected)));
}

/** z of something that happens with this probability, near enough in the tail; 0 for what is likely. */
export function zOfChance(chance: number): number {
  return chance >= 1 ? 0 : Math.sqrt(-2 * Math.log(chance));
}

/**
 * z after so many looks: with a thousand baselines, one is always far off. The chance of it is multiplied by the looks, and
 * that is z again.
 */
export function afterLooks(z: number, looks: number): number {
  return Math.sqrt(Math.max(0, z * z - 2 * Math.log(Math.max(1, looks))));
}

/** Two digits after the point, for people and for JSON. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
