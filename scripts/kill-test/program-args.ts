// Takes the program's arguments, gives them parsed and checked, or "help".
import type { Flavor } from "../mysql.ts";
import { flavors, oneOf, parseFlags, wholeNumber } from "../program/flags.ts";
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

/** @throws AppError `usage.argument` */
export function parseKillTestArgs(argv: string[]): KillTestArgs | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const counts = { kills: text, "server-kills": text, seed: text };
  const values = parseFlags(argv, { ...counts, flavor: text, sabotage: text, json: flag, help: flag });
  if (values.help === true) return "help";
  return {
    kills: wholeNumber("--kills", values.kills ?? "100"),
    serverKills: wholeNumber("--server-kills", values["server-kills"] ?? "5"),
    flavor: oneOf("--flavor", values.flavor ?? "mysql", flavors),
    seed: wholeNumber("--seed", values.seed ?? "1"),
    sabotage: values.sabotage === undefined ? undefined : oneOf("--sabotage", values.sabotage, sabotages),
    json: values.json ?? false,
  };
}
