// Takes a program and its arguments; gives what it printed (stdout, then both streams' last lines
// in the error if it failed). For programs that end by themselves.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";

const ERROR_LINES = 8;

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  onLine?: (line: string) => void;
  signal?: AbortSignal | undefined;
  timeoutMs: number;
}

export async function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    stdio: "pipe",
    signal: options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]),
    killSignal: "SIGKILL",
  });
  const printed: string[] = [];
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      if (stream === child.stdout) printed.push(line);
      last.push(line);
      if (last.length > ERROR_LINES) last.shift();
      options.onLine?.(line);
    });
  }
  // A program that fails before it has read its input gives EPIPE here; its own words say more.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", (error) => {
      reject(options.signal?.aborted === true ? error : couldNotRun(program, error, limit.aborted));
    });
    child.once("close", (exitCode, signal) => resolve(exitCode ?? signal ?? "unknown"));
  });
  await Promise.all([finished(child.stdout), finished(child.stderr)]);
  if (code !== 0) throw new Error(`${program} failed (${code}): ${last.join("\n").trim() || "it said nothing"}`);
  return printed.join("\n");
}

function couldNotRun(program: string, error: Error, tookTooLong: boolean): Error {
  if (tookTooLong) return new Error(`${program} took too long and was ended`);
  if ("code" in error && error.code === "ENOENT") return new Error(`${program} is not on this machine`);
  return error;
}
