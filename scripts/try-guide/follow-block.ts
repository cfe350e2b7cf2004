// Takes a block of a guide; does what a reader would with it: types it into a terminal, gives it to the server's console or
// into its configuration file, or provokes a fault.
import { firstMissingLine } from "./compare-output.ts";
import type { FaultStep, GuideBlock } from "./guide-blocks.ts";
import { pressCtrlC, type Stage, sqlInside } from "./stage.ts";
import type { Ran, Terminal } from "./terminal.ts";

export interface Reader {
  stage: Stage;
  /** What stands in the place of the guide's. */
  password: string;
  /** Of the demo's own server, once it has said it. From then on SQL goes there. */
  demoPort: string | null;
  openTerminal: () => Terminal;
  /** The last one is where the reader types. */
  terminals: [Terminal, ...Terminal[]];
}

/** Generous: a busy machine takes ten times as long as a free one. */
const blockTimeoutMs = 900_000;
/** What a reader is told to replace by something of their own. */
const placeholders = { password: "A-PASSWORD-OF-YOUR-OWN", port: "33060" };

export async function follow(block: GuideBlock, reader: Reader): Promise<Ran> {
  const { stage, terminals } = reader;
  if (block.how === "server file") return await settle(stage.configureServer(block.text).then(() => ""));
  if (block.how === "after Ctrl-C") {
    await pressCtrlC(stage.reader);
    await terminals[0].untilEnded(blockTimeoutMs);
    if (block.language === "sh") return await leaveRunning(block, terminals[0], reader);
  }
  if (block.how !== "stays running") return await type(block.language, block.text, reader);
  const ran = await leaveRunning(block, current(reader), reader);
  terminals.push(reader.openTerminal());
  reader.demoPort ??= / -P (\d+) -u root pharmacy/.exec(ran.output)?.[1] ?? null;
  return ran;
}

/** The steps of a fault; gives all that they print, and takes no offence at how they end. */
export async function provoke(steps: readonly FaultStep[], reader: Reader): Promise<Ran> {
  let output = "";
  for (const { language, text } of steps) output += (await type(language, text, reader)).output;
  return { output, exit: 0 };
}

async function type(language: string, text: string, reader: Reader): Promise<Ran> {
  const { stage, demoPort, password } = reader;
  const typed = text
    .replaceAll(placeholders.password, password)
    .replaceAll(placeholders.port, demoPort ?? placeholders.port);
  if (language !== "sql") return await current(reader).run(typed, blockTimeoutMs);
  return await settle(demoPort === null ? stage.sql(typed) : sqlInside(stage.reader, demoPort, typed));
}

async function leaveRunning(block: GuideBlock, terminal: Terminal, { password }: Reader): Promise<Ran> {
  const isThere = (output: string): boolean => firstMissingLine(block.expected ?? "", output) === null;
  return await terminal.leaveRunning(block.text.replaceAll(placeholders.password, password), isThere, blockTimeoutMs);
}

function current({ terminals }: Reader): Terminal {
  return terminals.at(-1) ?? terminals[0];
}

async function settle(answer: Promise<string>): Promise<Ran> {
  return await answer.then(
    (output) => ({ output, exit: 0 }),
    (error: unknown) => ({ output: error instanceof Error ? error.message : String(error), exit: 1 }),
  );
}
