// serve/cli: anomalies and explanations -> lines for a terminal.
import type { AnomalyPage, Explanation, MarkedAnomaly } from "../../model/answer-schema.ts";
import { renderDetection } from "./render-detection.ts";
import { renderEnd } from "./render-events.ts";
import { nameActor, renderGround, renderItem } from "./render-trace.ts";
import { renderWords } from "./render-words.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

const colours = { low: "blue", medium: "yellow", high: "red" } as const;

export function renderAnomalies(page: AnomalyPage, voice: Voice): string[] {
  const lines = page.items.flatMap((anomaly) => [...renderAnomaly(anomaly, anomaly.kind, voice), ""]);
  return [
    ...(lines.length === 0 ? [voice.words.common.nothing, ""] : lines),
    ...renderDetection(page.detection, voice),
    ...renderEnd(page, voice),
  ];
}

export function renderExplanation(
  { subject, sentences, words: told, evidence, coverage }: Explanation,
  voice: Voice,
): string[] {
  const { words } = voice;
  const head =
    subject.kind === "anomaly" ? renderAnomaly(subject, subject.anomaly_kind, voice) : renderItem(subject, voice);
  const rests = evidence.flatMap((item) => renderItem(item, voice, true).map((line) => `  ${line}`));
  return [
    ...head,
    "",
    ...(told === null ? sentences.map((sentence) => printable(sentence, 2_000)) : renderWords(told, voice)),
    "",
    ...(rests.length === 0 ? [] : [words.explain.rests, ...rests, ""]),
    ...renderGround(coverage, voice),
  ];
}

export function renderAnomaly(anomaly: Omit<MarkedAnomaly, "kind">, kind: string, voice: Voice): string[] {
  const { words, paint, time, number } = voice;
  const { entity_type, entity_id, actor } = anomaly;
  const who = actor === null ? "" : `  ${words.actor.by(nameActor(actor, words))}`;
  const numbers = Object.entries(anomaly.numbers).map(([name, value]) => `${printable(name, 60)} ${number(value)}`);
  return [
    `${words.anomalies.about(time(anomaly.from), time(anomaly.to))}  ${paint(colours[anomaly.severity], anomaly.severity)}  ${paint("cyan", printable(kind))}  ${printable(`${entity_type} ${entity_id}`)}${who}`,
    `    ${printable(anomaly.reason, 1_000)}`,
    ...(numbers.length === 0 ? [] : [`    ${words.anomalies.numbers(numbers.join(", "))}`]),
    `    ${printable(anomaly.anomaly_id)}  ${anomaly.mark === null ? anomaly.state : renderMark(anomaly.mark, voice)}`,
  ];
}

function renderMark({ state, by, at, note }: NonNullable<MarkedAnomaly["mark"]>, { words, time }: Voice): string {
  return `${words.anomalies.marked(state, printable(by), time(at))}${note === null ? "" : `: ${printable(note, 500)}`}`;
}
