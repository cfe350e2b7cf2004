// A clean checkout and its compose project: gives the questions and orders that a trial has for them. Removes all of it in the end.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { packageRoot, packageVersion } from "../../src/lib/package-root.ts";
import type { StoreStatus } from "../../src/model/trace.ts";
import { findFreePort } from "../mysql/free-port.ts";
import { runCommand } from "../mysql/run-command.ts";
import type { TryArgs } from "./program-args.ts";

const buildTimeoutMs = 900_000;
const commandTimeoutMs = 180_000;
const answerTimeoutMs = 600_000;

export interface Stack extends AsyncDisposable {
  readonly image: string;
  readonly url: string;
  /** Planted; by what they are. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly revision: string;
  /** What to type to look at it. */
  readonly composeCommand: string;
  compose(...args: string[]): Promise<string>;
  docker(...args: string[]): Promise<string>;
  /** In the container of audit-overlay. */
  auditctl(...args: string[]): Promise<string>;
  status(): Promise<StoreStatus>;
  /** Id of the container of a service, running or not. */
  container(service: string): Promise<string>;
  inspect(service: string, format: string): Promise<string>;
  /** Both streams of a service's container. */
  logs(service: string): Promise<string>;
}

export async function openStack(args: TryArgs, onLine: (line: string) => void, signal: AbortSignal): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), "audit-overlay-try-"));
  const checkout = join(folder, "checkout");
  const run = (program: string, words: readonly string[], options: { env?: NodeJS.ProcessEnv; timeoutMs?: number }) =>
    runCommand(program, words, { timeoutMs: commandTimeoutMs, onLine, signal, ...options });
  await run("git", ["clone", "--quiet", packageRoot, checkout], {});
  const revision = await run("git", ["-C", checkout, "rev-parse", "HEAD"], {});

  const secrets = { "the account's password": secretOf(), "the demo server's root password": secretOf() };
  // Docker mounts them as they are: readable for whoever the container runs as, in a folder that only we can enter.
  const files = Object.values(secrets).map((secret, at) => {
    const file = join(folder, `secret-${at}`);
    writeFileSync(file, `${secret}\n`, { mode: 0o644 });
    return file;
  });
  const project = `audit-overlay-try-${process.pid}`;
  const image = `${project}:latest`;
  const port = await findFreePort();
  const settings = {
    IMAGE: image,
    VERSION: packageVersion,
    REVISION: revision,
    PUBLISH: `127.0.0.1:${port}`,
    PASSWORD_FILE: files[0],
    DEMO_ROOT_PASSWORD_FILE: files[1],
    DEMO_TRADE: "--days 20 --branches 4 --sales 120 --json",
    ...(args.mysqlImage === undefined ? {} : { MYSQL_IMAGE: args.mysqlImage }),
  };
  const env = { ...process.env, ...settings };
  const words = ["compose", "-p", project, "-f", join(checkout, "docker", "compose.yaml"), "--profile", "demo"];
  const docker = (...order: string[]): Promise<string> => run("docker", order, { env });
  const compose = (...order: string[]): Promise<string> =>
    run("docker", [...words, ...order], { env, ...(order[0] === "up" ? { timeoutMs: buildTimeoutMs } : {}) });
  const auditctl = (...order: string[]): Promise<string> =>
    compose("exec", "-T", "audit-overlay", "auditctl", ...order);
  const container = (service: string): Promise<string> => compose("ps", "-aq", service);
  const remove = async (): Promise<void> => {
    // Also after Ctrl-C.
    const options = { env, timeoutMs: commandTimeoutMs };
    await runCommand("docker", [...words, "down", "-v", "--remove-orphans", "--timeout", "5"], options);
    await runCommand("docker", ["image", "rm", "-f", image], options).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    image,
    url: `http://127.0.0.1:${port}`,
    secrets,
    revision,
    composeCommand: `docker ${words.join(" ")}`,
    compose,
    docker,
    auditctl,
    status: async () => JSON.parse(await auditctl("status", "--json")) as StoreStatus,
    container,
    inspect: async (service, format) => await docker("inspect", "-f", format, await container(service)),
    logs: async (service) => {
      const lines: string[] = [];
      const id = await container(service);
      await runCommand("docker", ["logs", "-t", id], {
        timeoutMs: commandTimeoutMs,
        onLine: (line) => lines.push(line),
      });
      return lines.join("\n");
    },
    [Symbol.asyncDispose]: async () => void (args.keep || (await remove())),
  };
}

function secretOf(): string {
  return `planted-${randomBytes(18).toString("hex")}`;
}

/** Asks until the answer is yes. @throws with what was waited for */
export async function until(what: string, ask: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + answerTimeoutMs;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`waited ${answerTimeoutMs / 1_000} s until ${what}`);
    await delay(200, undefined, { signal });
  }
}
