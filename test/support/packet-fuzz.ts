// A program: feeds altered packets through the whole of capture and says, as JSON, what came of each. A process of its own, so
// that a hang, a crash or unbounded memory is seen from outside. Arguments: count, seed, `damaged` or `truthful`, first number.
import { writeSync } from "node:fs";
import { createRandom } from "../../generator/random.ts";
import type { AppError } from "../../src/model/app-error.ts";
import type { RawTransaction } from "../../src/model/raw-transaction.ts";
import { columnNames } from "./event-packets.ts";
import { canary, feedPackets } from "./packet-feed.ts";
import { mutate } from "./packet-mutations.ts";
import { recordings } from "./packet-recordings.ts";

export interface FuzzReport {
  fed: number;
  unchanged: number;
  /** By code. */
  refused: Record<string, number>;
  /** Altered, and not refused. */
  accepted: number;
  /** Only the order of whole packets differs, and what came out is well formed. */
  reordered: number;
  violations: string[];
  slowestMs: number;
  peakMib: number;
}

const [count = "100", seed = "1", mode = "damaged", first = "0"] = process.argv.slice(2);
const truthful = mode === "truthful";
const report: FuzzReport = {
  fed: 0,
  unchanged: 0,
  refused: {},
  accepted: 0,
  reordered: 0,
  violations: [],
  slowestMs: 0,
  peakMib: 0,
};
process.on("uncaughtException", (error) => {
  report.violations.push(`uncaught: ${error.stack}`);
  finish();
});

for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
  // Said before, so that the one that hangs or kills is known.
  if (process.env["FUZZ_TELL"] !== undefined) writeSync(2, `${number}\n`);
  await feedOne(number);
}
finish();

async function feedOne(number: number): Promise<void> {
  const random = createRandom(Number(seed), mode, number);
  const recording = recordings[number % recordings.length]!;
  const mutated = mutate(recording, random, truthful);
  const startedAt = performance.now();
  const { transactions, error } = await feedPackets(recording.flavor, mutated.packets);
  report.slowestMs = Math.max(report.slowestMs, performance.now() - startedAt);
  report.fed += 1;
  const violate = (what: string): void =>
    void report.violations.push(`${number} ${recording.flavor} ${mutated.what}: ${what}`);
  if (error !== undefined) {
    count1(report.refused, error);
    if (error.code === "bug" || error.hint === "") violate(`an error without a name: ${error.message}`);
  } else if (mutated.unchanged) report.unchanged += 1;
  else if (mutated.orderOnly) report.reordered += 1;
  else report.accepted += 1;
  for (const problem of transactions.flatMap(malformations)) violate(problem);
}

function count1(counts: Record<string, number>, { code }: AppError): void {
  counts[code] = (counts[code] ?? 0) + 1;
}

/** What no transaction may look like, however its bytes came to be. */
function malformations(transaction: RawTransaction): string[] {
  const problems: string[] = [];
  if (!/^([0-9a-f-]{36}:([\w]+:)?\d+|\d+-\d+-\d+)$/.test(transaction.gtid))
    problems.push(`the GTID ${transaction.gtid}`);
  if (Number.isNaN(Date.parse(transaction.timestamp))) problems.push(`the time ${transaction.timestamp}`);
  const text = JSON.stringify(transaction);
  if (text.includes(canary.slice(0, 8))) problems.push(`bytes of another packet: ${text.slice(0, 300)}`);
  for (const event of transaction.events) {
    if (event.kind !== "row") continue;
    for (const image of [event.before, event.after]) {
      if (
        image !== null &&
        Object.keys(image).some((name) => !event.table.columns.some((column) => column.name === name))
      )
        problems.push("a column that is not the table's");
      for (const [name, value] of Object.entries(image ?? {})) {
        if (typeof value === "number" && !Number.isFinite(value)) problems.push(`${name} is ${value}`);
      }
    }
    if (event.table.columns.length < columnNames.length && event.table.columns.length === 0)
      problems.push("a table without columns");
  }
  return problems;
}

function finish(): never {
  report.peakMib = Math.round(process.resourceUsage().maxRSS / 1024);
  report.slowestMs = Math.round(report.slowestMs);
  writeSync(1, JSON.stringify(report));
  process.exit(0);
}
