// Detectors that need one event, or a few: hours, first times, own rights, bursts, duplicates, there and back, steps, what never ends.
import { describe, expect, test } from "vitest";
import { day, type Happening, hour, look, monday, transactionsOf, watchOf } from "../../support/observed.ts";

const minute = 60_000;

describe("after-hours", () => {
  const night = watchOf({ detector: "after-hours", key: ["branch_id", "actor"], about: "branch" });
  const payload = { branch_id: "2" };
  /** From the evening before, then from 9 to 17 o'clock, twenty in each hour. */
  const work = (days: number): Happening[] => [
    { at: monday - 2 * hour, payload },
    ...Array.from({ length: days * 160 }, (_, index) => ({
      at: monday + Math.floor(index / 160) * day + 9 * hour + (index % 160) * 3 * minute,
      payload,
    })),
  ];
  const late: Happening[] = [1, 2, 3].map((clock) => ({ at: monday + 3 * day + clock * hour, by: "9", payload }));

  test("several sales in one night are one anomaly", () => {
    const found = look([night], transactionsOf([...work(5), ...late]));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ entity_type: "branch", entity_id: "2", actor: { id: "9" } });
    expect(found[0]!.business_event_ids).toHaveLength(3);
    expect(found[0]!.reason).toContain("branch 2, user 9: thing.done after 03:00, when nobody works: in 3 days");
  });

  test("is silent until it has seen whole days of work", () => {
    const first = late.map((one) => ({ ...one, at: one.at - 3 * day }));
    expect(look([night], transactionsOf([...work(1), ...first]))).toEqual([]);
  });

  test("by the hours of the settings it need not learn", () => {
    const settings = { businessHours: "08:00-20:00" };
    expect(look([night], transactionsOf(late), { settings })).toHaveLength(1);
    expect(look([night], transactionsOf(work(1).slice(1)), { settings })).toEqual([]);
    // 01:00 UTC is 20:00 of the evening before in Lima: the hours are of the zone.
    expect(
      look([night], transactionsOf(late.slice(0, 1)), {
        settings: { businessHours: "08:00-21:00" },
        zone: "America/Lima",
      }),
    ).toEqual([]);
    expect(look([night], transactionsOf(late), { settings: { businessHours: "20:00-04:00" } })).toEqual([]);
  });

  test("new hours of work become usual", () => {
    const longer = Array.from({ length: 12 }, (_, index) => ({ at: monday + (3 + index) * day + 22 * hour, payload }));
    const found = look([night], transactionsOf([...work(16), ...longer]));
    expect(found.map(({ from }) => from.slice(0, 10)).at(-1)).toBe("2026-01-11");
  });
});

describe("first-time", () => {
  const role = watchOf({ detector: "first-time", value: "role" });
  const granted = (count: number, value: string, from = monday): Happening[] =>
    Array.from({ length: count }, (_, index) => ({ at: from + index * hour, payload: { role: value } }));

  test("a role that was never granted", () => {
    const found = look([role], transactionsOf([...granted(80, "CASHIER"), ...granted(1, "ADMIN", monday + 20 * day)]));
    expect(found.map(({ reason }) => reason)).toEqual([expect.stringContaining("with role ADMIN for the first time")]);
  });
  test("is silent while little was seen, and where much is new", () => {
    expect(look([role], transactionsOf([...granted(20, "CASHIER"), ...granted(1, "ADMIN", monday + 9 * day)]))).toEqual(
      [],
    );
    const names = Array.from({ length: 80 }, (_, index) => ({
      at: monday + index * hour,
      payload: { role: `r${index}` },
    }));
    expect(look([role], transactionsOf(names))).toEqual([]);
  });
  test("bears a value that JavaScript takes for something else", () => {
    const odd = granted(3, "__proto__", monday + 20 * day);
    expect(look([role], transactionsOf([...granted(80, "constructor"), ...odd]))).toHaveLength(1);
  });
});

