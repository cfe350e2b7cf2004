// Takes the blocks of a guide and a stage; follows them one after the other and says whether all came as the guide says.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { firstMissingLine } from "./compare-output.ts";
import type { FaultStep, GuideBlock } from "./guide-blocks.ts";
import { pressCtrlC, type Stage, sqlInside } from "./stage.ts";
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
const blockTimeoutMs = 240_000;
const asksMax = 5;
/** Until what stays running says that it runs; the demo plays its trade first. */
const startTimeoutMs = 300_000;
/** What a reader is told to replace by something of their own. */
const placeholders = { password: "A-PASSWORD-OF-YOUR-OWN", port: "33060" };

export async function walkGuide({ path, blocks, stage, lang, print }: Walk): Promise<boolean> {
  const environment: Record<string, string> = lang === "es" ? { LANG: "es_PE.UTF-8" } : { LANG: "en_US.UTF-8" };
  const password = randomBytes(15).toString("base64url");
  const terminals: Terminal[] = [new Terminal(stage.reader, environment)];
  const failures: string[] = [];
  const startedAt = performance.now();
  let demoPort: string | null = null;
  let tracedAfter: number | null = null;

  const replace = (text: string): string =>
    text.replaceAll(placeholders.password, password).replaceAll(placeholders.port, demoPort ?? placeholders.port);
  const sql = async (text: string): Promise<Ran> => {
    const output = demoPort === null ? stage.sql(replace(text)) : sqlInside(stage.reader, demoPort, replace(text));
    return await output.then((answer) => ({ output: answer, exit: 0 }), failed);
  };
  const typeIn = async (text: string): Promise<Ran> =>
    (await terminals.at(-1)?.run(replace(text), blockTimeoutMs)) ?? { output: "", exit: -1 };
  const leaveRunning = async (block: GuideBlock, terminal = terminals.at(-1)): Promise<Ran> => {
    const isThere = (output: string): boolean => firstMissingLine(block.expected ?? "", output) === null;
    const ran = await terminal?.leaveRunning(replace(block.text), isThere, startTimeoutMs);
    if (terminal === terminals.at(-1)) terminals.push(new Terminal(stage.reader, environment));
    demoPort ??= / -P (\d+) -u root pharmacy/.exec(ran?.output ?? "")?.[1] ?? null;
    return ran ?? { output: "", exit: -1 };
  };
  const provoke = async (steps: readonly FaultStep[]): Promise<Ran> => {
    let output = "";
    for (const { language, text } of steps) output += (await (language === "sql" ? sql(text) : typeIn(text))).output;
    return { output, exit: 0 };
  };
  const follow = async (block: GuideBlock): Promise<Ran> => {
    if (block.how === "server file")
      return await stage.configureServer(block.text).then(() => ({ output: "", exit: 0 }), failed);
    if (block.how === "stays running") return await leaveRunning(block);
    if (block.how === "after Ctrl-C") {
      await pressCtrlC(stage.reader);
      await terminals[0]?.untilEnded(blockTimeoutMs);
      if (block.language === "sh") return await leaveRunning(block, terminals[0]);
    }
    return await (block.language === "sql" ? sql(block.text) : typeIn(block.text));
  };

  try {
    for (const block of blocks) {
      if (block.how === "skip" && block.fault.length === 0) continue;
      const isFault = block.fault.length > 0;
      const shown = isFault ? block.fault.map(({ language, text }) => `(${language}) ${text}`).join("\n") : block.text;
      const expected = isFault ? block.text : block.expected;
      await delay(readingMs);
      const at = performance.now();
      let ran = isFault ? await provoke(block.fault) : await follow(block);
      // The guide says: not there yet, ask again. What is asked twice is said below.
      let asked = 1;
      while (mayAskAgain(block, ran, expected) && asked < asksMax) {
        await delay(readingMs);
        ran = await follow(block);
        asked += 1;
      }
      const output = ran.output.replaceAll("\r", "").trimEnd();
      const problem = judge(block, { ...ran, output }, expected, password);
      print(`\n── ${block.heading} ── ${block.how === "server file" ? "server file" : block.language}`);
      print(
        shown
          .split("\n")
          .map((line) => `$ ${line}`)
          .join("\n"),
      );
      if (output !== "") print(output.replaceAll(password, "(the password)"));
      print(
        problem === null
          ? `✓ ${seconds(performance.now() - at)}${asked > 1 ? `, asked ${asked} times` : ""}`
          : `✗ ${problem}`,
      );
      if (problem !== null) failures.push(`${block.heading}: ${problem}`);
      if (problem !== null && !isFault) break;
      if (problem === null && block.text.startsWith("auditctl trace")) tracedAfter ??= performance.now() - startedAt;
    }
  } finally {
    for (const terminal of terminals) terminal[Symbol.dispose]();
  }
  print(`\n${path}: ${failures.length === 0 ? "followed to its end" : `FAILED\n  ${failures.join("\n  ")}`}`);
  if (tracedAfter !== null)
    print(
      `first traced event after ${seconds(tracedAfter)}, of which ${readingMs / 1000} s before each block are for reading`,
    );
  print(`all of it took ${seconds(performance.now() - startedAt)}`);
  return failures.length === 0;
}

/** A question to the trail, right after a change: capture may need a moment, above all on a busy machine. */
function mayAskAgain({ how, text }: GuideBlock, { output }: Ran, expected: string | null): boolean {
  const isQuestion = how === "run" && /^(?:cd \S+\n)?auditctl (?:trace|events|anomalies) /.test(text);
  return isQuestion && expected !== null && firstMissingLine(expected, output) !== null;
}

function judge(block: GuideBlock, ran: Ran, expected: string | null, password: string): string | null {
  if (ran.exit !== block.exit) return `ended with status ${ran.exit}, not ${block.exit}`;
  // The one word that no output may hold, once it is typed. A block that sets it does not print it.
  if (ran.output.includes(password)) return "prints the password";
  const missing = expected === null ? null : firstMissingLine(expected, ran.output);
  return missing === null ? null : `the guide shows a line that did not come:\n    ${missing}`;
}

function failed(error: unknown): Ran {
  return { output: error instanceof Error ? error.message : String(error), exit: 1 };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
