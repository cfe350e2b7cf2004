// Takes the program's arguments, gives them parsed and checked, or "help".
import { defaultTrade } from "../../generator/trade-options.ts";
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";
import { flavors, oneOf, parseFlags, wholeNumber } from "../program/flags.ts";

export interface EvalArgs {
  seeds: readonly number[];
  days: number;
  branches: number;
  sales: number;
  flavor: Flavor;
  /** Folder in which the captured stores stay; undefined: they are thrown away. */
  keep: string | undefined;
  json: boolean;
}

export const helpText = `Measures detection: plays trade with known anomalies into a server of its own, captures it, detects, compares.

  npm run eval:anomalies -- [flags]

  --seed N        the trade to play (default 1)
  --seeds N,N,…   several, one after the other, and all together
  --days N        days of trade (default 28)
  --branches N    branches at the start (default ${defaultTrade.branches})
  --sales N       sales per branch and day, about (default ${defaultTrade.salesPerBranchDay})
  --flavor F      mysql (default) or mariadb
  --keep FOLDER   keep the captured stores there, and use those that are there: only detection runs again
  --json          print the figures as one JSON object
  --help          print this

Exit status: 0 measured, 1 the run failed, 2 a flag is wrong.
`;

/** @throws AppError `usage.argument` */
export function parseEvalArgs(argv: string[]): EvalArgs | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const sizes = { seed: text, seeds: text, days: text, branches: text, sales: text };
  const values = parseFlags(argv, { ...sizes, flavor: text, keep: text, json: flag, help: flag });
  if (values.help === true) return "help";
  const flavor = oneOf("--flavor", values.flavor ?? "mysql", flavors);
  if (values.seed !== undefined && values.seeds !== undefined) {
    throw new AppError("usage.argument", "--seed and --seeds are both given", { hint: "Give one of them." });
  }
  return {
    seeds: (values.seeds ?? values.seed ?? "1").split(",").map((seed) => wholeNumber("--seeds", seed)),
    days: wholeNumber("--days", values.days ?? "28"),
    branches: wholeNumber("--branches", values.branches ?? String(defaultTrade.branches)),
    sales: wholeNumber("--sales", values.sales ?? String(defaultTrade.salesPerBranchDay)),
    flavor,
    keep: values.keep,
    json: values.json ?? false,
  };
}
