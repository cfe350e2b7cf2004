// Starts test/support/store-child.ts: `await using child = startStoreProcess("hold", path);` It is dead when the test ends.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = join(import.meta.dirname, "store-child.ts");

export interface StoreProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The next line it says; rejects when it ends without one. */
  nextLine(): Promise<string>;
  /** Kills it, and resolves when it is gone. */
  kill(): Promise<void>;
  /** All lines it has said, when it has ended. */
  readonly ended: Promise<string[]>;
}

export interface StoreProcessOptions {
  /** Run as this user. */
  userId?: number;
  /** No file may grow beyond this, as on a full disk. */
  fileKibMax?: number;
}

export function startStoreProcess(
  task: "hold" | "block" | "append" | "fill" | "open" | "index",
  path: string,
  { userId, fileKibMax }: StoreProcessOptions = {},
): StoreProcess {
  const limit = fileKibMax === undefined ? "" : `ulimit -f ${fileKibMax}; `;
  // The shell's own ulimit counts in KiB in bash, in half KiB in POSIX mode; bash is asked for by name.
  const child = spawn("bash", ["-c", `${limit}exec "$@"`, "bash", process.execPath, program, task, path], {
    stdio: ["pipe", "pipe", "inherit"],
    ...(userId === undefined ? {} : { uid: userId }),
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ended = closed.then(() => lines);
  let taken = 0;
  return {
    child,
    nextLine: async () => {
      while (lines.length <= taken) {
        const isOver = await Promise.race([
          closed.then(() => true),
          new Promise<boolean>((resolve) => reader.once("line", () => resolve(false))),
        ]);
        if (isOver && lines.length <= taken) throw new Error(`the ${task} process ended without a word`);
      }
      taken += 1;
      return lines[taken - 1] ?? "";
    },
    kill: async () => {
      child.kill("SIGKILL");
      await closed;
    },
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
