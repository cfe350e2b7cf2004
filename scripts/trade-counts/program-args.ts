// Takes the program's arguments, gives them parsed and checked, or "help".
import { defaultTrade } from "../../generator/trade-options.ts";
import type { Flavor } from "../mysql.ts";
import { flavors, oneOf, parseFlags, wholeNumber } from "../program/flags.ts";

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
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const sizes = { seeds: text, days: text, branches: text, sales: text };
  const values = parseFlags(argv, { ...sizes, flavor: text, json: flag, help: flag });
  if (values.help === true) return "help";
  const flavor = oneOf("--flavor", values.flavor ?? "mysql", flavors);
  return {
    seeds: (values.seeds ?? "1,2,3").split(",").map((seed) => wholeNumber("--seeds", seed)),
    days: wholeNumber("--days", values.days ?? String(defaultTrade.days)),
    branches: wholeNumber("--branches", values.branches ?? String(defaultTrade.branches)),
    sales: wholeNumber("--sales", values.sales ?? String(defaultTrade.salesPerBranchDay)),
    flavor,
    json: values.json ?? false,
  };
}
