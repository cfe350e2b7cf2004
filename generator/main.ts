// The generator as a program: takes flags, creates the pharmacy, plays the trade, prints what happened.
// Exit status: 0 all played, 1 failed or interrupted, 2 a flag is wrong.
import { readFile, writeFile } from "node:fs/promises";
import { createConnection } from "mysql2/promise";
import type { Connection } from "mysql2/promise";
import { AppError } from "../src/model/app-error.ts";
import { countTables, createPharmacy } from "./create-pharmacy.ts";
import { helpText, parseProgramArgs } from "./program-args.ts";
import type { ProgramArgs } from "./program-args.ts";
import { openProgress } from "./progress-display.ts";
import { playTrade } from "./play-trade.ts";
import { sourceError } from "./source-error.ts";
import type { TradeTruth } from "./truth.ts";

try {
  const args = parseProgramArgs(process.argv.slice(2));
  if (args === "help") process.stdout.write(helpText);
  else process.exitCode = await run(args);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`generator: ${error.message}\nhint: ${error.hint}\n`);
  process.exitCode = error.code.startsWith("usage.") ? 2 : 1;
}

async function run(args: ProgramArgs): Promise<number> {
  const stop = new AbortController();
  // Once: a second Ctrl-C ends the program the ordinary way.
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  try {
    const password = await readPassword(args.passwordFile);
    const connection = await createConnection({ uri: args.url, ...password, multipleStatements: true });
    try {
      if (args.once && (await countTables(connection, args.database)) > 0) {
        process.stdout.write(`"${args.database}" has tables already: nothing is played\n`);
        return 0;
      }
      return await play(connection, args, stop.signal);
    } finally {
      await connection.end();
    }
  } catch (error) {
    throw sourceError(error, args.url);
  }
}

async function readPassword(file: string | undefined): Promise<{ password?: string }> {
  if (file === undefined) return {};
  try {
    return { password: (await readFile(file, "utf8")).trimEnd() };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("usage.argument", `--password-file: ${reason}`, {
      hint: "Give a file that can be read.",
      cause,
    });
  }
}

async function play(connection: Connection, args: ProgramArgs, signal: AbortSignal): Promise<number> {
  await createPharmacy(connection, args.database);
  const startedMs = performance.now();
  let truth: TradeTruth;
  {
    using progress = openProgress(args.trade.days);
    truth = await playTrade(connection, args.trade, progress.update, signal);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const interrupted = signal.aborted;
  if (args.truth !== undefined) await writeTruth(args.truth, args, truth);
  if (args.json)
    process.stdout.write(`${JSON.stringify({ ...truth, interrupted, seconds: Number(seconds.toFixed(3)) })}\n`);
  else process.stdout.write(describe(truth, args, seconds, interrupted));
  return interrupted ? 1 : 0;
}

/** Nothing of the clock or the server is in it: the same options give the same file. */
async function writeTruth(file: string, { trade }: ProgramArgs, truth: TradeTruth): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify({ options: trade, ...truth }, null, 2)}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("demo.failed", `cannot write the truth to ${file}: ${reason}`, {
      hint: "Give --truth a file in a folder that exists; the trade itself has been played.",
      cause,
    });
  }
}

function describe(truth: TradeTruth, args: ProgramArgs, seconds: number, interrupted: boolean): string {
  const perSecond = Math.round(truth.transactions / seconds);
  const events = Object.entries(truth.businessEvents).map(
    ([type, count]) => `  ${type.padEnd(30)}${String(count).padStart(9)}`,
  );
  const anomalies = truth.anomalies.map(({ kind, from, description }) => `  ${from}  ${kind}: ${description}`);
  return [
    `${interrupted ? "Interrupted" : "Played"}: ${truth.transactions} transactions, ${truth.rowChanges} row changes ` +
      `into "${args.database}" in ${seconds.toFixed(1)} s (${perSecond} transactions/s)`,
    ...events,
    ...(anomalies.length > 0 ? [`Anomalies: ${anomalies.length}`, ...anomalies] : []),
    "",
  ].join("\n");
}
