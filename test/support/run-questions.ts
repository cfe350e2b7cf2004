// A command that asks, inside this process, with a person who answers: `await answer("Which server", "db:3306\r")` waits for
// the words and types. The program believes that it talks to a terminal.
import { PassThrough, Writable } from "node:stream";
import { Cli } from "clipanion";
import { runCli } from "../../src/serve/cli/cli.ts";
import { waitFor } from "./wait-for.ts";

export const keys = { enter: "\r", down: "\u001b[B", escape: "\u001b", ctrlC: "\u0003", space: " " };

export interface Questioned {
  answer(words: string, typed: string): Promise<void>;
  /** All that was written, to standard output and error. */
  shown(): string;
  readonly status: Promise<number>;
}

export function startQuestions(args: readonly string[], env: Record<string, string> = {}): Questioned {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  let shown = "";
  let seen = 0;
  const open = (): Writable =>
    Object.assign(
      new Writable({
        write: (chunk: Buffer, _, done) => {
          shown += chunk.toString();
          done();
        },
      }),
      { columns: 100, rows: 40 },
    );
  const context = { ...Cli.defaultContext, env: { NO_COLOR: "1", ...env }, stdin, stdout: open(), stderr: open() };
  return {
    shown: () => shown,
    status: runCli([...args], context),
    answer: async (words, typed) => {
      seen = await waitFor(`"${words}" to be asked`, () => {
        const at = shown.indexOf(words, seen);
        return at === -1 ? undefined : at + words.length;
      });
      stdin.write(typed);
    },
  };
}
