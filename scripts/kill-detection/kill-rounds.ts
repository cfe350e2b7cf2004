// SIGKILL at random moments of detection: `auditctl detect` over a store, killed and started again until it comes to the end,
// must leave the same anomalies and the same memory as a run that nobody disturbed. Takes a store and a seed, gives what it saw.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createRandom } from "../../generator/random.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { findingsPath } from "../../src/store/findings-store.ts";
import { dumpFindings, type FindingsDump } from "./dump-findings.ts";

export interface KillOptions {
  store: string;
  kills: number;
  seed: number;
  onKill?: (kills: number) => void;
}

export interface KillReport {
  kills: number;
  /** Times that it came to the end. */
  rounds: number;
  /** Kills after which some of the work was there already. */
  resumed: number;
  anomalies: number;
  states: number;
  /** Lines that differ, of the first round that came out otherwise. */
  differences: string[];
}

const program = join(packageRoot, "src", "main.ts");
/** Said once the detector is open: from here on a kill is one of detection, not of a program that starts. */
const begun = /detection (goes on|begins)/;

export async function killDetection({ store, kills, seed, onKill }: KillOptions): Promise<KillReport> {
  const random = createRandom(seed);
  forget(store);
  const undisturbed = await detect(store, undefined);
  const expected = dumpFindings(store);
  const report = { kills: 0, rounds: 0, resumed: 0, anomalies: expected.anomalies, states: expected.states };
  for (;;) {
    forget(store);
    for (let isOver = false; !isOver;) {
      // Now and then also after the end: that is a run that is not killed.
      const killAfterMs = report.kills < kills ? random.next() * undisturbed.ms * 1.2 : undefined;
      const run = await detect(store, killAfterMs);
      isOver = run.isOver;
      if (run.resumes) report.resumed += 1;
      if (isOver) continue;
      report.kills += 1;
      onKill?.(report.kills);
    }
    report.rounds += 1;
    const differences = compare(expected, dumpFindings(store));
    if (differences.length > 0 || report.kills >= kills) return { ...report, differences };
  }
}

function forget(store: string): void {
  for (const suffix of ["", "-wal", "-shm", "-lock"]) rmSync(`${findingsPath(store)}${suffix}`, { force: true });
}

interface DetectRun {
  /** It came to the end of the trail. */
  isOver: boolean;
  /** It went on from where an earlier one was killed. */
  resumes: boolean;
  /** From the moment it began to detect. */
  ms: number;
}

async function detect(store: string, killAfterMs: number | undefined): Promise<DetectRun> {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("AUDIT_"));
  const env = { ...Object.fromEntries(clean), AUDIT_LOG_LEVEL: "debug" } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [program, "detect", "--store", store, "--zone", "UTC"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let said = "";
  let beganAt = performance.now();
  const hasBegun = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (!begun.test(said)) return;
      beganAt = performance.now();
      child.stderr.removeAllListeners("data").resume();
      resolve();
    });
  });
  await Promise.race([hasBegun, ended]);
  if (killAfterMs !== undefined) {
    await Promise.race([delay(killAfterMs), ended]);
    child.kill("SIGKILL");
  }
  const status = await ended;
  if (status !== 0 && status !== null) throw new Error(`auditctl detect ended with ${status}: ${said}`);
  return { isOver: status === 0, resumes: /"entry_id":[1-9]/.test(said), ms: performance.now() - beganAt };
}

function compare(expected: FindingsDump, found: FindingsDump): string[] {
  if (expected.text === found.text) return [];
  const [one, other] = [expected.text.split("\n"), found.text.split("\n")];
  const [before, after] = [new Set(one), new Set(other)];
  return [
    ...one.filter((line) => !after.has(line)).map((line) => `- ${line.slice(0, 1_500)}`),
    ...other.filter((line) => !before.has(line)).map((line) => `+ ${line.slice(0, 1_500)}`),
    ...(one.length === other.length ? ["(order)"] : []),
  ].slice(0, 20);
}
