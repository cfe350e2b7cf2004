// Takes a capture that is kept alive and a server under load; kills both, at moments drawn from a seed.
import type { Random } from "../../generator/random.ts";
import type { LocalServer } from "../mysql.ts";
import type { CaptureKeeper } from "./capture-keeper.ts";

export interface KillRounds {
  keeper: CaptureKeeper;
  server: LocalServer;
  random: Random;
  kills: number;
  serverKills: number;
  onProgress: (kills: number) => void;
}

/** A process is killed at any moment between its start and this long after it said RUNNING. */
const afterRunningMs = 1_000;

export async function playKillRounds(rounds: KillRounds): Promise<void> {
  const { keeper, random, kills, serverKills, onProgress } = rounds;
  let serverKilled = 0;
  while (keeper.kills.total < kills || serverKilled < serverKills) {
    const due = Math.round(((serverKilled + 1) * kills) / (serverKills + 1));
    if (serverKilled < serverKills && keeper.kills.total >= due) {
      await killServer(rounds, serverKilled);
      serverKilled += 1;
    } else {
      await keeper.runFor(random.next() * (keeper.startupMs() + afterRunningMs));
      await keeper.kill();
    }
    onProgress(Math.min(kills, keeper.kills.total));
  }
}

/** Three ways in turn: capture lives through it; capture dies too and finds no server; the server dies as capture starts. */
async function killServer({ keeper, server, random }: KillRounds, turn: number): Promise<void> {
  const way = (["lives", "dies", "starts"] as const)[turn % 3];
  if (way === "starts") {
    await keeper.kill();
    await keeper.runFor(random.next() * keeper.startupMs());
  } else {
    await keeper.untilRunning();
    await keeper.runFor(random.next() * afterRunningMs);
  }
  const capture = keeper.current();
  const timesRunning = capture.timesRunning();
  await server.kill();
  if (way === "dies") await keeper.kill();
  await server.start();
  // A process that said RUNNING before the crash has to say it again: by itself, on a new connection.
  await keeper.untilRunning(keeper.current() === capture ? timesRunning : 0);
}
