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

/** This share of the processes is killed before it can have said RUNNING; the others, at some moment of their work. */
const startShare = 0.2;

export async function playKillRounds(rounds: KillRounds): Promise<void> {
  const { keeper, random, kills, serverKills, onProgress } = rounds;
  let serverKilled = 0;
  while (keeper.kills.total < kills || serverKilled < serverKills) {
    const due = Math.round(((serverKilled + 1) * kills) / (serverKills + 1));
    if (serverKilled < serverKills && keeper.kills.total >= due) {
      await killServer(rounds, serverKilled);
      serverKilled += 1;
    } else {
      await untilSomeMoment(keeper, random, random.chance(startShare));
      await keeper.kill();
    }
    onProgress(Math.min(kills, keeper.kills.total));
  }
}

async function untilSomeMoment(keeper: CaptureKeeper, random: Random, isStarting: boolean): Promise<void> {
  const { startToRunningMs, runningToCommitMs } = keeper.typical;
  if (isStarting) return await keeper.runFor(random.next() * startToRunningMs);
  await keeper.untilRunning();
  // As often before its first commit as after it; half of a second more for servers and machines where that is soon.
  await keeper.runFor(random.next() * (2 * runningToCommitMs + 500));
}

/** Three ways in turn: capture lives through it; capture dies too and finds no server; the server dies as capture starts. */
async function killServer({ keeper, server, random }: KillRounds, turn: number): Promise<void> {
  const way = (["lives", "dies", "starts"] as const)[turn % 3];
  if (way === "starts") await keeper.kill();
  await untilSomeMoment(keeper, random, way === "starts");
  const capture = keeper.current();
  const timesRunning = capture.timesRunning();
  await server.kill();
  if (way === "dies") await keeper.kill();
  await server.start();
  // A process that said RUNNING before the crash has to say it again: by itself, on a new connection.
  await keeper.untilRunning(keeper.current() === capture ? timesRunning : 0);
}
