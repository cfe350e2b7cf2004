// Takes a path below the cache (the project's .cache; of an installed package, the user's) and a function that fills a folder; gives the folder,
// filled once however many processes ask for it at the same time, and never half filled.

import { randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { isAlive } from "../../src/lib/is-alive.ts";
import { isInstalled, packageRoot } from "../../src/lib/package-root.ts";
import { isMissing } from "./local-server.ts";

/** An installed package is often another user's, and is gone with the next version; what is cached is hundreds of megabytes. */
const CACHE = isInstalled ? join(userCache(), "audit-overlay") : join(packageRoot, ".cache");
const MARKER = "complete";
const POLL_MS = 200;
const LOCK_AGE_MAX_MS = 15 * 60_000;
const LOCK_NAMELESS_MAX_MS = 10_000;

function userCache(): string {
  const chosen = process.env["XDG_CACHE_HOME"] ?? "";
  return isAbsolute(chosen) ? chosen : join(homedir(), ".cache");
}

export function cachePath(...parts: readonly string[]): string {
  return join(CACHE, ...parts);
}

export async function fillOnce(
  folder: string,
  fill: (emptyFolder: string) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await exists(join(folder, MARKER))) return;
  await mkdir(dirname(folder), { recursive: true });
  const lock = `${folder}.lock`;
  await takeLock(lock, signal);
  try {
    if (await exists(join(folder, MARKER))) return;
    await removeAbandonedParts(folder);
    await fillAside(folder, fill);
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function fillAside(folder: string, fill: (emptyFolder: string) => Promise<void>): Promise<void> {
  const part = `${folder}.part-${process.pid}-${randomUUID().slice(0, 8)}`;
  await mkdir(part);
  try {
    await fill(part);
    await writeFile(join(part, MARKER), `${new Date().toISOString()}\n`);
    // A folder without its marker is what an older script left: the rename would refuse it.
    if (!(await exists(join(folder, MARKER)))) await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    // Whoever took our lock for a stale one has got here first, and theirs is as good as ours.
    if (!(await exists(join(folder, MARKER)))) throw error;
  }
}

async function takeLock(lock: string, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + LOCK_AGE_MAX_MS;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    try {
      await mkdir(lock);
      await writeFile(join(lock, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (await isStale(lock)) await rm(lock, { recursive: true, force: true });
    else await delay(POLL_MS, undefined, { signal });
  }
  throw new Error(
    `another process has held ${lock} for ${LOCK_AGE_MAX_MS / 60_000} minutes; remove it if none is at work`,
  );
}

async function isStale(lock: string): Promise<boolean> {
  const age = await stat(lock).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  if (age > LOCK_AGE_MAX_MS) return true;
  const pid = Number(await readFile(join(lock, "pid"), "utf8").catch(() => ""));
  return pid > 0 ? !isAlive(pid) : age > LOCK_NAMELESS_MAX_MS;
}

async function removeAbandonedParts(folder: string): Promise<void> {
  const start = `${basename(folder)}.part-`;
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(start)) continue;
    const pid = Number(name.slice(start.length).split("-")[0]);
    if (!isAlive(pid)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
