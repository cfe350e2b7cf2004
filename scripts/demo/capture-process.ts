// Takes a server and a store, gives `auditctl run` as a process of its own beside it, already RUNNING.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { isInstalled, packageRoot } from "../../src/lib/package-root.ts";
import { AppError } from "../../src/model/app-error.ts";

export interface CaptureProcess extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
}

export interface CaptureProcessOptions {
  server: { host: string; port: number };
  store: string;
  user: string;
  password: string;
  /** Further ones, by name. */
  settings?: Record<string, string>;
}

/** @throws demo.failed with what the process said when it ends before it runs. */
export async function startCapture({
  server,
  store,
  user,
  password,
  settings: further,
}: CaptureProcessOptions): Promise<CaptureProcess> {
  const settings = Object.entries({
    host: server.host,
    port: String(server.port),
    user,
    password,
    store,
    rules: "pharmacy",
    ...further,
  });
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("AUDIT_"));
  const env = Object.fromEntries([...others, ...settings.map(([key, value]) => [`AUDIT_${key.toUpperCase()}`, value])]);
  const child = spawn(process.execPath, [programPath(), "run"], {
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
    // Its own process group: Ctrl-C at the terminal reaches the demo, which then stops capture in order.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await untilRunning(child);
  return {
    pid: child.pid ?? 0,
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function programPath(): string {
  return isInstalled ? join(packageRoot, "dist", "src", "main.js") : join(packageRoot, "src", "main.ts");
}

async function untilRunning(child: ChildProcess): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("RUNNING")) resolve();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once("close", () =>
      reject(new AppError("demo.failed", `capture ended: ${said.trim()}`, { hint: "Please report it." })),
    );
  });
}
