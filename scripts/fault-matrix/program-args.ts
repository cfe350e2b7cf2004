// Takes the program's arguments, gives them parsed and checked, or "help".
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";
import { flavors, oneOf, parseFlags } from "../program/flags.ts";

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
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const values = parseFlags(argv, { only: text, server: text, json: flag, help: flag });
  if (values.help === true) return "help";
  return {
    only: parseRows(values.only),
    flavors: values.server === undefined ? flavors : [oneOf("--server", values.server, flavors)],
    json: values.json ?? false,
  };
}

function parseRows(text: string | undefined): number[] {
  if (text === undefined) return [];
  return text.split(",").flatMap((part) => {
    const [, from, to] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part.trim()) ?? [];
    if (from === undefined) {
      throw new AppError("usage.argument", `--only: "${part}" is no row`, {
        hint: "Rows are numbers: --only 13,14 or --only 1-5.",
      });
    }
    const last = Math.min(rowMax, Number(to ?? from));
    return Array.from({ length: Math.max(0, last - Number(from) + 1) }, (_, index) => Number(from) + index);
  });
}
