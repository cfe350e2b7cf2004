// Detection as a whole: the application's clock, wherever it is cut and resumed, small state, what it says of its baselines.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultTrade } from "../../../generator/trade-options.ts";
import { createDetection } from "../../../src/detect/detection.ts";
import { watchesOf } from "../../../src/infer/watches.ts";
import { loadPacks } from "../../../src/pipeline/load-rules.ts";
import { day, defaultSettings, hour, look, monday, transactionsOf, watchOf } from "../../support/observed.ts";
import { observeTrade } from "../../support/observed-trade.ts";

const watches = watchesOf(loadPacks(["pharmacy"]));
const trade = observeTrade({ ...defaultTrade, seed: 5, days: 9, branches: 5, salesPerBranchDay: 60 });

describe("cut anywhere and resumed", () => {
  const whole = look(watches, trade.transactions);
  test("there is something to find", () => expect(new Set(whole.map(({ kind }) => kind)).size).toBeGreaterThan(5));

  test("it finds the same", () => {
    const { length } = trade.transactions;
    const cut = fc.array(fc.integer({ min: 1, max: length - 1 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(cut, (cuts) => {
        expect(look(watches, trade.transactions, { cuts: new Set(cuts) })).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test("after every transaction", () => {
    const part = trade.transactions.slice(0, 400);
    const cuts = new Set(part.keys());
    expect(look(watches, part, { cuts })).toEqual(look(watches, part));
  }, 60_000);

  test("with what people said of it in between", () => {
    const options = {
      onFinding: (anomaly, mark) => mark(anomaly, anomaly.anomaly_id < "8" ? "expected" : "confirmed"),
    } satisfies Parameters<typeof look>[2];
    const cuts = new Set(Array.from({ length: 50 }, (_, index) => index * 97));
    expect(look(watches, trade.transactions, { ...options, cuts })).toEqual(look(watches, trade.transactions, options));
  }, 60_000);
});

describe("the clock", () => {
  const night = watchOf({ detector: "after-hours", events: ["thing.done"], key: ["actor"], about: "user" });
  const settings = { businessHours: "08:00-20:00" };

  test("old business that is played in fast keeps its own time", () => {
    const at = (index: number) => ({ at: monday + 400 * day + index, own: monday + 10 * hour + index * 60_000 });
    const played = transactionsOf([at(0), at(1), { at: monday + 400 * day + 2, own: monday + 2 * hour }]);
    const [anomaly] = look([night], played, { settings });
    expect(anomaly).toMatchObject({ from: "2026-01-05T02:00:00.000000Z" });
  });

  test("what states no time is as far from its commit as the others are", () => {
    const base = monday + 400 * day;
    const stated = Array.from({ length: 5 }, (_, index) => ({ at: base + index, own: monday + 23 * hour, by: null }));
    const [anomaly] = look([night], transactionsOf([...stated, { at: base + 10 }]), { settings });
    expect(anomaly!.from.slice(0, 13)).toBe("2026-01-05T23");
  });

  test("one time that is years off moves nothing", () => {
    const odd = [0, 1, 2, 3, 4, 5].map((index) => ({
      at: monday + 10 * hour + index,
      own: monday + 10 * hour + index + 1,
    }));
    const wrong = { at: monday + 11 * hour, own: Date.parse("2099-01-01T03:00:00Z") };
    expect(look([night], transactionsOf([...odd, wrong, { at: monday + 12 * hour }]), { settings })).toEqual([]);
  });
});

test("an anomaly is plain: text of rows stays text, evidence ends, numbers are numbers", () => {
  const watch = watchOf({ detector: "self" });
  const payload = { role: "\u001B[31mADMIN\n<script>" };
  const many = Array.from({ length: 300 }, (_, index) => ({ at: monday + index, entity: "9", by: "9", payload }));
  const [anomaly] = look([watch], transactionsOf(many));
  expect(anomaly!.reason).not.toMatch(/\p{Cc}/u);
  expect(anomaly!.business_event_ids.length).toBeLessThanOrEqual(200);
  expect(Object.values(anomaly!.numbers).every(Number.isFinite)).toBe(true);
});

test("it says what it has learned, and what it lacks", () => {
  const detection = createDetection({ watches, settings: defaultSettings, state: [], zone: "UTC" });
  const ready = () => detection.baselines().flatMap(({ watch, ready: is }) => (is ? watch : []));
  expect(ready()).not.toContain("branch-spike");
  expect(detection.baselines()[0]).toMatchObject({ watch: "shrinkage", since: null, samples: 0, ready: false });
  for (const transaction of trade.transactions) detection.observe(transaction);
  expect(ready()).toEqual(expect.arrayContaining(["branch-spike", "after-hours", "refund-ring", "price-step"]));
  expect(detection.baselines()[0]!.since!.slice(0, 10)).toBe("2026-01-04");
});

test("what it remembers stays small, and only what changed is given out", () => {
  const detection = createDetection({ watches, settings: defaultSettings, state: [], zone: "UTC" });
  const rows = new Map<string, number>();
  for (const transaction of trade.transactions) {
    detection.observe(transaction);
    for (const { watch, key, state } of detection.takeState()) {
      if (state === null) rows.delete(`${watch} ${key}`);
      else rows.set(`${watch} ${key}`, JSON.stringify(state).length);
    }
  }
  expect(detection.takeState()).toEqual([]);
  const bytes = [...rows.values()].reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeLessThan(1_500_000);
  expect(Math.max(...rows.values())).toBeLessThan(40_000);
});
