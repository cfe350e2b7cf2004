// Rare things that come again, rates, pairs: what is far beyond chance.
import { describe, expect, test } from "vitest";
import { day, type Happening, hour, look, monday, transactionsOf, watchOf } from "../../support/observed.ts";

describe("repeat", () => {
  const writeOff = watchOf({ detector: "repeat", key: ["entity", "actor"], where: { reason: ["OTHER"] } });
  /** Four corrections a day, of another shelf each time; of one in four nobody says why. */
  const ordinary = (days: number): Happening[] =>
    Array.from({ length: days * 4 }, (_, index) => ({
      at: monday + index * 6 * hour,
      entity: `shelf ${index}`,
      by: String(index % 5),
      payload: { reason: index % 4 === 0 ? "OTHER" : "DAMAGED" },
    }));
  const thefts = (from: number, count: number): Happening[] =>
    Array.from({ length: count }, (_, index) => ({
      at: monday + (from + index) * day + 20 * hour,
      entity: "shelf X",
      by: "9",
      payload: { reason: "OTHER" },
    }));

  test("the same shelf by the same hand, day after day, is one anomaly", () => {
    const found = look([writeOff], transactionsOf([...ordinary(28), ...thefts(12, 10)]));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ entity_type: "thing", entity_id: "shelf X", actor: { id: "9" } });
    expect(found[0]!.numbers["value"]).toBe(10);
    expect(found[0]!.business_event_ids).toHaveLength(10);
    expect(found[0]!.detected_at < "2026-01-20").toBe(true);
  });

  test("is silent while hardly anything was seen", () =>
    expect(look([writeOff], transactionsOf([...ordinary(1), ...thefts(0, 4)]))).toEqual([]));

  test("says nothing where things come again all the time", () => {
    const busy = ordinary(28).map((one, index) => ({ ...one, entity: `shelf ${index % 6}` }));
    expect(look([writeOff], transactionsOf([...busy, ...thefts(20, 3)]))).toEqual([]);
  });

  test("says nothing of what has a reason", () => {
    const counted = thefts(12, 6).map((one) => ({ ...one, payload: { reason: "COUNT" } }));
    expect(look([writeOff], transactionsOf([...ordinary(28), ...counted]))).toEqual([]);
  });
});

describe("rate", () => {
  const refunds = watchOf({ detector: "rate", key: ["actor"], about: "user", per: ["sale.made"] });
  const users = Array.from({ length: 10 }, (_, index) => String(index));
  /** Fifty sales a day for each, and a refund every other day. */
  const ordinary = (days: number): Happening[] =>
    users.flatMap((by, user) =>
      Array.from({ length: days }, (_, index): Happening[] => {
        const at = monday + index * day + 9 * hour + user * 60_000;
        const sales = Array.from({ length: 50 }, (__, sale) => ({ at: at + sale * 600_000, type: "sale.made", by }));
        return (index + user) % 2 === 0 ? [...sales, { at: at + hour, by }] : sales;
      }).flat(),
    );
  const ring = (from: number, by: string): Happening[] =>
    Array.from({ length: 30 }, (_, index) => ({
      at: monday + (from + Math.floor(index / 6)) * day + (10 + (index % 6)) * hour,
      by,
    }));

  test("refunds far beyond the rate of the others, on five days, are one anomaly", () => {
    const found = look([refunds], transactionsOf([...ordinary(14), ...ring(6, "4")]));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ entity_type: "user", entity_id: "4" });
    expect(found[0]!.detected_at < "2026-01-13").toBe(true);
    expect(found[0]!.numbers["value"]).toBeGreaterThan(20);
  });

  test("who sells ten times as much may take back ten times as much", () => {
    const busy = Array.from({ length: 14 * 500 }, (_, index) => ({
      at: monday + index * 170_000,
      type: "sale.made",
      by: "b",
    }));
    const back = Array.from({ length: 70 }, (_, index) => ({ at: monday + index * 4.7 * hour, by: "b" }));
    expect(look([refunds], transactionsOf([...ordinary(14), ...busy, ...back]))).toEqual([]);
  });

  test("is silent while hardly any refunds were seen", () =>
    expect(look([refunds], transactionsOf([...ordinary(1), ...ring(0, "4").slice(0, 6)]))).toEqual([]));

  test("what a person expects does not come again", () => {
    const twice = transactionsOf([...ordinary(26), ...ring(6, "4"), ...ring(18, "4")]);
    expect(look([refunds], twice)).toHaveLength(2);
    const found = look([refunds], twice, { onFinding: (anomaly, mark) => mark(anomaly, "expected") });
    // Marked at once, while it grows: what is far more than that is told, of the first time only.
    expect(found.map(({ to }) => to < "2026-01-17")).toEqual([true, true]);
  });
});

describe("pair", () => {
  const pair = watchOf({ detector: "pair", key: ["branch"], per: ["sale.made"] });
  const payload = { branch: "1" };
  /** User s sold it, user r takes it back; each with each, again and again. */
  const met = (seller: string, refunder: string, name: string, at: number): Happening[] => [
    { at, type: "sale.made", by: seller, entity: name, payload },
    { at: at + hour, by: refunder, entity: name, payload },
  ];
  const ordinary = Array.from({ length: 100 }, (_, index) =>
    met(`s${index % 5}`, `r${Math.floor(index / 5) % 5}`, `sale ${index}`, monday + index * 2 * hour),
  ).flat();
  const ring = Array.from({ length: 20 }, (_, index) =>
    met("s1", "r2", `ring ${index}`, monday + 5 * day + index * 3 * hour),
  ).flat();

  test("two who meet on refunds again and again", () => {
    const found = look([pair], transactionsOf([...ordinary, ...ring]));
    expect(found).toHaveLength(1);
    expect(found[0]!.reason).toContain("users s1 and r2 met on thing.done");
    expect(found[0]!.entity_id).toBe("r2");
  });

  test("nothing where each meets each", () => expect(look([pair], transactionsOf(ordinary))).toEqual([]));
  test("nothing of refunds for sales that were never seen", () =>
    expect(look([pair], transactionsOf([...ordinary, ...ring.filter(({ type }) => type === undefined)]))).toEqual([]));
});
