// SIGKILL at random moments while days and anomalies are put into words: the stored words must be those of an undisturbed run.
// Argument: how many kills (50).
import { isDeepStrictEqual } from "node:util";
import { killWhileTelling } from "../test/support/kill-telling.ts";

const kills = Number(process.argv[2] ?? "50");
const { undisturbed, killed, storedAtKills } = await killWhileTelling(kills, Math.random);
const isSame = isDeepStrictEqual(undisturbed, killed);
process.stdout.write(
  `${kills} kills, with ${storedAtKills.join(" ")} texts stored when each came; ${undisturbed.length} texts in the end: ${isSame ? "the same as undisturbed" : "NOT the same"}\n`,
);
process.exitCode = isSame ? 0 : 1;
