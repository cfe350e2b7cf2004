// Takes what the generator did wrong and what detection found; gives precision, recall and F1 per kind and in all, false alarms per
// day, time to detect.
// A finding is true when it rests on rows of a truth, or is about one, and their times meet; every truth it meets is found. "In all"
// counts findings of whatever kind, a kind's own recall those of its name.
import { type Anomaly as Truth, anomalyKinds } from "../../generator/anomaly.ts";
import { dayMs } from "../../src/detect/calendar.ts";
import { median } from "../../src/detect/statistics.ts";
import type { Anomaly } from "../../src/model/answer-schema.ts";

export interface Finding {
  anomaly: Anomaly;
  /** `table/key` of each row change it rests on. */
  rows: readonly string[];
  /** And of the row it is about. */
  about: string;
}

export interface Measure {
  truths: number;
  /** Truths that were found. */
  found: number;
  alarms: number;
  falseAlarms: number;
  precision: number;
  recall: number;
  f1: number;
  falseAlarmsPerDay: number;
  /** Median hours from the first row of a truth until it was noticed; null: none was. */
  hoursToDetect: number | null;
}

export interface Judgement {
  all: Measure;
  kinds: Record<string, Measure>;
  missed: Truth[];
  falseAlarms: Anomaly[];
}

/** Deletions and rows without a time of their own are told at the time of the last thing that had one, at most a night before. */
const slackMs = dayMs;

export function judge(truths: readonly Truth[], findings: readonly Finding[], days: number): Judgement {
  const meets = findings.map((finding) => truths.filter((truth) => isAbout(finding, truth)));
  const alarmsOf = (truth: Truth): Anomaly[] =>
    findings.flatMap(({ anomaly }, index) => (meets[index]!.includes(truth) ? [anomaly] : []));
  const falseAlarms = findings.flatMap(({ anomaly }, index) => (meets[index]!.length === 0 ? [anomaly] : []));
  const kinds = new Set([
    ...anomalyKinds.filter((kind) => truths.some((truth) => truth.kind === kind)),
    ...findings.map(({ anomaly }) => anomaly.kind),
  ]);
  const measureOf = (own: readonly Truth[], kind?: string): Measure => {
    const ofKind = (anomaly: Anomaly): boolean => kind === undefined || anomaly.kind === kind;
    const hours = own.flatMap((truth) => {
      const noticed = alarmsOf(truth).filter(ofKind);
      if (noticed.length === 0) return [];
      const first = Math.min(...noticed.map(({ detected_at }) => Date.parse(detected_at)));
      return [Math.max(0, first - timeOf(truth.from)) / 3_600_000];
    });
    const alarms = findings.filter(({ anomaly }) => ofKind(anomaly)).length;
    const counts = { truths: own.length, found: hours.length, alarms, falseAlarms: falseAlarms.filter(ofKind).length };
    return { ...ratios(counts, days), hoursToDetect: hours.length === 0 ? null : median(hours) };
  };
  return {
    all: measureOf(truths),
    kinds: Object.fromEntries(
      [...kinds].map((kind) => [
        kind,
        measureOf(
          truths.filter((truth) => truth.kind === kind),
          kind,
        ),
      ]),
    ),
    missed: truths.filter((truth) => alarmsOf(truth).length === 0),
    falseAlarms,
  };
}

type Counts = Pick<Measure, "truths" | "found" | "alarms" | "falseAlarms">;

/** Nothing found of nothing there is all right: 1. */
function ratios(counts: Counts, days: number): Omit<Measure, "hoursToDetect"> {
  const { truths, found, alarms, falseAlarms } = counts;
  const precision = alarms === 0 ? 1 : (alarms - falseAlarms) / alarms;
  const recall = truths === 0 ? 1 : found / truths;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { ...counts, precision, recall, f1, falseAlarmsPerDay: falseAlarms / days };
}

/** Several trades as one. */
export function together(
  judgements: readonly { judgement: Judgement; days: number }[],
): Omit<Judgement, "missed" | "falseAlarms"> {
  const days = judgements.reduce((sum, one) => sum + one.days, 0);
  const add = (measures: readonly Measure[]): Measure => {
    const sum = (of: (one: Measure) => number): number => measures.reduce((total, one) => total + of(one), 0);
    const counts = {
      truths: sum((one) => one.truths),
      found: sum((one) => one.found),
      alarms: sum((one) => one.alarms),
      falseAlarms: sum((one) => one.falseAlarms),
    };
    const hours = measures.flatMap(({ hoursToDetect }) => hoursToDetect ?? []);
    return { ...ratios(counts, days), hoursToDetect: hours.length === 0 ? null : median(hours) };
  };
  const kinds = new Set(judgements.flatMap(({ judgement }) => Object.keys(judgement.kinds)));
  return {
    all: add(judgements.map(({ judgement }) => judgement.all)),
    kinds: Object.fromEntries(
      [...kinds].map((kind) => [kind, add(judgements.flatMap(({ judgement }) => judgement.kinds[kind] ?? []))]),
    ),
  };
}

/**
 * Of the rows of a finding, so many must be of the truth: the row of a popular product is part of many sales, and one of hundreds
 * proves nothing.
 */
const shareMin = 0.05;

function isAbout({ anomaly, rows, about }: Finding, { from, to, keys }: Truth): boolean {
  const isThen = Date.parse(anomaly.from) <= timeOf(to) + slackMs && Date.parse(anomaly.to) >= timeOf(from) - slackMs;
  if (!isThen) return false;
  const own = new Set(Object.entries(keys).flatMap(([table, ids]) => ids.map((id) => `${table}/${id}`)));
  const shared = rows.filter((row) => own.has(row)).length;
  return own.has(about) || (shared > 0 && shared >= shareMin * rows.length);
}

function timeOf(businessTime: string): number {
  return Date.parse(`${businessTime.replace(" ", "T")}Z`);
}
