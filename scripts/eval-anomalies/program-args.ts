// Takes the program's arguments, gives them parsed and checked, or "help".
import { parseArgs } from "node:util";
import { defaultTrade } from "../../generator/trade-options.ts";
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";

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
  const values = parseFlags(argv);
  if (values.help === true) return "help";
  const { flavor = "mysql", keep, json = false } = values;
  if (flavor !== "mysql" && flavor !== "mariadb") {
    throw new AppError("usage.argument", `--flavor: "${flavor}" is not known`, { hint: "mysql or mariadb." });
  }
  if (values.seed !== undefined && values.seeds !== undefined) {
    throw new AppError("usage.argument", "--seed and --seeds are both given", { hint: "Give one of them." });
  }
  return {
    seeds: (values.seeds ?? values.seed ?? "1").split(",").map((seed) => wholeNumber("--seeds", seed)),
    days: wholeNumber("--days", values.days ?? "28"),
    branches: wholeNumber("--branches", values.branches ?? String(defaultTrade.branches)),
    sales: wholeNumber("--sales", values.sales ?? String(defaultTrade.salesPerBranchDay)),
    flavor,
    keep,
    json,
  };
}

function parseFlags(argv: string[]) {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const sizes = { seed: text, seeds: text, days: text, branches: text, sales: text };
    return parseArgs({ args: argv, options: { ...sizes, flavor: text, keep: text, json: flag, help: flag } }).values;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split(". ")[0] as string) : String(cause);
    throw new AppError("usage.argument", message, { hint: "See --help for the flags.", cause });
  }
}

function wholeNumber(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("usage.argument", `${flag}: "${text}" is not a whole number`, {
    hint: `Write it in digits: ${flag} 5.`,
  });
}
