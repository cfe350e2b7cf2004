// The fault matrix as a program: takes flags, gives a table of outcomes on standard output and an exit status.
import { AppError } from "../src/model/app-error.ts";
import { faultCases } from "./fault-matrix/fault-cases.ts";
import { helpText, type MatrixArgs, parseMatrixArgs } from "./fault-matrix/program-args.ts";
import { hasFailed, renderMatrix } from "./fault-matrix/render-matrix.ts";
import { runMatrix } from "./fault-matrix/run-matrix.ts";
import { runProgram } from "./program/run-program.ts";

process.exitCode = await runProgram({ parse: parseMatrixArgs, helpText, run });

async function run({ only, flavors, json }: MatrixArgs): Promise<number> {
  const cases = faultCases.filter(({ row }) => only.length === 0 || only.includes(row));
  if (cases.length === 0) throw new AppError("usage.argument", "no such row", { hint: "Rows are 1 to 37." });
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => stopping.abort(new Error("interrupted")));
  }
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const results = await runMatrix({ cases, flavors, log, signal: stopping.signal });
    const pass = !hasFailed(results);
    process.stdout.write(json ? `${JSON.stringify({ pass, results })}\n` : renderMatrix(results, flavors));
    return pass ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    process.stderr.write("stopped; the servers and their data are removed\n");
    return 1;
  }
}
