// A file that says which process writes another one, so that two of them never do. Left by a process that is dead, it counts for nothing.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isAlive } from "./is-alive.ts";

/** Takes it for this process, or gives the number of the living one that has it. @throws where it cannot be written */
export function takePidFile(path: string): number | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const mine = identityOf(process.pid);
  for (let isStale = false; ; isStale = true) {
    try {
      writeFileSync(path, mine, { flag: isStale ? "w" : "wx" });
      return undefined;
    } catch (error) {
      if (isStale || (error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const theirs = readFileSync(path, "utf8");
    const pid = Number.parseInt(theirs, 10);
    if (pid > 0 && pid !== process.pid && isAlive(pid) && theirs === identityOf(pid)) return pid;
  }
}

export function dropPidFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It counts for nothing when this process has ended.
  }
}

/** With when it began, where the system tells (Linux): after a restart of the machine, numbers are given anew. */
function identityOf(pid: number): string {
  try {
    // Field 22; the second one is a name in parentheses, which may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}\n`;
  } catch {
    return `${pid}\n`;
  }
}
