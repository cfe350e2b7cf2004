// Detection over months: what is long ago says nothing of today, times that are no times move nothing, and marks do what they say.
import { describe, expect, test } from "vitest";
import { createDetection } from "../../../src/detect/detection.ts";
import type { Anomaly } from "../../../src/model/answer-schema.ts";
import type { DetectorState } from "../../../src/model/detection.ts";
import {
  day,
  defaultSettings,
  type Happening,
  hour,
  look,
  monday,
  transactionsOf,
  watchOf,
} from "../../support/observed.ts";

const often = (count: number, from: number, step: number, one: (index: number) => Partial<Happening>): Happening[] =>
  Array.from({ length: count }, (_, index) => ({ at: from + index * step, ...one(index) }));

describe("repeat", () => {
  const payload = { reason: "OTHER" };
  const writeOff = watchOf({ detector: "repeat", key: ["entity", "actor"], where: { reason: ["OTHER"] } });

  test("who corrects one shelf every day for its reason is still seen when they begin to do it for none", () => {
    const ordinary = often(240, monday, 12 * hour, (index) => ({ entity: `shelf ${index}`, by: "1" }));
    const daily = often(110, monday + hour, day, () => ({ entity: "shelf Y", by: "3", payload: { reason: "COUNT" } }));
    const thefts = often(8, monday + 111 * day + hour, day, () => ({ entity: "shelf Y", by: "3", payload }));
    const some = often(30, monday + 2 * hour, 4 * day, (index) => ({ entity: `other ${index}`, by: "2", payload }));
    const found = look([writeOff], transactionsOf([...ordinary, ...daily, ...thefts, ...some]));
    expect(found.map(({ entity_id }) => entity_id)).toEqual(["shelf Y"]);
    const { samples } = found[0]!.numbers;
    expect(samples).toBeGreaterThan(50);
    expect(samples).toBeLessThan(70);
  });
});

describe("pair", () => {
  const met = (watchKey: string, seller: string, refunder: string, name: string, at: number): Happening[] => [
    { at, type: "sale.made", by: seller, entity: name, payload: { branch: watchKey } },
    { at: at + 1_000, by: refunder, entity: name, payload: { branch: watchKey } },
  ];
  const pair = watchOf({ detector: "pair", key: ["branch"], per: ["sale.made"] });
  const others = (name: string, from: number, count: number): Happening[] =>
    Array.from({ length: count }, (_, index) =>
      met("1", `s${index % 5}`, `r${Math.floor(index / 5) % 5}`, `${name} ${index}`, from + index * 2 * hour),
    ).flat();

  test("two who met often last year and once now are not told of again", () => {
    const ring = Array.from({ length: 20 }, (_, index) =>
      met("1", "a", "b", `ring ${index}`, monday + 5 * day + index * hour),
    );
    const now = monday + 300 * day;
    const later = [...others("then", monday, 100), ...others("now", now, 100), ...met("1", "a", "b", "x", now + day)];
    const found = look([pair], transactionsOf([...ring.flat(), ...later]));
    expect(found).toHaveLength(1);
    expect(found[0]!.to < "2026-02").toBe(true);
  });

  test("more people than anybody counts at one place give no anomaly without a score", () => {
    const known = Array.from({ length: 8 }, (_, index) => met("1", "a", "b", `known ${index}`, monday + index));
    const crowd = Array.from({ length: 300 }, (_, index) =>
      met("1", `s${index}`, `r${index}`, `crowd ${index}`, monday + hour + index * 2_000),
    );
    const after = Array.from({ length: 40 }, (_, index) =>
      met("1", `x${index}`, "b", `after ${index}`, monday + day + index * 2_000),
    );
    const found: Anomaly[] = [];
    const all = transactionsOf([...known, ...crowd, ...after, met("1", "a", "b", "last", monday + 2 * day)].flat());
    look([pair], all, { onFinding: (anomaly) => void found.push(anomaly) });
    for (const { score, numbers } of found)
      expect([score, ...Object.values(numbers)].every((one) => Number.isFinite(one) && one >= 0)).toBe(true);
  });
});

describe("burst", () => {
  const burst = watchOf({ detector: "burst", events: [], deletions: ["sales"] });
  const deleted = (dayIndex: number, count: number): Happening => ({
    at: monday + dayIndex * day,
    deletions: [{ table: "shop.sales", count, change_event_ids: [`c${dayIndex}`] }],
  });

  test("as many as were expected are expected, also once smaller ones are known", () => {
    const small = Array.from({ length: 8 }, (_, index) => deleted(2 + index, 2));
    const happenings = [{ at: monday }, deleted(1, 40), ...small, deleted(20, 40)];
    const expected = (anomaly: Anomaly, mark: (one: Anomaly, state: Anomaly["state"]) => void): void =>
      mark(anomaly, "expected");
    expect(look([burst], transactionsOf(happenings), { onFinding: expected })).toHaveLength(1);
  });
});

