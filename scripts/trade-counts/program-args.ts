// Takes the program's arguments, gives them parsed and checked, or "help".
import { parseArgs } from "node:util";
import { defaultTrade } from "../../generator/trade-options.ts";
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";

export interface TradeCountsArgs {
  seeds: readonly number[];
  days: number;
  branches: number;
  sales: number;
  flavor: Flavor;
  json: boolean;
}

export const helpText = `Plays trade into a server of its own while it is captured, and compares the business events with those played.

  npm run test:trade -- [flags]

  --seeds N,N,…   one trade for each (default 1,2,3)
  --days N        days of trade (default ${defaultTrade.days})
  --branches N    branches at the start (default ${defaultTrade.branches})
  --sales N       sales per branch and day, about (default ${defaultTrade.salesPerBranchDay})
  --flavor F      mysql (default) or mariadb
  --json          print the counts as one JSON object
  --help          print this

Exit status: 0 all counts are equal, 1 they are not or the run failed, 2 a flag is wrong.
`;

/** @throws AppError `usage.argument` */
export function parseTradeCountsArgs(argv: string[]): TradeCountsArgs | "help" {
  const values = parseFlags(argv);
  if (values.help === true) return "help";
  const { flavor = "mysql" } = values;
  if (flavor !== "mysql" && flavor !== "mariadb") {
    throw new AppError("usage.argument", `--flavor: "${flavor}" is not known`, { hint: "mysql or mariadb." });
  }
  return {
    seeds: (values.seeds ?? "1,2,3").split(",").map((seed) => wholeNumber("--seeds", seed)),
    days: wholeNumber("--days", values.days ?? String(defaultTrade.days)),
    branches: wholeNumber("--branches", values.branches ?? String(defaultTrade.branches)),
    sales: wholeNumber("--sales", values.sales ?? String(defaultTrade.salesPerBranchDay)),
    flavor,
    json: values.json ?? false,
  };
}

function parseFlags(argv: string[]) {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const options = { seeds: text, days: text, branches: text, sales: text, flavor: text, json: flag, help: flag };
    return parseArgs({ args: argv, options }).values;
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
