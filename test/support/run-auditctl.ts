// Runs `auditctl` with only the settings given here: inside the test's process, which takes no time to start, or as a user
// would, in a process of its own, for what is about processes. test/store/cli-process.test.ts holds them equal.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { Writable } from "node:stream";
import { Cli } from "clipanion";
import { runCli } from "../../src/serve/cli/cli.ts";

const program = join(import.meta.dirname, "..", "..", "src", "main.ts");

export interface AuditctlResult {
  status: number | null;
  stdout: string;
  stderr: string;
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
  const child = spawn(process.execPath, [...(preload === undefined ? [] : ["--import", preload]), program, ...args], {
    env: { ...cleanEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<AuditctlResult>((resolve) =>
    child.once("close", (status) => resolve({ status, stdout, stderr })),
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

export async function runAuditctlProcess(
  args: readonly string[],
  options: AuditctlOptions = {},
): Promise<AuditctlResult> {
  return await startAuditctl(args, options).ended;
}

/** Inside this process. Not for commands that run until stopped, read standard input, or write a log
 * (that goes past us), nor in another zone than the process has. */
export async function runAuditctl(
  args: readonly string[],
  { env = {}, cwd }: Pick<AuditctlOptions, "env" | "cwd"> = {},
): Promise<AuditctlResult> {
  using back = new DisposableStack();
  if (cwd !== undefined) {
    const home = process.cwd();
    process.chdir(cwd);
    back.defer(() => process.chdir(home));
  }
  const stdout = createCollector();
  const stderr = createCollector();
  const status = await runCli([...args], {
    ...Cli.defaultContext,
    env: { ...cleanEnvironment(), ...env },
    stdout: stdout.stream,
    stderr: stderr.stream,
  });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function createCollector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AUDIT_|LC_|LANG|COLUMNS$)/.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: "1", TZ: "UTC" };
}
