// The trade count as a program: for each seed a trade played and captured, then a table of the business events played
// and told. Exit status 0 only when every count is equal.
import { openProgress } from "../generator/progress-display.ts";
import { defaultTrade } from "../generator/trade-options.ts";
import { AppError } from "../src/model/app-error.ts";
import { countTrade, isExact } from "./trade-counts/count-trade.ts";
import type { TradeCount } from "./trade-counts/count-trade.ts";
import { helpText, parseTradeCountsArgs } from "./trade-counts/program-args.ts";
import type { TradeCountsArgs } from "./trade-counts/program-args.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stopping.abort(new Error("interrupted")));
try {
  const args = parseTradeCountsArgs(process.argv.slice(2));
  if (args === "help") process.stdout.write(helpText);
  else process.exitCode = await run(args);
} catch (error) {
  if (!(error instanceof AppError) && !stopping.signal.aborted) throw error;
  process.stderr.write(
    `error ${(error as Error).message}\n${error instanceof AppError ? `hint: ${error.hint}\n` : ""}`,
  );
  process.exitCode = error instanceof AppError ? error.exitStatus : 1;
}

async function run(args: TradeCountsArgs): Promise<number> {
  const counts: TradeCount[] = [];
  for (const seed of args.seeds) {
    const { days, branches, sales: salesPerBranchDay, flavor } = args;
    process.stderr.write(`Seed ${seed}: ${days} days on ${flavor} …\n`);
    using progress = openProgress(days);
    const trade = { ...defaultTrade, seed, days, branches, salesPerBranchDay };
    counts.push(await countTrade({ flavor, trade, onProgress: progress.update, signal: stopping.signal }));
  }
  const exact = counts.every(isExact);
  if (args.json) process.stdout.write(`${JSON.stringify({ exact, seeds: args.seeds, counts })}\n`);
  else process.stdout.write(describe(args.seeds, counts, exact));
  return exact ? 0 : 1;
}

function describe(seeds: readonly number[], counts: readonly TradeCount[], exact: boolean): string {
  const types = [...new Set(counts.flatMap((count) => count.types.map(({ type }) => type)))];
  const cell = (text: string | number): string => String(text).padStart(20);
  const row = (name: string, of: (count: TradeCount) => string | number): string =>
    `${name.padEnd(30)}${counts.map((count) => cell(of(count))).join("")}`;
  const perSecond = (of: number, seconds: number): string => Math.round(of / seconds).toLocaleString("en");
  return [
    `${"played = captured".padEnd(30)}${seeds.map((seed) => cell(`seed ${seed}`)).join("")}`,
    ...types.map((type) => row(type, (count) => equation(count, type))),
    row("gaps", ({ gaps }) => gaps),
    row("anomalies played", ({ truth }) => truth.anomalies.length),
    row("transactions", ({ truth }) => truth.transactions.toLocaleString("en")),
    row("row changes", ({ truth }) => truth.rowChanges.toLocaleString("en")),
    row("transactions/s played", ({ truth, secondsPlaying }) => perSecond(truth.transactions, secondsPlaying)),
    row("row changes/s captured", ({ truth, secondsCaptured }) => perSecond(truth.rowChanges, secondsCaptured)),
    exact ? "EXACT" : "DIFFERENT",
    "",
  ].join("\n");
}

function equation({ types }: TradeCount, type: string): string {
  const { played, captured } = types.find((one) => one.type === type) ?? { played: 0, captured: 0 };
  return `${played.toLocaleString("en")} ${played === captured ? "=" : "≠"} ${captured.toLocaleString("en")}`;
}
