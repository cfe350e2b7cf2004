// What programs that play trade have in common in their arguments: takes text, gives it checked.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";

/** @throws AppError `usage.argument` */
export function parseFlags<Options extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: Options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split(". ")[0] as string) : String(cause);
    throw new AppError("usage.argument", message, { hint: "See --help for the flags.", cause });
  }
}

/** @throws AppError `usage.argument` */
export function parseFlavor(flavor = "mysql"): Flavor {
  if (flavor === "mysql" || flavor === "mariadb") return flavor;
  throw new AppError("usage.argument", `--flavor: "${flavor}" is not known`, { hint: "mysql or mariadb." });
}

/** @throws AppError `usage.argument` */
export function wholeNumber(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("usage.argument", `${flag}: "${text}" is not a whole number`, {
    hint: `Write it in digits: ${flag} 5.`,
  });
}
