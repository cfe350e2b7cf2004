// Takes the flags of `npm run try:compose`, gives them parsed, or "help".
import { parseFlags } from "../program/flags.ts";

export interface TryArgs {
  mysqlImage: string | undefined;
  /** Leave containers, volumes, the image and the checkout. */
  keep: boolean;
}

export const helpText = `Tries docker/compose.yaml for real: a clean checkout, built, its demo started, killed in the middle, stopped, searched for secrets.

  npm run try:compose -- [flags]

  --mysql-image IMAGE  the demo's server (default mysql:9.7; mariadb:10.11 is the other one that is tried)
  --keep               leave everything running, and say how to look at it
  --help               print this

Takes about two minutes; needs git, a Docker engine with compose 2.24 or newer, and the images it names or a registry.
What is not committed is not tried. Exit status: 0 all held, 1 something did not, 2 a flag is wrong.
`;

/** @throws AppError `usage.argument` */
export function parseTryArgs(argv: string[]): TryArgs | "help" {
  const flag = { type: "boolean" } as const;
  const values = parseFlags(argv, { "mysql-image": { type: "string" }, keep: flag, help: flag });
  return values.help === true ? "help" : { mysqlImage: values["mysql-image"], keep: values.keep ?? false };
}
