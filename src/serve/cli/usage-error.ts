// serve/cli: what Clipanion says of arguments that it does not understand -> an error in our words, with a suggestion.
import type { Cli } from "clipanion";
import { suggestion } from "../../infer/suggest.ts";
import { AppError } from "../../model/app-error.ts";

/** Clipanion's own words, the first line only: the rest repeats every command's usage. */
export function toUsageError(error: unknown, args: readonly string[], cli: Cli): AppError {
  const text = error instanceof Error ? error.message : String(error);
  const words = text.replace(/^[\w ]*Syntax Error: /, "").split("\n")[0] ?? text;
  const firstFlag = args.findIndex((arg) => arg.startsWith("-"));
  const command = args.slice(0, firstFlag === -1 ? undefined : firstFlag).join(" ");
  const hint = words.includes('("--password")')
    ? "Other users of the machine can read flags: give it in AUDIT_PASSWORD, or a file with --password-file."
    : "`auditctl --help` lists the commands, `auditctl <command> --help` its flags.";
  return new AppError("usage.argument", describeFault(words, command, cli), { hint });
}

function describeFault(words: string, command: string, cli: Cli): string {
  const known = cli.definitions().map(({ path, usage, options }) => ({
    usage,
    name: path.replace(/^auditctl /, ""),
    flags: options.flatMap(({ definition }) => definition.match(/--[\w-]+/g) ?? []),
  }));
  if (words.startsWith("Command not found")) {
    const [first = ""] = command.split(" ");
    return `there is no command "${first}"${suggestion(first, new Set(known.map(({ name }) => name.split(" ")[0] ?? "")))}`;
  }
  const flag = /^Unsupported option name \("(--[^"]+)"\)/.exec(words)?.[1];
  const ofCommand = known.find(({ name }) => command === name || command.startsWith(`${name} `));
  if (words.startsWith("Not enough positional")) return `something is missing: ${ofCommand?.usage ?? command}`;
  if (flag === undefined) return words;
  return `there is no flag ${flag}${suggestion(flag, ofCommand?.flags ?? [])}`;
}
