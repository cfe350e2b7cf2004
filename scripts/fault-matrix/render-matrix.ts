// Takes the outcomes, gives the table a person reads, and whether anything failed.
import type { Flavor } from "../mysql.ts";
import type { CaseResult } from "./run-matrix.ts";
import { describeOutcome } from "./run-matrix.ts";

export function renderMatrix(results: readonly CaseResult[], flavors: readonly Flavor[]): string {
  const notes: string[] = [];
  const rows = results.map(({ row, name, outcomes }) => {
    const cells = flavors.map((flavor) => {
      const outcome = outcomes[flavor];
      if (outcome === undefined) return "";
      const extra = outcome.result === "ok" ? outcome.note : describeOutcome(outcome).slice(outcome.result.length + 2);
      if (extra !== undefined) notes.push(`${row} ${name}, ${flavor}: ${outcome.result}: ${extra}`);
      return outcome.result;
    });
    const seconds = flavors.reduce((sum, flavor) => sum + (outcomes[flavor]?.seconds ?? 0), 0);
    return [String(row), name, ...cells, seconds.toFixed(1)];
  });
  const table = [["row", "name", ...flavors, "seconds"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${[...lines, "", ...notes, ...(notes.length > 0 ? [""] : []), summaryOf(results)].join("\n")}\n`;
}

export function hasFailed(results: readonly CaseResult[]): boolean {
  return outcomesOf(results).some(({ result }) => result === "FAILED");
}

function outcomesOf(results: readonly CaseResult[]) {
  return results.flatMap(({ outcomes }) => Object.values(outcomes));
}

function summaryOf(results: readonly CaseResult[]): string {
  const count = (result: string): number => outcomesOf(results).filter((outcome) => outcome.result === result).length;
  const counts = (["ok", "FAILED", "pending", "n/a"] as const).map((result) => `${result} ${count(result)}`);
  return `${counts.join(", ")}: ${hasFailed(results) ? "FAIL" : "PASS"}`;
}
