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

type Moment = "start-up" | "first commit" | "storing";
/** How often a kill aims at which moment of a process. What it hits is counted afterwards. */
const moments: readonly (readonly [Moment, number])[] = [
  ["start-up", 2],
  ["first commit", 3],
  ["storing", 5],
];
const storingMs = 800;

export async function playKillRounds(rounds: KillRounds): Promise<void> {
  const { keeper, random, kills, serverKills, onProgress } = rounds;
  let serverKilled = 0;
  while (keeper.kills.total < kills || serverKilled < serverKills) {
    const due = Math.round(((serverKilled + 1) * kills) / (serverKills + 1));
    if (serverKilled < serverKills && keeper.kills.total >= due) {
      await killServer(rounds, serverKilled);
      serverKilled += 1;
    } else {
      await untilMoment(keeper, random, drawMoment(random));
      await keeper.kill();
    }
    onProgress(Math.min(kills, keeper.kills.total));
  }
}

function drawMoment(random: Random): Moment {
  return moments[random.weighted(moments.map(([, weight]) => weight))]?.[0] ?? "storing";
}

async function untilMoment(keeper: CaptureKeeper, random: Random, moment: Moment): Promise<void> {
  const { startToRunningMs, runningToCommitMs } = keeper.typical;
  switch (moment) {
    case "start-up":
      return await keeper.runFor(random.next() * startToRunningMs);
    case "first commit":
      await keeper.untilRunning();
      return await keeper.runFor(random.next() * (runningToCommitMs + 200));
    case "storing":
      await keeper.untilStoring();
      return await keeper.runFor(random.next() * storingMs);
  }
}

/** Three ways in turn: capture lives through it; capture dies too and finds no server; the server dies as capture starts. */
async function killServer({ keeper, server, random }: KillRounds, turn: number): Promise<void> {
  const way = (["lives", "dies", "starts"] as const)[turn % 3];
  if (way === "starts") await keeper.kill();
  await untilMoment(keeper, random, way === "starts" ? "start-up" : "storing");
  const capture = keeper.current();
  const timesRunning = capture.timesRunning();
  await server.kill();
  if (way === "dies") {
    await keeper.kill();
    await keeper.untilUnreachable();
  }
  await server.start();
  // A process that said RUNNING before the crash has to say it again: by itself, on a new connection.
  await keeper.untilRunning(keeper.current() === capture ? timesRunning : 0);
}
