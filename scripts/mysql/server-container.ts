// Takes a running container with a server in it; gives the means to kill, start, pause and remove it.

import type { ContainerRuntimeClient } from "testcontainers";

import type { Flavor, LocalServer } from "./local-server.ts";
import { waitForAnswer } from "./server-answer.ts";

export type Runtime = ContainerRuntimeClient;
export type Container = ReturnType<Runtime["container"]["getById"]>;

const START_TIMEOUT_MS = 60_000;
const SHUTDOWN_TIMEOUT_S = 60;

type About = Pick<LocalServer, "flavor" | "host" | "port" | "user" | "password" | "version" | "way">;

export class ServerContainer implements LocalServer {
  readonly flavor: Flavor;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly version: string;
  readonly way: string;
  readonly controllable = true;
  readonly dataDir = undefined;
  readonly #container: Container;
  #stopped: Promise<void> | undefined;

  constructor(container: Container, about: About) {
    this.#container = container;
    this.flavor = about.flavor;
    this.host = about.host;
    this.port = about.port;
    this.user = about.user;
    this.password = about.password;
    this.version = about.version;
    this.way = about.way;
  }

  async kill(): Promise<void> {
    await this.#expectRunning(true);
    const gone = this.#container.wait();
    await this.#container.kill({ signal: "SIGKILL" });
    await gone;
  }

  async start(): Promise<void> {
    if (this.#stopped !== undefined) throw new Error("This server was stopped and its data are deleted; open another.");
    await this.#expectRunning(false);
    await this.#container.start();
    await waitForAnswer(this, { timeoutMs: START_TIMEOUT_MS });
  }

  async shutdown(): Promise<void> {
    await this.#expectRunning(true);
    await this.#unpauseIfPaused();
    await this.#container.stop({ t: SHUTDOWN_TIMEOUT_S });
  }

  async pause(): Promise<void> {
    await this.#container.pause();
  }

  async resume(): Promise<void> {
    await this.#container.unpause();
  }

  async stop(): Promise<void> {
    this.#stopped ??= this.#stopAndRemove();
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stopAndRemove(): Promise<void> {
    await this.#unpauseIfPaused();
    await removeContainer(this.#container);
  }

  async #unpauseIfPaused(): Promise<void> {
    const { State: state } = await this.#container.inspect();
    if (state.Paused) await this.#container.unpause();
  }

  async #expectRunning(expected: boolean): Promise<void> {
    if (this.#stopped !== undefined) throw new Error("This server is not running; it was stopped.");
    const { State: state } = await this.#container.inspect();
    if (state.Running === expected) return;
    throw new Error(expected ? "This server is not running; start() it first." : "This server is running already.");
  }
}

/** With its data; a container that is not there is no error. */
export async function removeContainer(container: Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
    if (status !== 404 && status !== 409) throw error;
  });
}
