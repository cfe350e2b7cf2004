// The kill test as a program: takes flags, gives a summary on standard output and an exit status.
import { Presets, SingleBar } from "cli-progress";
import { renderKillReport } from "./kill-test/kill-report.ts";
import { helpText, type KillTestArgs, parseKillTestArgs } from "./kill-test/program-args.ts";
import { runKillTest } from "./kill-test/run-kill-test.ts";
import { runProgram } from "./program/run-program.ts";

process.exitCode = await runProgram({ parse: parseKillTestArgs, helpText, run });

async function run({ json, ...args }: KillTestArgs): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new Error("interrupted"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const show = process.stderr.isTTY ? openBar(args.kills) : openLines(args.kills);
  try {
    const report = await runKillTest({
      ...args,
      log: (line) => process.stderr.isTTY || process.stderr.write(`${line}\n`),
      onProgress: show.update,
      signal: stopping.signal,
    });
    show.end();
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : renderKillReport(report));
    return report.pass ? 0 : 1;
  } catch (error) {
    show.end();
    if (stopping.signal.aborted) process.stderr.write("stopped; the server and its data are removed\n");
    else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nFAIL\n`);
    return 1;
  }
}

interface Display {
  update: (kills: number) => void;
  end: () => void;
}

function openBar(total: number): Display {
  // Ctrl-C is ours: the server is stopped first.
  const options = {
    format: "{bar} {value} of {total} kills, {duration_formatted}",
    hideCursor: true,
    gracefulExit: false,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(total, 0);
  return { update: (kills) => bar.update(kills), end: () => bar.stop() };
}

function openLines(total: number): Display {
  let shown = 0;
  return {
    update: (kills) => {
      if (kills < shown + 10) return;
      shown = kills - (kills % 10);
      process.stderr.write(`${shown} of ${total} kills\n`);
    },
    end: () => {},
  };
}
