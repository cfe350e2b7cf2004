// Gives a server in a Docker container of its own; throws, with the reason, where that cannot be.

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

import type * as Library from "testcontainers";

import { isAlive } from "../../src/lib/is-alive.ts";
import { ensureImage, findDockerEngine, hasImage } from "./docker-engine.ts";
import type { DockerEngine } from "./docker-engine.ts";
import {
  FIRST_START_TIMEOUT_MS,
  INSIDE_PORT,
  OWNER_LABEL,
  openByDockerCommand,
  passwordVariables,
} from "./docker-command.ts";
import { findFreePort } from "./free-port.ts";
import type { Flavor, LocalServer, OpenRequest } from "./local-server.ts";
import { messageOf, versionProblem } from "./local-server.ts";
import { waitForAnswer } from "./server-answer.ts";
import { ServerContainer, removeContainer } from "./server-container.ts";
import type { Runtime } from "./server-container.ts";
import { settingArguments } from "./server-settings.ts";

type Testcontainers = typeof Library;

const IMAGES: Record<Flavor, string> = { mysql: "mysql:9.7", mariadb: "mariadb:10.11" };
const LOG_LINES = 15;

export async function openFromDocker(request: OpenRequest): Promise<LocalServer> {
  if (process.env["AUDIT_TEST_DOCKER"] === "0") throw new Error("switched off by AUDIT_TEST_DOCKER=0");
  const { flavor, log, signal } = request;
  const engine = await findDockerEngine();
  const image = IMAGES[flavor];
  await ensureImage(engine, image, (line) => log(`${flavor}: ${line}`), signal);
  await switchReaperOffIfMissing(engine);
  const library = await loadTestcontainers();
  // It is for development: who installed the package does not have it, and the demo needs little of it.
  if (library === undefined) {
    if (engine.socketPath === undefined) throw new Error("the engine is another machine's (DOCKER_HOST)");
    return await openByDockerCommand(request, image);
  }
  const runtime = await library.getContainerRuntimeClient();
  await removeAbandoned(runtime, log);
  const name = `audit-overlay-${flavor}-${randomBytes(6).toString("hex")}`;
  const order = { name, image, password: randomBytes(12).toString("hex"), port: await findFreePort() };
  const container = runtime.container.getById(name);
  try {
    const started = await newContainer(library, runtime, request, order).start();
    const address = { host: numeric(started.getHost()), port: order.port, user: "root", password: order.password };
    let hasEnded = false;
    const markEnded = (): void => {
      hasEnded = true;
    };
    container.wait().then(markEnded, markEnded);
    const throwIfVain = (): void => {
      if (hasEnded) throw new Error("the container ended");
    };
    const { version } = await waitForAnswer(address, { timeoutMs: FIRST_START_TIMEOUT_MS, signal, throwIfVain });
    const problem = versionProblem(flavor, version);
    if (problem !== undefined) throw new Error(problem);
    return new ServerContainer(container, { flavor, version, way: `Docker image ${image}`, ...address });
  } catch (error) {
    const lines = await lastLogLines(runtime, name);
    await removeContainer(container);
    throw new Error(`${messageOf(error)}${lines}`, { cause: error });
  }
}

interface ContainerOrder {
  readonly name: string;
  readonly image: string;
  readonly password: string;
  readonly port: number;
}

function newContainer(library: Testcontainers, runtime: Runtime, request: OpenRequest, order: ContainerOrder) {
  const isLocal = numeric(runtime.info.containerRuntime.host) === "127.0.0.1";
  // Testcontainers publishes on all of a machine's addresses and has no option for it.
  class LoopbackContainer extends library.GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      if (!isLocal) return;
      this.hostConfig.PortBindings = {
        [`${INSIDE_PORT}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: String(order.port) }],
      };
    }
  }
  return (
    new LoopbackContainer(order.image)
      .withName(order.name)
      .withLabels({ [OWNER_LABEL]: `${process.pid}@${hostname()}` })
      .withEnvironment(passwordVariables(request.flavor, order.password))
      // A fixed port: one chosen by Docker would be another after kill() and start().
      .withExposedPorts({ container: INSIDE_PORT, host: order.port })
      .withCommand(settingArguments(request.flavor, request.settings))
      // What waits is waitForAnswer: a log line or an open port says too little (docker-proxy listens at once).
      .withWaitStrategy(library.Wait.forAll([]))
  );
}

function numeric(host: string): string {
  // `localhost` may mean ::1 first, where nothing is published.
  return host === "localhost" ? "127.0.0.1" : host;
}

async function loadTestcontainers(): Promise<Testcontainers | undefined> {
  try {
    return await import("testcontainers");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw new Error(`the package testcontainers cannot be loaded (${messageOf(error).split("\n")[0]})`, {
      cause: error,
    });
  }
}

// The helper that removes what a killed test has left is an image too. Where it is not, and perhaps
// cannot be had, removeAbandoned has to do.
async function switchReaperOffIfMissing(engine: DockerEngine): Promise<void> {
  const chosen = process.env["RYUK_CONTAINER_IMAGE"] ?? "";
  const isThere = await hasImage(engine, chosen === "" ? "testcontainers/ryuk" : chosen);
  if (!isThere) process.env["TESTCONTAINERS_RYUK_DISABLED"] ??= "true";
}

async function removeAbandoned(runtime: Runtime, log: (line: string) => void): Promise<void> {
  const ours = await runtime.container.dockerode.listContainers({ all: true, filters: { label: [OWNER_LABEL] } });
  for (const { Id: id, Labels: labels } of ours) {
    const [pid, host] = (labels[OWNER_LABEL] ?? "").split("@");
    if (host !== hostname() || isAlive(Number(pid))) continue;
    log(`removing container ${id.slice(0, 12)}, left by a process that is gone`);
    await removeContainer(runtime.container.getById(id));
  }
}

async function lastLogLines(runtime: Runtime, name: string): Promise<string> {
  try {
    const log: unknown = await runtime.container.getById(name).logs({ stdout: true, stderr: true, tail: LOG_LINES });
    // Each piece stands behind eight bytes: which stream, three zeros, its length.
    const text = String(log).replaceAll(/[\u0001\u0002]\0{3}[\s\S]{4}/g, "");
    return text.trim() === "" ? "" : `; its log says:\n${text.trim()}`;
  } catch {
    return "";
  }
}
