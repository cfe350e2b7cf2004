// Takes the days a run will have, gives something that shows how far it is: a bar on a terminal, plain lines elsewhere.
// All of it goes to standard error, so that standard output holds the result alone.
import { Presets, SingleBar } from "cli-progress";
import type { TradeProgress } from "./play-trade.ts";

interface ProgressDisplay extends Disposable {
  update: (progress: TradeProgress) => void;
}

export function openProgress(days: number): ProgressDisplay {
  return process.stderr.isTTY ? openBar(days) : openLines();
}

function openBar(days: number): ProgressDisplay {
  const format = "{bar} {date}  day {value} of {total}  {transactions} transactions";
  // cli-progress writes to standard error by default. Ctrl-C is ours: the transactions under way are finished first.
  const bar = new SingleBar({ format, hideCursor: true, gracefulExit: false }, Presets.shades_classic);
  bar.start(days, 0, { date: "opening", transactions: 0 });
  return {
    update: ({ day, date, transactions }) => bar.update(day, { date, transactions }),
    [Symbol.dispose]: () => bar.stop(),
  };
}

function openLines(): ProgressDisplay {
  return {
    update: ({ day, days, date, transactions }) => {
      process.stderr.write(`${date}  day ${day} of ${days}  ${transactions} transactions\n`);
    },
    [Symbol.dispose]: () => undefined,
  };
}
