// Takes the program's arguments, gives them parsed and checked, or "help".
import { parseArgs } from "node:util";
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";
import { type Sabotage, sabotages } from "./sabotage.ts";

export interface KillTestArgs {
  kills: number;
  serverKills: number;
  flavor: Flavor;
  seed: number;
  sabotage: Sabotage | undefined;
  json: boolean;
}

export const helpText = `Kills capture and the server under load, and compares the trail with what the server says it committed.

  npm run test:kill -- [flags]

  --kills N          how often capture is killed (default 100)
  --server-kills N   how often the server is killed (default 5)
  --flavor F         mysql (default) or mariadb
  --seed N           the same seed draws the same moments and the same work (default 1)
  --sabotage HOW     spoil a copy of what was read, to see the comparison fail: ${sabotages.join(", ")}
  --json             print the figures as one JSON object
  --help             print this

Exit status: 0 the trail is exact, 1 it is not or the test failed, 2 a flag is wrong. Ctrl-C stops and cleans up.
`;

const flavors: readonly Flavor[] = ["mysql", "mariadb"];

/** @throws AppError `usage.argument` */
export function parseKillTestArgs(argv: string[]): KillTestArgs | "help" {
  const values = parseFlags(argv);
  if (values.help === true) return "help";
  return {
    kills: wholeNumber("--kills", values.kills, 100),
    serverKills: wholeNumber("--server-kills", values["server-kills"], 5),
    flavor: oneOf("--flavor", values.flavor, flavors) ?? "mysql",
    seed: wholeNumber("--seed", values.seed, 1),
    sabotage: oneOf("--sabotage", values.sabotage, sabotages),
    json: values.json ?? false,
  };
}

function parseFlags(argv: string[]) {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const options = {
      kills: text,
      "server-kills": text,
      flavor: text,
      seed: text,
      sabotage: text,
      json: flag,
      help: flag,
    };
    return parseArgs({ args: argv, options }).values;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split(". ")[0] as string) : String(cause);
    throw new AppError("usage.argument", message, { hint: "See --help for the flags.", cause });
  }
}

function wholeNumber(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("usage.argument", `${flag}: "${text}" is not a whole number`, {
    hint: `Write it in digits: ${flag} 5.`,
  });
}

function oneOf<T extends string>(flag: string, text: string | undefined, choices: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new AppError("usage.argument", `${flag}: "${text}" is not known`, { hint: `One of: ${choices.join(", ")}.` });
}
