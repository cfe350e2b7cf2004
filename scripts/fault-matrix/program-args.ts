// Takes the program's arguments, gives them parsed and checked, or "help".
import { parseArgs } from "node:util";
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";

export interface MatrixArgs {
  /** Rows; empty: all. */
  only: readonly number[];
  flavors: readonly Flavor[];
  json: boolean;
}

export const helpText = `Injects each fault of the fault matrix on real servers, and checks what must hold.

  npm run test:faults -- [flags]

  --only LIST   rows, for example 13,14 or 1-5 (default: all)
  --server F    mysql or mariadb (default: both)
  --json        print the outcomes as one JSON object
  --help        print this

Exit status: 0 nothing failed (what is pending says why), 1 something failed, 2 a flag is wrong.
`;

const rowMax = 99;

/** @throws AppError `usage.argument` */
export function parseMatrixArgs(argv: string[]): MatrixArgs | "help" {
  const values = parseFlags(argv);
  if (values.help === true) return "help";
  return { only: parseRows(values.only), flavors: parseServer(values.server), json: values.json ?? false };
}

function parseFlags(argv: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({ args: argv, options: { only: text, server: text, json: flag, help: flag } }).values;
  } catch (cause) {
    throw usage(cause instanceof Error ? (cause.message.split(". ")[0] as string) : String(cause), "See --help.");
  }
}

function parseRows(text: string | undefined): number[] {
  if (text === undefined) return [];
  return text.split(",").flatMap((part) => {
    const [, from, to] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part.trim()) ?? [];
    if (from === undefined) throw usage(`--only: "${part}" is no row`, "Rows are numbers: --only 13,14 or --only 1-5.");
    const last = Math.min(rowMax, Number(to ?? from));
    return Array.from({ length: Math.max(0, last - Number(from) + 1) }, (_, index) => Number(from) + index);
  });
}

function parseServer(text: string | undefined): Flavor[] {
  if (text === undefined) return ["mysql", "mariadb"];
  if (text === "mysql" || text === "mariadb") return [text];
  throw usage(`--server: "${text}" is not known`, "One of: mysql, mariadb.");
}

function usage(message: string, hint: string): AppError {
  return new AppError("usage.argument", message, { hint });
}
