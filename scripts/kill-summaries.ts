// SIGKILL at random moments while days and anomalies are put into words: the stored words must be those of an undisturbed run.
// Argument: how many kills (50). Exit status 1 where they are not.
import { isDeepStrictEqual } from "node:util";
import { killWhileTelling } from "../test/support/kill-telling.ts";

const kills = Number(process.argv[2] ?? "50");
const print = (text: string): void => void process.stdout.write(text);
const { undisturbed, killed } = await killWhileTelling(kills, Math.random, (stored) =>
  print(`killed with ${stored} texts stored\n`),
);
const isSame = isDeepStrictEqual(undisturbed, killed);
print(`${kills} kills, ${undisturbed.length} texts: ${isSame ? "the same as undisturbed" : "NOT the same"}\n`);
process.exitCode = isSame ? 0 : 1;
