// Takes a server's command line and a log file; gives its process, which is killed when ours ends.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const LOG_LINES = 15;

/** The server could not have its port. */
export class ServerAddressTaken extends Error {}

export interface Daemon {
  readonly pid: number;
  isRunning(): boolean;
  /** Throws, with the end of its log, once the process has ended. */
  throwIfGone(): void;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal, and SIGKILL after `timeoutMs`; returns when the process is gone. */
  end(signal: "SIGTERM" | "SIGKILL", timeoutMs: number): Promise<void>;
}

const living = new Set<ChildProcess>();

export function startDaemon(command: readonly [string, ...string[]], logFile: string): Daemon {
  const [file, ...args] = command;
  const log = openSync(logFile, "a");
  // Detached: Ctrl-C in a terminal goes to the whole group, and it is the caller who decides when to stop.
  const child = spawn(file, args, { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let failure: Error | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      failure = error;
      resolve();
    });
  }).finally(() => living.delete(child));
  watchOver(child);
  const isRunning = (): boolean => failure === undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? -1,
    isRunning,
    throwIfGone: () => {
      if (!isRunning()) throw failure ?? endedEarly(child, logFile);
    },
    signal: (signal) => {
      child.kill(signal);
    },
    end: async (signal, timeoutMs) => {
      if (!isRunning()) return;
      child.ref();
      child.kill(signal);
      // A paused process sees SIGTERM only when it goes on.
      child.kill("SIGCONT");
      const given = new AbortController();
      const late = delay(timeoutMs, "late", { signal: given.signal }).catch(() => "cancelled");
      if ((await Promise.race([gone, late])) === "late") child.kill("SIGKILL");
      given.abort();
      await gone;
    },
  };
}

function watchOver(child: ChildProcess): void {
  if (living.size === 0 && !process.listeners("exit").includes(killAll)) process.on("exit", killAll);
  living.add(child);
  // A test that forgot to stop its server shall end all the same, and the server with it.
  child.unref();
}

function killAll(): void {
  for (const child of living) child.kill("SIGKILL");
}

function endedEarly(child: ChildProcess, logFile: string): Error {
  const lines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-LOG_LINES);
  const text = `the server ended (${child.signalCode ?? `exit code ${child.exitCode}`}); its log says:\n${lines.join("\n")}`;
  return /address already in use|bind on (tcp\/ip|unix)|do you already have another/i.test(text)
    ? new ServerAddressTaken(text)
    : new Error(text);
}
