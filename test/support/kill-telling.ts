// Kills a program that tells days and anomalies, again and again at random moments, then lets one run to its end; what is stored must
// be what a run stores that nobody disturbs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { findingsPath } from "../../src/store/findings-store.ts";
import { createPharmacyDays } from "./pharmacy-days.ts";
import { openTempFolder } from "./temp-folder.ts";

const program = join(import.meta.dirname, "telling-child.ts");

export interface KillOutcome {
  /** Every row of daily_summary and explanation, of the undisturbed run and of the killed one. */
  undisturbed: unknown[];
  killed: unknown[];
  /** Runs that were killed, and what was stored when each died. */
  storedAtKills: number[];
}

export async function killWhileTelling(kills: number, random: () => number): Promise<KillOutcome> {
  using folder = openTempFolder();
  const [calm, disturbed] = [folder.file("calm.db"), folder.file("disturbed.db")];
  createPharmacyDays(calm);
  createPharmacyDays(disturbed);
  const tookMs = await runToEnd(calm);
  const storedAtKills: number[] = [];
  while (storedAtKills.length < kills) {
    const child = start(disturbed);
    await once(child.stdout, "data");
    await Promise.race([sleep(random() * tookMs), once(child, "exit")]);
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    storedAtKills.push(readWords(disturbed).length);
    // All is told: what is to be killed must have something to do.
    if (child.exitCode === 0) forget(disturbed);
  }
  await runToEnd(disturbed);
  return { undisturbed: readWords(calm), killed: readWords(disturbed), storedAtKills };
}

function start(store: string) {
  return spawn(process.execPath, [program, store], { stdio: ["ignore", "pipe", "inherit"] });
}

/** Gives the milliseconds that it took to tell everything. */
async function runToEnd(store: string): Promise<number> {
  const child = start(store);
  await once(child.stdout, "data");
  const begunAt = performance.now();
  child.stdout.resume();
  const [status] = (await once(child, "exit")) as [number | null];
  if (status !== 0) throw new Error(`the telling program ended with ${status}`);
  return performance.now() - begunAt;
}

function withFindings<T>(store: string, work: (db: Database.Database) => T): T {
  const db = new Database(findingsPath(store));
  try {
    return work(db);
  } finally {
    db.close();
  }
}

function forget(store: string): void {
  withFindings(store, (db) => db.exec("DELETE FROM daily_summary; DELETE FROM explanation;"));
}

function readWords(store: string): unknown[] {
  return withFindings(store, (db) => [
    ...db.prepare("SELECT * FROM daily_summary ORDER BY date, zone, lang").all(),
    ...db.prepare("SELECT * FROM explanation ORDER BY anomaly_id, lang").all(),
  ]);
}
