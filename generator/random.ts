// Takes a seed and the name of a stream, gives repeatable random numbers (sfc32, the same on every machine).
// Each idea draws from a stream of its own, so that adding one idea later does not reshuffle the others.

export interface Random {
  /** A fraction in [0, 1). */
  next(): number;
  /** A whole number from min to max, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** An index into `weights`, as likely as its weight; at least one weight must be above zero. */
  weighted(weights: readonly number[]): number;
}

export function createRandom(seed: number, ...stream: readonly (string | number)[]): Random {
  const next = sfc32(hash128([seed, ...stream].join("/")));
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError("nothing to pick from");
      return list[int(0, list.length - 1)] as T;
    },
    weighted: (weights) => weightedIndex(weights, next()),
  };
}

function weightedIndex(weights: readonly number[], fraction: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError("no weight is above zero");
  let rest = fraction * total;
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    if (weight <= 0) continue;
    last = index;
    if (rest < weight) return index;
    rest -= weight;
  }
  return last; // rounding can leave a crumb after the last weight
}

type State = [number, number, number, number];

function sfc32([a, b, c, counter]: State): () => number {
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    c |= 0;
    return (result >>> 0) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();
  return next;
}

/** FNV-1a from four different starts: no cryptography, only a wide spread of short texts. */
function hash128(text: string): State {
  const state: State = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < text.length; at += 1) {
    for (let word = 0; word < 4; word += 1) {
      state[word] = Math.imul((state[word] as number) ^ (text.charCodeAt(at) + word), 0x01000193);
    }
  }
  return state;
}
