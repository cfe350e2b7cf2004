// Takes what starts a capture process; gives one that is started again after each kill, and an account of the kills.
// A capture that ends by itself is a failure, unless the server was down when it started: that is what status 5 says.
import { setTimeout as delay } from "node:timers/promises";
import { exitStatus } from "../../src/model/app-error.ts";
import { type CaptureEnd, type CaptureProcess, type CaptureTarget, startCapture } from "./capture-process.ts";
import type { ServerProgress } from "./server-progress.ts";

export interface KillCounts {
  total: number;
  /** Before it said RUNNING. */
  starting: number;
  /** Before it had stored what the server had at its start. */
  catchingUp: number;
  running: number;
  /** Transactions were waiting in the log at that moment. */
  behind: number;
}

export interface CaptureKeeper {
  readonly kills: KillCounts;
  /** Transactions stored by each killed process, by its own account. */
  readonly storedByEach: number[];
  /** Starts that found no server. */
  unreachable(): number;
  storedSequence(): number;
  /** Typical times, as far as is known: they depend on the machine and on what else runs there. */
  readonly typical: { startToRunningMs: number; runningToCommitMs: number };
  current(): CaptureProcess;
  /** Waits that long, or less when it ends by itself. */
  runFor(durationMs: number): Promise<void>;
  /** SIGKILL, and starts the next one at once. */
  kill(): Promise<void>;
  /** Until it says RUNNING once more than `times`; starts it again as long as it finds no server. */
  untilRunning(times?: number): Promise<void>;
  /** Until it has stored something. */
  untilStoring(): Promise<void>;
  /** Until one start has found no server. */
  untilUnreachable(): Promise<void>;
  /** SIGTERM. @throws when it does not end with status 0 */
  stop(): Promise<void>;
  /** SIGKILL, for good. */
  abandon(): Promise<void>;
}

/** The message holds what the process said last. */
export class CaptureFailed extends Error {}

const pollMs = 10;
const patienceMs = 90_000;

export function openCaptureKeeper(target: CaptureTarget, progress: ServerProgress, signal: AbortSignal): CaptureKeeper {
  const kills: KillCounts = { total: 0, starting: 0, catchingUp: 0, running: 0, behind: 0 };
  const storedByEach: number[] = [];
  let unreachable = 0;
  let storedSequence = 0;
  const typical = { startToRunningMs: 500, runningToCommitMs: 500 };
  let goal = progress.sequence();
  let capture = startCapture(target);

  let abandoned = false;
  const start = (): void => {
    if (abandoned) throw new CaptureFailed("capture is not started again: the test has ended");
    goal = progress.sequence();
    capture = startCapture(target);
  };
  const takeNote = (): void => {
    storedSequence = Math.max(storedSequence, capture.storedSequence());
  };
  const learn = (name: keyof typeof typical, from: number, to: number | undefined): void => {
    const ms = (to ?? performance.now()) - from;
    // One that was killed before it got there tells only that it takes longer than that.
    if (to !== undefined || ms > typical[name]) typical[name] += (ms - typical[name]) / 3;
  };
  /** Whether the current process is alive; one that found no server is replaced. */
  const ensureAlive = async (): Promise<void> => {
    if (!capture.hasEnded()) return;
    const end = await capture.ended;
    signal.throwIfAborted();
    if (end.status !== exitStatus.unreachable || capture.timesRunning() > 0) throw endedByItself(end);
    unreachable += 1;
    start();
  };
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    const deadline = performance.now() + patienceMs;
    while (!isSo()) {
      if (performance.now() > deadline) throw await notYet(what, capture);
      await delay(pollMs, undefined, { signal });
      await ensureAlive();
    }
  };
  const keeper: CaptureKeeper = {
    kills,
    storedByEach,
    unreachable: () => unreachable,
    storedSequence: () => {
      takeNote();
      return storedSequence;
    },
    typical,
    current: () => capture,
    runFor: async (durationMs) => {
      await Promise.race([delay(Math.max(0, durationMs), undefined, { signal }), capture.ended]);
      await ensureAlive();
    },
    kill: async () => {
      const running = capture.runningAt();
      const behind = progress.sequence() > keeper.storedSequence();
      const caughtUp = keeper.storedSequence() >= goal;
      const end = await capture.signal("SIGKILL");
      if (end.status !== null) return ensureAlive();
      kills.total += 1;
      if (running === undefined) kills.starting += 1;
      else if (caughtUp) kills.running += 1;
      else kills.catchingUp += 1;
      if (behind) kills.behind += 1;
      storedByEach.push(capture.storedTransactions());
      learn("startToRunningMs", capture.startedAt, running);
      if (running !== undefined) learn("runningToCommitMs", running, capture.storedAt());
      takeNote();
      start();
    },
    untilRunning: async (times = 0) => {
      const first = capture;
      await until("RUNNING", () => capture.timesRunning() > (capture === first ? times : 0));
    },
    untilUnreachable: async () => {
      const before = unreachable;
      await until("refused", () => unreachable > before);
    },
    untilStoring: () => until("storing", () => capture.storedAt() !== undefined),
    stop: async () => {
      const end = await capture.signal("SIGTERM");
      if (end.status !== 0) throw endedByItself(end);
    },
    abandon: async () => {
      abandoned = true;
      await capture.signal("SIGKILL");
    },
  };
  return keeper;
}

async function notYet(what: string, capture: CaptureProcess): Promise<CaptureFailed> {
  const { stderr } = await capture.signal("SIGKILL");
  return new CaptureFailed(`capture was not ${what} after ${patienceMs / 1000} s. It said last:\n${stderr}`);
}

function endedByItself({ status, stderr }: CaptureEnd): CaptureFailed {
  return new CaptureFailed(
    `capture ended by itself with status ${status ?? "none (a signal)"}. It said last:\n${stderr}`,
  );
}
