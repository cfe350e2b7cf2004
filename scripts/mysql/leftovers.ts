// Takes the folder of all running servers; removes what a process that was killed has left there:
// its data folders, and first its servers.

import { readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "../../src/lib/is-alive.ts";

const OWNER_FILE = "owner.json";
// A folder has no owner file only for the moment between two calls of its maker.
const OWNERLESS_MAX_MS = 60_000;
const GONE_TIMEOUT_MS = 5_000;
const POLL_MS = 20;

interface Owner {
  host: string;
  pid: number;
  /** Tells our process from a later one with the same pid; undefined where there is no /proc. */
  startedAt: string | undefined;
  serverPid: number | undefined;
  socket: string;
}

export async function recordOwner(folder: string, server: Pick<Owner, "serverPid" | "socket">): Promise<void> {
  const owner: Owner = {
    host: hostname(),
    pid: process.pid,
    startedAt: await startedAt(process.pid),
    ...server,
  };
  const part = join(folder, `${OWNER_FILE}.part`);
  await writeFile(part, JSON.stringify(owner));
  await rename(part, join(folder, OWNER_FILE));
}

export async function sweepLeftovers(runs: string, log: (line: string) => void): Promise<void> {
  for (const name of await readdir(runs)) {
    const folder = join(runs, name);
    const owner = await readOwner(folder);
    if (!(owner === undefined ? await isOld(folder) : await isAbandoned(owner))) continue;
    if (owner?.serverPid !== undefined && !(await killIfOurs(owner.serverPid, name))) continue;
    log(`removing ${name}, left by a process that is gone`);
    const sockets = owner === undefined ? [] : [owner.socket, `${owner.socket}.lock`];
    for (const path of [folder, ...sockets]) await rm(path, { recursive: true, force: true });
  }
}

/** Another machine (or container) with the same folder has processes that we cannot see. */
async function isAbandoned(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return false;
  return !isAlive(owner.pid) || (await startedAt(owner.pid)) !== owner.startedAt;
}

/** True when no such server is running any more. */
async function killIfOurs(pid: number, name: string): Promise<boolean> {
  if (!isAlive(pid)) return true;
  const isOurs = async (): Promise<boolean> => (await procFile(pid, "cmdline")).includes(name);
  if (!(await isOurs())) return process.platform === "linux";
  process.kill(pid, "SIGKILL");
  const deadline = Date.now() + GONE_TIMEOUT_MS;
  while ((await isOurs()) && Date.now() < deadline) await delay(POLL_MS);
  return !(await isOurs());
}

async function readOwner(folder: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER_FILE), "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

async function isOld(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > OWNERLESS_MAX_MS;
}

// Field 22 of /proc/<pid>/stat, counted behind the program's name, which may hold spaces (proc(5)).
async function startedAt(pid: number): Promise<string | undefined> {
  const text = await procFile(pid, "stat");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

async function procFile(pid: number, name: string): Promise<string> {
  return await readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
}
