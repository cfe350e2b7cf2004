// Takes the blocks of a guide and a stage; follows them one after the other and says whether all came as the guide says.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { firstMissingLine } from "./compare-output.ts";
import { follow, type Reader, provoke } from "./follow-block.ts";
import type { GuideBlock } from "./guide-blocks.ts";
import type { Stage } from "./stage.ts";
import { type Ran, Terminal } from "./terminal.ts";

export interface Walk {
  path: string;
  blocks: readonly GuideBlock[];
  stage: Stage;
  lang: string;
  print: (line: string) => void;
}

/** A person reads what has come before they go on. */
const readingMs = 2_000;
const asksMax = 5;

export async function walkGuide({ path, blocks, stage, lang, print }: Walk): Promise<boolean> {
  const environment = { LANG: lang === "es" ? "es_PE.UTF-8" : "en_US.UTF-8" };
  const openTerminal = (): Terminal => new Terminal(stage.reader, environment);
  const password = randomBytes(15).toString("base64url");
  const reader: Reader = { stage, password, demoPort: null, openTerminal, terminals: [openTerminal()] };
  const failures: string[] = [];
  const startedAt = performance.now();
  let tracedAfter: number | null = null;
  try {
    for (const block of blocks.filter(({ how, fault }) => how !== "skip" || fault.length > 0)) {
      await delay(readingMs);
      const problem = await takeStep(block, reader, print);
      if (problem === null && /^auditctl trace/m.test(block.text)) tracedAfter ??= performance.now() - startedAt;
      if (problem === null) continue;
      failures.push(`${block.heading}: ${problem}`);
      // What comes after a step that failed tells nothing; faults stand each for itself.
      if (block.fault.length === 0) break;
    }
  } finally {
    for (const terminal of reader.terminals) terminal[Symbol.dispose]();
  }
  print(`\n${path}: ${failures.length === 0 ? "followed to its end" : `FAILED\n  ${failures.join("\n  ")}`}`);
  const reading = `${readingMs / 1000} s of reading before each block included`;
  if (tracedAfter !== null) print(`first traced event after ${seconds(tracedAfter)} (${reading})`);
  print(`all of it took ${seconds(performance.now() - startedAt)}`);
  return failures.length === 0;
}

/** One block: followed, printed, judged. Gives what is wrong, or null. */
async function takeStep(block: GuideBlock, reader: Reader, print: Walk["print"]): Promise<string | null> {
  const isFault = block.fault.length > 0;
  const typed = isFault ? block.fault.map(({ language, text }) => `(${language}) ${text}`).join("\n") : block.text;
  const expected = isFault ? block.text : block.expected;
  const startedAt = performance.now();
  let ran = isFault ? await provoke(block.fault, reader) : await follow(block, reader);
  // The guide says: not there yet, ask again. How often is said below.
  let asked = 1;
  for (; mayAskAgain(block, ran, expected) && asked < asksMax; asked += 1) {
    await delay(readingMs);
    ran = await follow(block, reader);
  }
  const output = ran.output.replaceAll("\r", "").trimEnd();
  const problem = judge(block, { ...ran, output }, expected, reader.password);
  print(`\n── ${block.heading} ── ${block.how === "server file" ? "server file" : block.language}`);
  for (const line of typed.split("\n")) print(`$ ${line}`);
  if (output !== "") print(output.replaceAll(reader.password, "(the password)"));
  const times = asked > 1 ? `, asked ${asked} times` : "";
  print(problem === null ? `✓ ${seconds(performance.now() - startedAt)}${times}` : `✗ ${problem}`);
  return problem;
}

/** A question to the trail, right after a change: capture may need a moment, above all on a busy machine. */
function mayAskAgain({ how, text }: GuideBlock, { output }: Ran, expected: string | null): boolean {
  const isQuestion = how === "run" && /^(?:cd \S+\n)?auditctl (?:trace|events|anomalies) /.test(text);
  return isQuestion && expected !== null && firstMissingLine(expected, output) !== null;
}

function judge(block: GuideBlock, ran: Ran, expected: string | null, password: string): string | null {
  if (ran.exit !== block.exit) return `ended with status ${ran.exit}, not ${block.exit}`;
  // The one word that no output may hold: nothing that is typed in a guide prints it.
  if (ran.output.includes(password)) return "prints the password";
  const missing = expected === null ? null : firstMissingLine(expected, ran.output);
  return missing === null ? null : `the guide shows a line that did not come:\n    ${missing}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
