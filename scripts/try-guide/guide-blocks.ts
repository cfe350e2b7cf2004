// Takes a guide in Markdown; gives its blocks in order, with what a comment above each says of how it is to be followed.
// The comments, invisible to a reader: `<!-- guide: skip -->` (not for this walk), `stays running` (another terminal goes
// on), `after Ctrl-C` (in the first terminal, where an `sh` block then runs), `exit 3` (the status that it must end with),
// `server file` (lines for the server's configuration), and `fault`, with the steps that provoke what the next block
// shows, one in a line: `sh …` or `sql …`.
import { marked } from "marked";

export interface GuideBlock {
  /** `sh`, `sql`, `ini`, `text` … as the fence says. */
  language: string;
  text: string;
  /** The nearest heading above. */
  heading: string;
  how: "run" | "skip" | "stays running" | "after Ctrl-C" | "server file";
  exit: number;
  /** What the guide shows as its output ("you see"); null where it shows nothing. */
  expected: string | null;
  /** Steps that provoke a message of the troubleshooting; empty for all others. */
  fault: FaultStep[];
}

export interface FaultStep {
  language: "sh" | "sql";
  text: string;
}

const words = ["skip", "stays running", "after Ctrl-C", "server file"] as const;
const comment = /^<!--\s*guide:\s*([\s\S]*?)\s*-->\s*$/;

export function readGuide(markdown: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  let heading = "";
  let note = "";
  let isBlockBefore = false;
  for (const token of marked.lexer(markdown).flatMap(withListItems)) {
    if (token.type === "heading") heading = token.text;
    if (token.type === "html") note = comment.exec(token.text.trim())?.[1] ?? "";
    if (token.type === "code") {
      const language = token.lang ?? "";
      const before = blocks.at(-1);
      const isOutput = language === "text" && note === "" && before !== undefined && isBlockBefore;
      if (isOutput && before.expected === null) before.expected = token.text;
      else blocks.push({ language, text: token.text, heading, expected: null, ...readNote(note, language) });
      note = "";
    }
    isBlockBefore = token.type === "code" || (isBlockBefore && !["heading", "html"].includes(token.type));
  }
  return blocks;
}

interface Flat {
  type: string;
  text: string;
  lang?: string;
}

/** Blocks may stand in the items of a list. */
function withListItems(token: { type: string; raw: string; text?: string; lang?: string; items?: unknown }): Flat[] {
  if (token.type === "list" && Array.isArray(token.items))
    return (token.items as { tokens: Parameters<typeof withListItems>[0][] }[]).flatMap(({ tokens }) =>
      tokens.flatMap(withListItems),
    );
  const { type, raw, text = raw, lang } = token;
  return [{ type, text, ...(lang === undefined ? {} : { lang }) }];
}

function readNote(note: string, language: string): Pick<GuideBlock, "how" | "exit" | "fault"> {
  const [first = "", ...rest] = note.split("\n");
  const isRunnable = language === "sh" || language === "sql";
  if (first === "") return { how: isRunnable ? "run" : "skip", exit: 0, fault: [] };
  if (first === "fault") return { how: "skip", exit: 0, fault: rest.map(readStep) };
  const exit = /^exit (\d+)$/.exec(first)?.[1];
  if (exit !== undefined) return { how: "run", exit: Number(exit), fault: [] };
  const how = words.find((word) => word === first);
  if (how !== undefined) return { how, exit: 0, fault: [] };
  throw new Error(`a guide's comment says "${first}", which is none of its words`);
}

function readStep(line: string): FaultStep {
  const [, language, text] = /^\s*(sh|sql) (.+)$/.exec(line) ?? [];
  if (text === undefined) throw new Error(`a step of a fault must begin with sh or sql: ${line}`);
  return { language: language as FaultStep["language"], text };
}