describe("a time that is no time", () => {
  const sold = watchOf({ detector: "volume", key: ["branch"], about: "branch" });
  const trade = (days: number): Happening[] =>
    Array.from({ length: days * 60 }, (_, index) => {
      const [dayIndex, one] = [Math.floor(index / 60), index % 60];
      const branch = String(one % 6);
      const at = monday + dayIndex * day + (9 + Math.floor(one / 6) / 2) * hour;
      return Array.from({ length: dayIndex === days - 1 && branch === "3" ? 8 : 2 }, (__, more) => {
        return { at: at + more, own: at + more + 5, payload: { branch } };
      });
    }).flat();

  test.each(["9999-12-31T00:00:00Z", "2027-03-01T00:00:00Z"])(
    "%s as the first that is stated does not keep it from learning",
    (wrong) => {
      const usual = look([sold], transactionsOf(trade(5)), { zone: "America/Lima" });
      expect(usual.map(({ entity_id }) => entity_id)).toEqual(["3"]);
      const odd = transactionsOf([
        { at: monday - day, own: Date.parse(wrong), payload: { branch: "1" } },
        ...trade(5).map((one) => ({ ...one, entity: `e${one.at}` })),
      ]);
      const found = look([sold], odd, { zone: "America/Lima" });
      expect(found.map(({ entity_id, from }) => [entity_id, from.slice(0, 10)])).toEqual(
        usual.map(({ entity_id, from }) => [entity_id, from.slice(0, 10)]),
      );
    },
  );
});

describe("what a person says", () => {
  const sold = watchOf({ detector: "volume", key: ["branch"], about: "branch", direction: "up", against: "own" });
  /** Ten in each of eight hours; `of` times as many on some days. */
  const trade = (days: number, of: (index: number) => number): Happening[] => [
    { at: monday - hour, payload: { branch: "1" } },
    ...Array.from({ length: days * 8 }, (_, index) => {
      const [dayIndex, clock] = [Math.floor(index / 8), 9 + (index % 8)];
      const at = monday + dayIndex * day + clock * hour;
      return often(10 * of(dayIndex), at, 1_000, () => ({ payload: { branch: "1" } }));
    }).flat(),
    { at: monday + days * day + hour, payload: { branch: "1" } },
  ];
  /** Of each day that is known at the end, whether it is out of the ordinary; everything that is found is marked at once. */
  const oddDays = (state: Anomaly["state"], happenings: readonly Happening[]): boolean[] => {
    const detection = createDetection({ watches: [sold], settings: defaultSettings, state: [], zone: "UTC" });
    let days: { odd: boolean }[] = [];
    for (const transaction of transactionsOf(happenings)) {
      detection.observe(transaction);
      for (const anomaly of detection.takeFindings()) detection.mark(anomaly, state);
      const past = detection.takeState().find(({ key }) => key === "past|1")?.state;
      if (past !== null && past !== undefined) days = structuredClone(past["days"]) as unknown as typeof days;
    }
    return days.map(({ odd }) => odd);
  };

  test("more than was expected, while that goes on, is another anomaly, which is open", () => {
    const happenings = transactionsOf(trade(12, (index) => (index === 9 ? 3 : index === 10 ? 30 : 1)));
    let marked: Anomaly | undefined;
    const found = look([sold], happenings, {
      onFinding(anomaly, mark) {
        if (marked === undefined || marked.anomaly_id === anomaly.anomaly_id) mark(anomaly, "expected");
        marked ??= anomaly;
      },
    });
    expect(found).toHaveLength(2);
    expect(found[1]!.from.slice(0, 10)).toBe("2026-01-15");
  });

  test("a day that is expected before it is over is part of the baseline", () => {
    const happenings = trade(12, (index) => (index === 9 ? 4 : 1));
    expect(oddDays("open", happenings)[9]).toBe(true);
    expect(oddDays("expected", happenings)).not.toContain(true);
  });

  test("what is confirmed and goes on for seven days is not taken for usual", () => {
    const happenings = trade(20, (index) => (index >= 10 && index < 18 ? 4 : 1));
    expect(oddDays("open", happenings).slice(11, 17)).toContain(false);
    expect(oddDays("confirmed", happenings).slice(11, 17)).not.toContain(false);
  });
});

test("what it remembers is the same, wherever it is cut", () => {
  const twice = watchOf({ detector: "self" });
  const some = often(396, monday, 0.7 * hour, (index) =>
    index % 9 === 0 ? { entity: String(index % 90), by: String(index % 90) } : {},
  );
  const transactions = transactionsOf(some);
  const remembered = (cuts: ReadonlySet<number>): DetectorState[] => {
    const rows = new Map<string, DetectorState>();
    const open = () =>
      createDetection({
        watches: [twice],
        settings: defaultSettings,
        state: structuredClone([...rows.values()]),
        zone: "UTC",
      });
    let detection = open();
    const take = (): void => {
      for (const row of structuredClone(detection.takeState())) {
        if (row.state === null) rows.delete(`${row.watch} ${row.key}`);
        else rows.set(`${row.watch} ${row.key}`, row);
      }
    };
    for (const [index, transaction] of transactions.entries()) {
      if (cuts.has(index)) {
        take();
        detection = open();
      }
      detection.observe(transaction);
    }
    take();
    return [...rows.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  };
  const whole = remembered(new Set());
  for (let cut = 386; cut < 396; cut += 1) expect(remembered(new Set([cut]))).toEqual(whole);
});

test("a key that is cut off in the middle of a character is one key after a restart", () => {
  const grows = watchOf({ detector: "first-time", key: ["place"], value: "what", samples: 10 });
  const detection = createDetection({ watches: [grows], settings: defaultSettings, state: [], zone: "UTC" });
  const place = `${"x".repeat(99)}😀`;
  for (const transaction of transactionsOf([{ at: monday, payload: { place, what: place } }]))
    detection.observe(transaction);
  for (const { key, state } of detection.takeState()) {
    expect(key.isWellFormed()).toBe(true);
    expect(Object.keys((state as { values?: object } | null)?.values ?? {}).every((one) => one.isWellFormed())).toBe(
      true,
    );
  }
});