describe("self", () => {
  const rights = watchOf({ detector: "self" });
  test("somebody who raises their own role and lowers it again is one anomaly", () => {
    const steps: Happening[] = [
      { at: monday, entity: "9", by: "9", payload: { old_role: "CASHIER", new_role: "ADMIN" } },
      { at: monday + 20 * minute, entity: "9", by: "9", grade: "unwritten_column", payload: { new_role: "CASHIER" } },
    ];
    const found = look([rights], transactionsOf(steps));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: "high", entity_id: "9", actor: { id: "9" } });
    expect(found[0]!.business_event_ids).toEqual(["event-0", "event-1"]);
  });
  test("not where the column only names who changed the row before, nor where another did it", () => {
    expect(look([rights], transactionsOf([{ at: monday, entity: "9", by: "9", grade: "unwritten_column" }]))).toEqual(
      [],
    );
    expect(look([rights], transactionsOf([{ at: monday, entity: "9", by: "1" }]))).toEqual([]);
  });
});

describe("burst", () => {
  const deletions = watchOf({ detector: "burst", events: [], deletions: ["shop.sales", "items"] });
  const deleted = (at: number, count: number): Happening => ({
    at,
    deletions: [
      { table: "shop.items", count: 2 * count, change_event_ids: [`items-${at}`] },
      { table: "shop.sales", count, change_event_ids: [`sales-${at}`] },
      { table: "shop.other", count: 1000, change_event_ids: ["other"] },
    ],
  });
  const quiet: Happening[] = [{ at: monday }, { at: monday + day }];

  test("many rows at once, of the tables that are watched", () => {
    const found = look([deletions], transactionsOf([...quiet, deleted(monday + 2 * day, 20)]));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ entity_type: "table", entity_id: "shop.sales", numbers: { value: 60 } });
    expect(found[0]!.change_event_ids).toHaveLength(2);
    expect(found[0]!.reason).toContain(
      "60 rows deleted (20 of shop.sales, 40 of shop.items) within 10 minutes; nothing like it was seen before.",
    );
  });
  test("is silent on the first day and for a few rows", () => {
    expect(look([deletions], transactionsOf([{ at: monday }, deleted(monday + hour, 20)]))).toEqual([]);
    expect(look([deletions], transactionsOf([...quiet, deleted(monday + 2 * day, 2)]))).toEqual([]);
  });
  test("what is deleted every night is usual, once that is known, if it is said to be expected", () => {
    const nights = Array.from({ length: 12 }, (_, index) => deleted(monday + (2 + index) * day, 100));
    const found = look([deletions], transactionsOf([...quiet, ...nights]), {
      onFinding: (anomaly, mark) => mark(anomaly, "expected"),
    });
    expect(found).toHaveLength(1);
  });
});

describe("duplicate", () => {
  const twice = watchOf({ detector: "duplicate", key: ["actor"], about: "user" });
  const pair = (at: number, entity: string): Happening[] => [
    { at, entity, payload: { total: "9.50", at } },
    { at: at + 1, entity: `${entity} again`, payload: { at, total: "9.50" } },
  ];
  test("the same sale twice in a second, several times", () => {
    const found = look(
      [twice],
      transactionsOf([...pair(monday, "a"), ...pair(monday + hour, "b"), ...pair(monday + 2 * hour, "c")]),
    );
    expect(found).toHaveLength(1);
    expect(found[0]!.business_event_ids).toHaveLength(6);
  });
  test("not once, not another payload, not another hand, not a second later", () => {
    expect(look([twice], transactionsOf(pair(monday, "a")))).toEqual([]);
    const other = (change: (one: Happening) => Happening): Happening[] =>
      [0, 1, 2].flatMap((index) =>
        pair(monday + index * hour, `s${index}`).map((one, at) => (at === 1 ? change(one) : one)),
      );
    expect(look([twice], transactionsOf(other((one) => ({ ...one, payload: { total: "1" } }))))).toEqual([]);
    expect(look([twice], transactionsOf(other((one) => ({ ...one, by: "8" }))))).toEqual([]);
    expect(look([twice], transactionsOf(other((one) => ({ ...one, at: one.at + 1000 }))))).toEqual([]);
  });
});

