// Runs `auditctl` as a user would: a process of its own, with only the settings given here.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const program = join(import.meta.dirname, "..", "..", "src", "main.ts");

export interface AuditctlResult {
  status: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
}

export interface AuditctlOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** A module that is loaded before the program: how a test injects a fault into a process. */
  preload?: string;
}

export interface RunningAuditctl extends AsyncDisposable {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<AuditctlResult>;
}

/** Starts it and comes back at once; SIGKILLs it at the end of the test if it still runs. */
export function startAuditctl(
  args: readonly string[],
  { env = {}, cwd, preload }: AuditctlOptions = {},
): RunningAuditctl {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AUDIT_|LC_|LANG|COLUMNS$)/.test(name)),
  );
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...(preload === undefined ? [] : ["--import", preload]), program, ...args], {
    env: { ...clean, NO_COLOR: "1", TZ: "UTC", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<AuditctlResult>((resolve) =>
    child.once("close", (status) =>
      resolve({ status, stdout, stderr, seconds: (performance.now() - startedAt) / 1000 }),
    ),
  );
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

export async function runAuditctl(args: readonly string[], options: AuditctlOptions = {}): Promise<AuditctlResult> {
  return await startAuditctl(args, options).ended;
}
