// ai: a model's answer -> its paragraphs, or what is wrong with its form.
import type { GroundingFault } from "./check-grounding.ts";

const paragraphsMax = 8;

export type ReadReply = { words: string } | { fault: GroundingFault };

export function readReply(text: string): ReadReply {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong("no JSON");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return wrong("no JSON object");
  const { paragraphs, ...others } = value as { paragraphs?: unknown };
  if (Object.keys(others).length > 0) return wrong("other keys than paragraphs");
  if (!Array.isArray(paragraphs) || paragraphs.length === 0 || paragraphs.length > paragraphsMax)
    return wrong(`paragraphs is not a list of 1 to ${paragraphsMax}`);
  if (!paragraphs.every((paragraph): paragraph is string => typeof paragraph === "string" && paragraph.trim() !== ""))
    return wrong("a paragraph is no text");
  return { words: paragraphs.map((paragraph) => paragraph.trim()).join("\n\n") };
}

function wrong(text: string): ReadReply {
  return { fault: { kind: "shape", text } };
}