describe("reverted", () => {
  const price = watchOf({ detector: "reverted", key: ["entity"], from: "old", to: "new", withinMs: hour });
  const step = (at: number, from: string, to: string): Happening => ({
    at,
    entity: "p1",
    payload: { old: from, new: to },
  });
  test("a price that is lowered and put back", () => {
    const steps = [step(monday, "10.00", "1.00"), step(monday + 5 * minute, "1.00", "10.00")];
    const found = look([price], transactionsOf(steps));
    expect(found.map(({ reason }) => reason)).toEqual([
      "entity p1: thing.done from 10.00 to 1.00 and back to 10.00 within 5 minutes.",
    ]);
    expect(found[0]!.business_event_ids).toHaveLength(2);
  });
  test("not the next day, not to another price", () => {
    expect(look([price], transactionsOf([step(monday, "10", "1"), step(monday + day, "1", "10")]))).toEqual([]);
    expect(look([price], transactionsOf([step(monday, "10", "1"), step(monday + minute, "1", "11")]))).toEqual([]);
  });
});

describe("amount", () => {
  const price = watchOf({ detector: "amount", key: ["entity"], from: "old", to: "new" });
  const steps = (count: number): Happening[] =>
    Array.from({ length: count }, (_, index) => ({
      at: monday + index * hour,
      payload: { old: "100.00", new: String(102 + (index % 7)) },
    }));
  const tenth: Happening = { at: monday + 30 * day, entity: "p", payload: { old: "100.00", new: "10.00" } };
  test("a price that falls to a tenth", () => {
    const found = look([price], transactionsOf([...steps(30), tenth]));
    expect(found.map(({ entity_id }) => entity_id)).toEqual(["p"]);
  });
  test("is silent while few steps were seen", () =>
    expect(look([price], transactionsOf([...steps(5), tenth]))).toEqual([]));
  test("nothing of a price of nothing, or of no price", () => {
    const odd = [null, "0.00", "free", -4].map((value, index) => ({
      at: monday + 30 * day + index,
      payload: { old: "5.00", new: value },
    }));
    expect(look([price], transactionsOf([...steps(30), ...odd]))).toEqual([]);
  });
});

describe("unfinished", () => {
  const sent = watchOf({ detector: "unfinished", key: ["branch"], until: ["thing.arrived"], ends: ["branch.closed"] });
  const payload = { branch: "1" };
  /** Three are sent in the afternoon, all arrive the next morning. */
  const vans = (days: number): Happening[] =>
    Array.from({ length: days * 3 }, (_, index): Happening[] => {
      const at = monday + Math.floor(index / 3) * day + (13 + (index % 3)) * hour;
      return [
        { at, changes: [`sent ${index}`], payload },
        { at: at + 18 * hour, type: "thing.arrived", changes: [`sent ${index}`, `arrived ${index}`] },
      ];
    }).flat();
  const lost: Happening = { at: monday + 10 * day + 14.5 * hour, entity: "lost", changes: ["lost"], payload };

  test("what is left behind while all others arrive", () => {
    const found = look([sent], transactionsOf([...vans(20), lost]));
    expect(found.map(({ entity_id }) => entity_id)).toEqual(["lost"]);
    expect(found[0]!.detected_at < "2026-01-18").toBe(true);
  });
  test("after the limit, where nothing is known of arrivals", () => {
    const watch = { ...sent, withinMs: 2 * day };
    expect(look([watch], transactionsOf([lost, { at: lost.at + day, type: "x" }]))).toEqual([]);
    expect(look([watch], transactionsOf([lost, { at: lost.at + 3 * day, type: "x" }]))).toHaveLength(1);
  });
  test("not what was under way when a branch closed", () => {
    const closed: Happening = { at: lost.at + hour, type: "branch.closed" };
    expect(look([sent], transactionsOf([...vans(20), lost, closed]))).toEqual([]);
  });
});
