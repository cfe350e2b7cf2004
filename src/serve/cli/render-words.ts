// serve/cli: the words of a summary or an explanation -> lines for a terminal, and a line that says whose words they are.
import type { Words } from "../../model/answer-schema.ts";
import { printable } from "./terminal.ts";
import type { Voice } from "./voice.ts";

const widthMax = 100;
const charactersMax = 4_000;

export function renderWords({ text, ...origin }: Words, voice: Voice): string[] {
  const width = Math.min(voice.width ?? widthMax, widthMax);
  const paragraphs = text
    .split(/\n+/)
    .flatMap((paragraph) => [...wrap(printable(paragraph, charactersMax), width), ""]);
  return [...paragraphs, voice.paint("dim", describeOrigin(origin, voice))];
}

function describeOrigin(
  { worded_by, model, prompt_version, fallback, written_at, stored }: Omit<Words, "text">,
  { words, time }: Voice,
): string {
  const { byRules, byModel, notStored, storedAt, instead } = words.wording;
  const by = worded_by === "rules" ? byRules : byModel(printable(model ?? "", 60), String(prompt_version ?? ""));
  const kept = stored && written_at !== null ? storedAt(time(written_at)) : notStored;
  return [by, kept, ...(fallback === null ? [] : [instead(printable(fallback, 200))])].join("; ");
}

/** At spaces; a word that is longer than the line stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
