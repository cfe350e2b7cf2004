// Takes measures; gives them as a table for people, and as one object for programs.
import type { Judgement, Measure } from "./judge.ts";

export interface SeedJudgement {
  seed: number;
  days: number;
  judgement: Judgement;
}

type Measures = Pick<Judgement, "all" | "kinds">;

export function renderTable({ all, kinds }: Measures): string {
  const rows = [...Object.entries(kinds), ["in all", all] as const].map(([name, measure]) => row(name, cells(measure)));
  return [
    row("", ["truths", "found", "alarms", "false", "precision", "recall", "F1", "false/day", "hours"]),
    ...rows,
    "",
  ].join("\n");
}

/** What was missed and what was told for nothing: the first thing one asks. */
export function renderFaults({ seed, judgement }: SeedJudgement): string {
  const missed = judgement.missed.map(
    ({ kind, from, description }) => `seed ${seed}  missed  ${from}  ${kind}: ${description}`,
  );
  const told = judgement.falseAlarms.map(
    ({ kind, from, reason }) => `seed ${seed}  false   ${from.slice(0, 19).replace("T", " ")}  ${kind}: ${reason}`,
  );
  return [...missed, ...told].map((line) => `${line}\n`).join("");
}

export function toJson(measures: Measures, seeds: readonly SeedJudgement[], options: object): string {
  const ofSeeds = seeds.map(({ seed, judgement }) => ({ seed, ...plain(judgement) }));
  return `${JSON.stringify({ ...options, ...plain(measures), seeds: ofSeeds })}\n`;
}

function plain({ all, kinds }: Measures): object {
  return { ...all, kinds };
}

function cells(measure: Measure): string[] {
  const { truths, found, alarms, falseAlarms, precision, recall, f1, falseAlarmsPerDay, hoursToDetect } = measure;
  // Kinds that the generator does not play have nothing to recall.
  const ratio = (value: number, of: number): string => (of === 0 ? "–" : value.toFixed(3));
  return [
    String(truths),
    String(found),
    String(alarms),
    String(falseAlarms),
    ratio(precision, alarms),
    ratio(recall, truths),
    ratio(f1, truths),
    falseAlarmsPerDay.toFixed(2),
    hoursToDetect === null ? "–" : hoursToDetect.toFixed(1),
  ];
}

function row(name: string, values: readonly string[]): string {
  return `${name.padEnd(18)}${values.map((value) => value.padStart(10)).join("")}`;
}
