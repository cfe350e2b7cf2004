// The measure of detection as a program: for each seed a trade with known anomalies is played, captured and looked at; what is found is
// compared with what was done.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProgress } from "../generator/progress-display.ts";
import { defaultTrade } from "../generator/trade-options.ts";
import type { TradeTruth } from "../generator/truth.ts";
import { AppError } from "../src/model/app-error.ts";
import { captureTrade } from "./trade/capture-trade.ts";
import { detectStore } from "./eval-anomalies/detect-store.ts";
import { judge, together } from "./eval-anomalies/judge.ts";
import { type EvalArgs, helpText, parseEvalArgs } from "./eval-anomalies/program-args.ts";
import { renderFaults, renderTable, type SeedJudgement, toJson } from "./eval-anomalies/render.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stopping.abort(new Error("interrupted")));
try {
  const args = parseEvalArgs(process.argv.slice(2));
  if (args === "help") process.stdout.write(helpText);
  else await run(args);
} catch (error) {
  if (!(error instanceof AppError) && !stopping.signal.aborted) throw error;
  process.stderr.write(
    `error ${(error as Error).message}\n${error instanceof AppError ? `hint: ${error.hint}\n` : ""}`,
  );
  process.exitCode = error instanceof AppError ? error.exitStatus : 1;
}

async function run(args: EvalArgs): Promise<void> {
  const { days, branches, sales, flavor } = args;
  const judged: SeedJudgement[] = [];
  for (const seed of args.seeds) {
    const folder = args.keep ?? mkdtempSync(join(tmpdir(), "eval-anomalies-"));
    try {
      judged.push({ seed, days, judgement: await measure(seed, folder, args) });
    } finally {
      if (args.keep === undefined) rmSync(folder, { recursive: true, force: true });
    }
  }
  const measures = together(judged);
  if (args.json) process.stdout.write(toJson(measures, judged, { days, branches, sales, flavor }));
  else process.stdout.write(`${judged.map(renderFaults).join("")}\n${renderTable(measures)}`);
}

async function measure(seed: number, folder: string, args: EvalArgs) {
  const { days, branches, sales, flavor } = args;
  mkdirSync(folder, { recursive: true });
  const name = join(folder, `${flavor}-seed${seed}-days${days}-branches${branches}-sales${sales}`);
  const [store, truthFile] = [`${name}.db`, `${name}.truth.json`];
  // The truth is written last: with it, the store is whole.
  if (!existsSync(truthFile)) {
    for (const ending of ["", "-wal", "-shm"]) rmSync(`${store}${ending}`, { force: true });
    process.stderr.write(`Seed ${seed}: ${days} days on ${flavor} …\n`);
    using progress = openProgress(days);
    const trade = { ...defaultTrade, seed, days, branches, salesPerBranchDay: sales };
    const { truth } = await captureTrade({
      flavor,
      trade,
      store,
      onProgress: progress.update,
      signal: stopping.signal,
    });
    writeFileSync(truthFile, JSON.stringify(truth));
  }
  const { anomalies } = JSON.parse(readFileSync(truthFile, "utf8")) as TradeTruth;
  // What an earlier run, perhaps of an earlier version, found in a store that was kept.
  for (const ending of ["", "-wal", "-shm"]) rmSync(`${store}-findings${ending}`, { force: true });
  const { findings, events, seconds } = detectStore(store);
  const speed = Math.round(events / seconds).toLocaleString("en");
  process.stderr.write(
    `Seed ${seed}: ${events.toLocaleString("en")} business events looked at in ${seconds.toFixed(1)} s (${speed}/s)\n`,
  );
  return judge(anomalies, findings, days);
}
