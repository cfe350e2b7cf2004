// serve/cli: how far detection has come -> lines for a terminal: no anomalies is good news only of what has been looked at.
import type { DetectionProgress } from "../../model/detection-progress.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

/** @param labelWidth columns of the word at the left */
export function renderDetection(detection: DetectionProgress | null, voice: Voice, labelWidth = 0): string[] {
  const { words, time, count, paint } = voice;
  const label = `${words.detection.label} `.padEnd(labelWidth);
  if (detection === null) return [`${label}${words.detection.never}`];
  const { to_time, behind, learning } = detection;
  const read = to_time === null ? words.detection.notYet : words.detection.upTo(time(to_time));
  const rest =
    behind === 0
      ? words.detection.all
      : paint("yellow", words.detection.behind(count(behind, words.count.ledgerEntry)));
  const watches = learning.map((watch) => `${printable(watch.watch)} (${renderSamples(watch, voice)})`);
  return [
    `${label}${read}, ${rest}`,
    ...(watches.length === 0 ? [] : [`${" ".repeat(label.length)}${words.detection.learning(watches.join(", "))}`]),
  ];
}

function renderSamples(
  { samples, samples_needed, unit }: DetectionProgress["learning"][number],
  { words, number }: Voice,
): string {
  return words.detection[unit](number(samples), number(samples_needed));
}
