// The figures of `npm run eval:anomalies`, from a hand-made truth: four things that were wrong, five that were told.
import { describe, expect, test } from "vitest";
import type { Anomaly as Truth } from "../../../generator/anomaly.ts";
import { type Finding, judge, together } from "../../../scripts/eval-anomalies/judge.ts";
import { renderTable } from "../../../scripts/eval-anomalies/render.ts";

const truth = (kind: Truth["kind"], day: string, keys: Truth["keys"]): Truth => {
  return { kind, from: `${day} 10:00:00`, to: `${day} 12:00:00`, keys, description: kind };
};
const told = (kind: string, day: string, hour: string, rows: string[], about = "none/0"): Finding => {
  const at = `${day}T${hour}:00:00.000000Z`;
  const anomaly = {
    anomaly_id: `${kind} ${day}`,
    kind,
    severity: "low",
    score: 4,
    state: "open",
    reason: kind,
  } as const;
  const evidence = {
    entity_type: "x",
    entity_id: "1",
    actor: null,
    numbers: {},
    business_event_ids: [],
    change_event_ids: rows,
  };
  return { anomaly: { ...anomaly, ...evidence, from: at, to: at, detected_at: at }, rows, about };
};

const truths = [
  truth("shrinkage", "2026-01-06", { inventory: [31] }),
  truth("branch-spike", "2026-01-08", { branches: [2] }),
  truth("refund-ring", "2026-01-10", { returns: [5, 6] }),
  truth("lost-transfer", "2026-01-20", { inventory: [77] }),
];
const findings = [
  told("shrinkage", "2026-01-06", "14", ["inventory/31", "inventory/31"]),
  told("branch-spike", "2026-01-08", "11", ["sales/1"], "branches/2"),
  // Found, by another name.
  told("void-rate", "2026-01-10", "20", ["returns/5", "sales/9"]),
  // The right row, but weeks later.
  told("lost-transfer", "2026-02-20", "10", ["inventory/77"]),
  // One row of hundreds is chance.
  told("after-hours", "2026-01-20", "10", [
    "inventory/77",
    ...Array.from({ length: 99 }, (_, index) => `sales/${index}`),
  ]),
];

describe("of a known truth", () => {
  const { all, kinds, missed, falseAlarms } = judge(truths, findings, 20);
  test("in all", () => {
    expect(all).toMatchObject({ truths: 4, found: 3, alarms: 5, falseAlarms: 2, precision: 0.6, recall: 0.75 });
    expect(all.f1).toBeCloseTo(2 / 3);
    expect(all.falseAlarmsPerDay).toBe(0.1);
    // 4, 1 and 10 hours after the first row.
    expect(all.hoursToDetect).toBe(4);
  });
  test("a kind counts what was told by its name", () => {
    expect(kinds["shrinkage"]).toMatchObject({ truths: 1, found: 1, precision: 1, recall: 1, f1: 1 });
    expect(kinds["refund-ring"]).toMatchObject({ truths: 1, found: 0, alarms: 0, recall: 0, hoursToDetect: null });
    expect(kinds["lost-transfer"]).toMatchObject({ falseAlarms: 1, precision: 0, recall: 0, f1: 0 });
    expect(kinds["void-rate"]).toMatchObject({ truths: 0, alarms: 1, falseAlarms: 0, precision: 1 });
  });
  test("what was missed and what was told for nothing", () => {
    expect(missed.map(({ kind }) => kind)).toEqual(["lost-transfer"]);
    expect(falseAlarms.map(({ kind }) => kind)).toEqual(["lost-transfer", "after-hours"]);
  });
});

test("several trades are one measure, not the mean of several", () => {
  const good = judge(truths.slice(0, 1), findings.slice(0, 1), 20);
  const bad = judge(truths.slice(3), findings.slice(3), 20);
  const { all, kinds } = together([good, bad].map((judgement) => ({ judgement, days: 20 })));
  expect(all).toMatchObject({ truths: 2, found: 1, alarms: 3, falseAlarms: 2, recall: 0.5, falseAlarmsPerDay: 0.05 });
  expect(all.precision).toBeCloseTo(1 / 3);
  expect(Object.keys(kinds).sort()).toEqual(["after-hours", "lost-transfer", "shrinkage"]);
});

test("nothing wrong and nothing told is all right", () => {
  expect(judge([], [], 28).all).toMatchObject({
    precision: 1,
    recall: 1,
    f1: 1,
    falseAlarmsPerDay: 0,
    hoursToDetect: null,
  });
});

test("the table has a row for each kind, and one for all", () => {
  const lines = renderTable(judge(truths, findings, 20))
    .trimEnd()
    .split("\n");
  expect(lines.at(-1)).toMatch(/^in all +4 +3 +5 +2 +0\.600 +0\.750 +0\.667 +0\.10 +4\.0$/);
  expect(lines).toHaveLength(8);
});
