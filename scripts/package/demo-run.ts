// Runs `auditctl demo --keep` of an installation until it has shown everything; gives the server and the store that it keeps
// running meanwhile. The demo gets its server itself, so it has this machine's PATH behind Node's.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Installation } from "./install.ts";
import type { NodeRelease } from "./node-release.ts";

export interface DemoRun extends AsyncDisposable {
  store: string;
  host: string;
  port: string;
  /** How it got its server. */
  way: string;
  seconds: number;
  output: string;
}

const demoTimeoutMs = 600_000;

export async function runDemo(
  node: NodeRelease,
  { auditctl }: Installation,
  { folder, cache, days, signal }: { folder: string; cache: string; days: string; signal: AbortSignal },
): Promise<DemoRun> {
  const startedAt = performance.now();
  const store = join(folder, "demo.db");
  const env = {
    ...process.env,
    PATH: `${node.barePath}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    XDG_CACHE_HOME: cache,
  };
  const child = spawn(auditctl, ["demo", "--keep", "--days", days, "--store", store], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGTERM",
  });
  // Stopped from outside, it still ends in order: what it said is judged below.
  child.once("error", () => {});
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  const tooLong = setTimeout(() => child.kill("SIGKILL"), demoTimeoutMs);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (line.trim().startsWith("trail ")) break;
  }
  clearTimeout(tooLong);
  child.stderr.resume();
  const all = said.join("\n");
  const [, host = "", port = ""] = /mysql -h (\S+) -P (\d+)/.exec(all) ?? [];
  if (port === "" || !output.includes("equal, for every kind of business event")) {
    await stop();
    throw new Error(`the demo did not come to its end:\n${all}\n${output.slice(-2_000)}`);
  }
  const way = /from: (.+)/.exec(all)?.[1] ?? "?";
  return {
    store,
    host,
    port,
    way,
    seconds: (performance.now() - startedAt) / 1_000,
    output,
    [Symbol.asyncDispose]: stop,
  };
}
