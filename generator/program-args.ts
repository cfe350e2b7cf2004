// Takes the program's arguments, gives them parsed and checked, or "help".
import { parseArgs } from "node:util";
import { AppError } from "../src/model/app-error.ts";
import { anomalyKinds } from "./anomaly.ts";
import type { AnomalyKind } from "./anomaly.ts";
import { checkTradeOptions, defaultTrade } from "./trade-options.ts";
import type { TradeOptions, TradeRates } from "./trade-options.ts";

export interface ProgramArgs {
  url: string;
  /** File with the password that `url` leaves out. */
  passwordFile: string | undefined;
  database: string;
  trade: TradeOptions;
  /** File for the truth of what was played. */
  truth: string | undefined;
  json: boolean;
  /** A database that is played already is no mistake. */
  once: boolean;
}

export const helpText = `Plays days of trade of a small chain of pharmacies into a MySQL or MariaDB server.

  node generator/main.ts --url mysql://user:password@host:port [flags]

  --url URL          the server; its account must be allowed to create a database
  --password-file F  a file with its password, where --url leaves it out: other users can read a command line
  --database NAME    a database that has no tables yet (default pharmacy)
  --seed N           the same seed gives the same rows (default ${defaultTrade.seed})
  --days N           days of trade (default ${defaultTrade.days})
  --from YYYY-MM-DD  the first of them (default ${defaultTrade.from})
  --branches N       branches at the start; one more opens half-way, late one closes (default ${defaultTrade.branches})
  --sales N          sales per branch and day, about (default ${defaultTrade.salesPerBranchDay})
  --rates NAME=N,…   how often things happen: ${rateNames(" ")}
  --anomalies KINDS  all (default), none, or some of them, joined with commas: ${anomalyKinds.slice(0, 4).join(" ")}
                     ${anomalyKinds.slice(4).join(" ")}
  --truth FILE       write what was played, counted, and every anomaly with its rows, as JSON
  --once             where the database has tables already, say so and end well
  --json             print what happened as JSON
  --help             print this

Exit status: 0 all played, 1 failed or interrupted, 2 a flag is wrong. Ctrl-C finishes the transactions under way.
`;

/** @throws AppError `usage.argument` */
export function parseProgramArgs(argv: string[]): ProgramArgs | "help" {
  const values = parseFlags(argv);
  if (values.help) return "help";
  const trade: TradeOptions = {
    seed: wholeNumber("--seed", values.seed, defaultTrade.seed),
    days: wholeNumber("--days", values.days, defaultTrade.days),
    from: values.from ?? defaultTrade.from,
    branches: wholeNumber("--branches", values.branches, defaultTrade.branches),
    salesPerBranchDay: wholeNumber("--sales", values.sales, defaultTrade.salesPerBranchDay),
    rates: { ...defaultTrade.rates, ...parseRates(values.rates) },
    anomalies: parseAnomalies(values.anomalies),
  };
  checkTradeOptions(trade);
  const { database = "pharmacy", truth, json = false, once = false } = values;
  const passwordFile = values["password-file"];
  return { url: checkUrl(values.url), passwordFile, database, trade, truth, json, once };
}

function rateNames(separator: string): string {
  return Object.keys(defaultTrade.rates).join(separator);
}

/** "returns=0.05,voids=0" */
function parseRates(text: string | undefined): Partial<TradeRates> {
  if (text === undefined) return {};
  const rates = text.split(",").map((part) => {
    const [name = "", value = "", ...more] = part.split("=");
    const known = Object.hasOwn(defaultTrade.rates, name) && more.length === 0;
    if (known && /^\d+(\.\d+)?$/.test(value)) return [name, Number(value)] as const;
    throw new AppError("usage.argument", `--rates: "${part}" is not a rate`, {
      hint: `Write it as returns=0.05. Names: ${rateNames(", ")}.`,
    });
  });
  return Object.fromEntries(rates);
}

function parseAnomalies(text: string | undefined): readonly AnomalyKind[] {
  if (text === undefined || text === "all") return anomalyKinds;
  if (text === "none") return [];
  return text.split(",").map((name) => {
    const kind = anomalyKinds.find((known) => known === name);
    if (kind !== undefined) return kind;
    throw new AppError("usage.argument", `--anomalies: "${name}" is not known`, {
      hint: `all, none, or some of ${anomalyKinds.join(", ")}.`,
    });
  });
}

function parseFlags(argv: string[]) {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    return parseArgs({
      args: argv,
      options: {
        url: text,
        "password-file": text,
        database: text,
        seed: text,
        days: text,
        from: text,
        branches: text,
        sales: text,
        rates: text,
        anomalies: text,
        truth: text,
        json: flag,
        once: flag,
        help: flag,
      },
    }).values;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split(". ")[0] as string) : String(cause);
    throw new AppError("usage.argument", message, { hint: "See --help for the flags.", cause });
  }
}

function wholeNumber(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError("usage.argument", `${flag}: "${text}" is not a whole number`, {
    hint: `Write it in digits: ${flag} 5.`,
  });
}

/** The message never repeats the URL: it may hold a password. */
function checkUrl(url: string | undefined): string {
  const hint = "Give --url mysql://user:password@host:port.";
  if (url === undefined) throw new AppError("usage.argument", "--url is missing", { hint });
  if (!URL.canParse(url) || new URL(url).protocol !== "mysql:" || new URL(url).hostname === "") {
    throw new AppError("usage.argument", "--url is not the address of a server", { hint });
  }
  return url;
}
