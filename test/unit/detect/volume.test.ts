// Counts per key against peers and against the key's own past.
import { describe, expect, test } from "vitest";
import { day, type Happening, hour, look, monday, transactionsOf, watchOf } from "../../support/observed.ts";

const branches = ["1", "2", "3", "4", "5", "6"];
const sold = watchOf({ detector: "volume", key: ["branch_id"], about: "branch", ends: ["branch.closed"] });

/** From 8 to 18 o'clock, as many in each hour as `count` says. */
function trade(days: number, count: (branch: string, dayIndex: number) => number): Happening[] {
  const all: Happening[] = [{ at: monday - hour }];
  for (let index = 0; index < days; index += 1) {
    for (const branch of branches) {
      const each = count(branch, index);
      for (let clock = 8; clock < 18; clock += 1)
        for (let one = 0; one < each; one += 1)
          all.push({ at: monday + index * day + clock * hour + one * 60_000, payload: { branch_id: branch } });
    }
  }
  return [...all, { at: monday + days * day + 6 * hour }];
}

describe("against peers", () => {
  test("a branch that sells next to nothing for three days is one anomaly, noticed before noon of the first", () => {
    const found = look(
      [sold],
      transactionsOf(trade(8, (branch, index) => (branch === "3" && index > 3 && index < 7 ? 1 : 12))),
    );
    expect(found).toHaveLength(1);
    const [anomaly] = found;
    expect(anomaly).toMatchObject({ kind: "odd-thing", entity_type: "branch", entity_id: "3", state: "open" });
    expect(anomaly!.detected_at < "2026-01-09T12:00:01").toBe(true);
    expect(anomaly!.to > "2026-01-11T17").toBe(true);
    expect(anomaly!.reason).toContain(
      "branch 3: 10 thing.done on 2026-01-11 until 18:00, where about 120 were to be expected as 5 others did",
    );
    expect(anomaly!.numbers).toMatchObject({ value: 10, samples: 5 });
    expect(anomaly!.business_event_ids.length).toBeGreaterThan(10);
  });

  test("a branch that sells several times as much, on the second day that is seen", () => {
    const found = look([sold], transactionsOf(trade(2, (branch, index) => (branch === "2" && index === 1 ? 40 : 12))));
    expect(found.map(({ entity_id }) => entity_id)).toEqual(["2"]);
  });

  test("says nothing of a pay day, of a shut day, of a small branch, of one that has closed", () => {
    const happenings = trade(10, (branch, index) => {
      if (index === 4) return 0;
      if (branch === "6" && index > 6) return 0;
      return (branch === "5" ? 5 : 12) * (index === 7 ? 3 : 1);
    });
    happenings.push({ at: monday + 7 * day + 6 * hour, type: "branch.closed", entity: "6" });
    expect(look([sold], transactionsOf(happenings))).toEqual([]);
  });

  test("is silent on the first day, whatever happens", () => {
    expect(look([sold], transactionsOf(trade(1, (branch) => (branch === "3" ? 60 : 12))))).toEqual([]);
  });

  test("only the way that is looked for", () => {
    const happenings = transactionsOf(trade(4, (branch, index) => (branch === "3" && index === 3 ? 1 : 12)));
    expect(look([{ ...sold, direction: "up" }], happenings)).toEqual([]);
    expect(look([{ ...sold, direction: "down" }], happenings)).toHaveLength(1);
  });
});

describe("against its own past", () => {
  const own = { ...sold, against: "own" as const };
  const many = (until: number) =>
    transactionsOf(trade(until, (branch, index) => (branch === "3" && index === until - 1 ? 40 : 12)));

  test("far more than on the days before", () => {
    const [anomaly] = look([own], many(10));
    expect(anomaly).toMatchObject({ entity_id: "3", numbers: { samples: 9 } });
    expect(anomaly!.reason).toContain("by 9 earlier days of its own");
  });

  test("says nothing before it knows seven days", () => expect(look([own], many(6))).toEqual([]));
});

test("what a person expects does not come again, and what they confirm does", () => {
  const isOdd = (index: number): boolean => index === 5 || index === 12;
  const happenings = transactionsOf(trade(14, (branch, index) => (branch === "3" && isOdd(index) ? 40 : 12)));
  const counts = (["open", "expected", "confirmed"] as const).map((state) => {
    const found = look([sold], happenings, { onFinding: (anomaly, mark) => mark(anomaly, state) });
    return found.length;
  });
  expect(counts).toEqual([2, 1, 2]);
});

test("hours and days are those of the zone", () => {
  const happenings = transactionsOf(trade(4, (branch, index) => (branch === "3" && index === 3 ? 1 : 12)));
  const [anomaly] = look([sold], happenings, { zone: "America/Lima" });
  expect(anomaly!.reason).toContain("until 13:00");
});
