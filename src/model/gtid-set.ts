// A GTID set as text -> the question whether it holds a transaction. MySQL (`uuid:1-5:9,uuid:tag:1`) and MariaDB
// (`0-1-57`: everything of domain 0 up to 57) are told apart by their form.

export interface GtidSet {
  has(gtid: string): boolean;
  /** Whether it holds all of the other one. */
  covers(other: GtidSet): boolean;
  /** Origin (uuid, uuid:tag or domain) to closed ranges. */
  readonly ranges: ReadonlyMap<string, readonly Range[]>;
}

const gtidForm = /^(?:[0-9a-f-]{36}(?::[a-z_]\w*)?:\d+|\d+-\d+-\d+)$/i;

type Range = readonly [from: bigint, to: bigint];

/** @throws SyntaxError on a number that is none. */
export function parseGtidSet(text: string): GtidSet {
  const ranges = new Map<string, Range[]>();
  for (const part of text.replace(/\s/g, "").toLowerCase().split(",").filter(Boolean)) {
    for (const [origin, range] of parsePart(part)) {
      ranges.set(origin, [...(ranges.get(origin) ?? []), range]);
    }
  }
  const holds = (origin: string, [from, to]: Range): boolean =>
    ranges.get(origin)?.some(([first, last]) => first <= from && to <= last) === true;
  return {
    ranges,
    // Not every transaction of a trail has a GTID.
    has: (gtid) =>
      gtidForm.test(gtid) &&
      parsePart(gtid.toLowerCase()).every(([origin, [, number]]) => holds(origin, [number, number])),
    covers: (other) => [...other.ranges].every(([origin, all]) => all.every((range) => holds(origin, range))),
  };
}

function parsePart(part: string): [string, Range][] {
  return part.includes(":") ? mysqlRanges(part) : [mariadbRange(part)];
}

/** `uuid:1-5:9:tag:1-2`: a part that does not begin with a digit names the tag of the ranges after it. */
function mysqlRanges(part: string): [string, Range][] {
  const [uuid = "", ...pieces] = part.split(":");
  const found: [string, Range][] = [];
  let origin = uuid;
  for (const piece of pieces) {
    if (!/^\d/.test(piece)) {
      origin = `${uuid}:${piece}`;
      continue;
    }
    const [from = "", to = from] = piece.split("-");
    found.push([origin, [BigInt(from), BigInt(to)]]);
  }
  return found;
}

function mariadbRange(part: string): [string, Range] {
  const [domain = "", , sequence = ""] = part.split("-");
  return [domain, [0n, BigInt(sequence)]];
}

/** How many transactions of the one set the other does not hold. */
export function countMissing(executed: GtidSet, stored: GtidSet): number {
  let missing = 0n;
  for (const [origin, ranges] of executed.ranges) {
    const held = stored.ranges.get(origin) ?? [];
    missing += size(ranges) - overlap(inOrder(ranges), inOrder(held));
  }
  return Number(missing);
}

/** Numbers begin at 1; the ranges of a set do not overlap. */
function size(ranges: readonly Range[]): bigint {
  return ranges.reduce((sum, [from, to]) => sum + to - max(from, 1n) + 1n, 0n);
}

/** Both in order: each range is looked at once, so that a set of thousands of holes costs nothing. */
function overlap(one: readonly Range[], other: readonly Range[]): bigint {
  let common = 0n;
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    const [[from, to], [first, last]] = [one[i]!, other[j]!];
    const [start, end] = [max(max(from, first), 1n), to < last ? to : last];
    if (start <= end) common += end - start + 1n;
    if (to < last) i += 1;
    else j += 1;
  }
  return common;
}

function inOrder(ranges: readonly Range[]): Range[] {
  return ranges.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
