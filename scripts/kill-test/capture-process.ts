// Takes where the store and the server are; gives a running `auditctl run`, the real program in a process of its own,
// and what it says of itself. Its debug log tells what it stored, so that nobody has to open the store while it works.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { lastNumber } from "./server-progress.ts";

export interface CaptureTarget {
  host: string;
  port: number;
  user: string;
  password: string;
  storePath: string;
  /** Working directory: one without a config file of somebody's. */
  folder: string;
}

export interface CaptureEnd {
  status: number | null;
  /** The last lines of its standard error. */
  stderr: string;
}

export interface CaptureProcess {
  readonly startedAt: number;
  /** How often it said RUNNING: once per connection that proved healthy. */
  timesRunning(): number;
  /** When it said so first. */
  runningAt(): number | undefined;
  /** When it first said that it had stored something. */
  storedAt(): number | undefined;
  /** Number of the newest transaction that is stored, as it tells at its start and whenever it stores. */
  storedSequence(): number;
  storedTransactions(): number;
  hasEnded(): boolean;
  readonly ended: Promise<CaptureEnd>;
  signal(name: "SIGKILL" | "SIGTERM"): Promise<CaptureEnd>;
}

const program = join(import.meta.dirname, "..", "..", "src", "main.ts");
const stderrLinesMax = 40;

export function startCapture(target: CaptureTarget): CaptureProcess {
  const { host, port, user, password, storePath, folder } = target;
  const flags = { store: storePath, host, port: String(port), user, "start-from": "earliest", "log-level": "debug" };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const foreign = (name: string): boolean => name.startsWith("AUDIT_");
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
  const child = spawn(process.execPath, [program, "run", ...args], {
    cwd: folder,
    env: { ...env, AUDIT_PASSWORD: password, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);

  const startedAt = performance.now();
  let timesRunning = 0;
  let runningAt: number | undefined;
  let storedAt: number | undefined;
  let sequence = 0;
  let transactions = 0;
  let hasEnded = false;
  const stderr: string[] = [];
  eachLine(child.stdout, (line) => {
    // What the one before it stored and was killed before it could tell: else the writers would wait for that for ever.
    const goesOnAfter = /: goes on after (.+)$/.exec(line)?.[1];
    if (goesOnAfter !== undefined) sequence = Math.max(sequence, lastNumber(goesOnAfter));
    if (!line.startsWith("RUNNING")) return;
    timesRunning += 1;
    runningAt ??= performance.now();
  });
  eachLine(child.stderr, (line) => {
    const stored = readStoredLine(line);
    if (stored !== undefined) {
      storedAt ??= performance.now();
      sequence = stored.sequence;
      transactions += stored.transactions;
      return;
    }
    stderr.push(line);
    if (stderr.length > stderrLinesMax) stderr.shift();
  });
  const ended = new Promise<CaptureEnd>((resolve) => {
    child.once("close", (status) => {
      hasEnded = true;
      process.off("exit", onExit);
      resolve({ status, stderr: stderr.join("\n") });
    });
  });
  return {
    startedAt,
    timesRunning: () => timesRunning,
    runningAt: () => runningAt,
    storedAt: () => storedAt,
    storedSequence: () => sequence,
    storedTransactions: () => transactions,
    hasEnded: () => hasEnded,
    ended,
    signal: (name) => {
      child.kill(name);
      return ended;
    },
  };
}

/** A killed process may leave half a line; that one is dropped. */
function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
}

function readStoredLine(line: string): { sequence: number; transactions: number } | undefined {
  if (!line.includes('"msg":"stored"')) return undefined;
  const { gtid_set: gtidSet, stored } = JSON.parse(line) as { gtid_set: string; stored: number };
  return { sequence: lastNumber(gtidSet), transactions: stored };
}
