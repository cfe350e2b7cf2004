// Gives a server in a container of its own by the `docker` program alone: for the demo of an installed package, which has no
// testcontainers. Takes an image that the engine has already.

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

import { findFreePort } from "./free-port.ts";
import type { Flavor, LocalServer, OpenRequest } from "./local-server.ts";
import { versionProblem } from "./local-server.ts";
import { runCommand } from "./run-command.ts";
import { waitForAnswer } from "./server-answer.ts";
import { settingArguments } from "./server-settings.ts";

export const INSIDE_PORT = 3306;
// The first start of the official images makes a data folder, starts and stops once, and starts again.
export const FIRST_START_TIMEOUT_MS = 120_000;
export const OWNER_LABEL = "audit-overlay.owner";
const START_TIMEOUT_MS = 60_000;
const COMMAND_TIMEOUT_MS = 90_000;

export function passwordVariables(flavor: Flavor, password: string): Record<string, string> {
  const prefix = flavor === "mysql" ? "MYSQL" : "MARIADB";
  return { [`${prefix}_ROOT_PASSWORD`]: password, [`${prefix}_INITDB_SKIP_TZINFO`]: "1" };
}

export async function openByDockerCommand(request: OpenRequest, image: string): Promise<LocalServer> {
  const { flavor, settings, signal } = request;
  const name = `audit-overlay-${flavor}-${randomBytes(6).toString("hex")}`;
  const address = {
    host: "127.0.0.1",
    port: await findFreePort(),
    user: "root",
    password: randomBytes(12).toString("hex"),
  };
  const docker = async (...args: string[]): Promise<void> => {
    // Values stay out of the arguments, which every user of a machine can read.
    const env = { ...process.env, ...passwordVariables(flavor, address.password) };
    await runCommand("docker", args, { env, timeoutMs: COMMAND_TIMEOUT_MS });
  };
  const remove = async (): Promise<void> => await docker("rm", "--force", "--volumes", name);
  const variables = Object.keys(passwordVariables(flavor, "")).flatMap((variable) => ["--env", variable]);
  const publish = ["--publish", `${address.host}:${address.port}:${INSIDE_PORT}`];
  const label = ["--label", `${OWNER_LABEL}=${process.pid}@${hostname()}`];
  const place = ["run", "--detach", "--name", name, ...label, ...variables, ...publish, image];
  try {
    await docker(...place, ...settingArguments(flavor, settings));
    const { version } = await waitForAnswer(address, { timeoutMs: FIRST_START_TIMEOUT_MS, signal });
    const problem = versionProblem(flavor, version);
    if (problem !== undefined) throw new Error(problem);
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => await (stopped ??= remove());
    return {
      flavor,
      ...address,
      version,
      way: `Docker image ${image}`,
      controllable: true,
      dataDir: undefined,
      kill: async () => await docker("kill", name),
      start: async () => {
        await docker("start", name);
        await waitForAnswer(address, { timeoutMs: START_TIMEOUT_MS });
      },
      shutdown: async () => await docker("stop", "--time", "60", name),
      pause: async () => await docker("pause", name),
      resume: async () => await docker("unpause", name),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}
