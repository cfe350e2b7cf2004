// What programs with flags have in common in reading them: takes text, gives it checked.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { AppError } from "../../src/model/app-error.ts";
import type { Flavor } from "../mysql.ts";

export const flavors: readonly Flavor[] = ["mysql", "mariadb"];

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
export function oneOf<Choice extends string>(flag: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new AppError("usage.argument", `${flag}: "${text}" is not known`, { hint: `One of: ${choices.join(", ")}.` });
}

/** @throws AppError `usage.argument` */
export function wholeNumber(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("usage.argument", `${flag}: "${text}" is not a whole number`, {
    hint: `Write it in digits: ${flag} 5.`,
  });
}
