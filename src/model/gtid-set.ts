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
