// The container as a program's trial: a clean checkout is built and its demo started, killed, stopped and searched, on a real
// Docker engine. Prints what it did and measured; the figures of docs/container.md come from here.
import { helpText, parseTryArgs, type TryArgs } from "./try-compose/program-args.ts";
import { openStack } from "./try-compose/stack.ts";
import { runTrial } from "./try-compose/run-trial.ts";
import { runProgram } from "./program/run-program.ts";

process.exitCode = await runProgram({ parse: parseTryArgs, helpText, run });

async function run(args: TryArgs): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => stopping.abort(new Error("interrupted")));
  const { signal } = stopping;
  const startedAt = performance.now();
  const print = (line: string): void => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    process.stdout.write(`${String(seconds).padStart(4)} s  ${line.replaceAll("\n", "\n        ")}\n`);
  };
  // What docker says, where somebody watches.
  const onLine = (line: string): void =>
    void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${line.slice(0, 100)}\r`));
  try {
    await using stack = await openStack(args, onLine, signal);
    await runTrial(stack, print, signal);
    if (args.keep) print(`kept: ${stack.composeCommand} …\n(its settings are variables: IMAGE=${stack.image})`);
    process.stdout.write("PASS\n");
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nFAIL\n`);
    return 1;
  }
}
