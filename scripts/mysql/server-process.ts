// Takes a server program; gives a running server with a data folder and a port of its own, whose
// process it starts, kills, pauses and, at the end, removes with its data.

import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { cachePath } from "./cache-folder.ts";
import { copyDataTemplate } from "./data-template.ts";
import { findFreePort } from "./free-port.ts";
import { recordOwner, sweepLeftovers } from "./leftovers.ts";
import type { Flavor, LocalServer, OpenRequest, ServerProgram } from "./local-server.ts";
import { waitForAnswer } from "./server-answer.ts";
import { ServerAddressTaken, startDaemon } from "./server-daemon.ts";
import type { Daemon } from "./server-daemon.ts";
import { runAsArguments, settingArguments } from "./server-settings.ts";

const HOST = "127.0.0.1";
const START_TIMEOUT_MS = 60_000;
const SHUTDOWN_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const PORT_TRIES = 3;

export async function openServerProcess(program: ServerProgram, request: OpenRequest): Promise<LocalServer> {
  const runs = cachePath("run");
  await mkdir(runs, { recursive: true });
  await sweepLeftovers(runs, request.log);
  const name = `${program.flavor}-${randomBytes(6).toString("hex")}`;
  const folder = join(runs, name);
  await mkdir(folder);
  // Paths of UNIX sockets are limited to 108 bytes, which a project's own folder may well exceed.
  const socket = join(tmpdir(), `${name}.sock`);
  try {
    await recordOwner(folder, { serverPid: undefined, socket });
    await copyDataTemplate(program, join(folder, "data"), request);
    for (let tries = 1; ; tries += 1) {
      const server = new ServerProcess(program, request, { folder, socket, port: await findFreePort() });
      try {
        await server.start();
        return server;
      } catch (error) {
        if (!(error instanceof ServerAddressTaken) || tries >= PORT_TRIES) throw error;
      }
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Place {
  folder: string;
  socket: string;
  port: number;
}

class ServerProcess implements LocalServer {
  readonly flavor: Flavor;
  readonly host = HOST;
  readonly port: number;
  readonly user = "root";
  readonly password = "";
  readonly way: string;
  readonly controllable = true;
  readonly dataDir: string;
  version = "";
  readonly #folder: string;
  readonly #socket: string;
  readonly #command: readonly [string, ...string[]];
  readonly #signal: AbortSignal | undefined;
  #daemon: Daemon | undefined;
  #stopped: Promise<void> | undefined;

  constructor(program: ServerProgram, request: OpenRequest, place: Place) {
    this.flavor = program.flavor;
    this.way = program.way;
    this.port = place.port;
    this.dataDir = join(place.folder, "data");
    this.#folder = place.folder;
    this.#socket = place.socket;
    this.#signal = request.signal;
    this.#command = [
      ...program.command,
      "--no-defaults",
      ...program.placeArguments,
      ...runAsArguments(),
      `--datadir=${this.dataDir}`,
      `--pid-file=${join(place.folder, "server.pid")}`,
      `--socket=${place.socket}`,
      `--bind_address=${HOST}`,
      `--port=${place.port}`,
      "--secure_file_priv=",
      ...settingArguments(program.flavor, request.settings),
    ];
  }

  async start(): Promise<void> {
    if (this.#stopped !== undefined) throw new Error("This server was stopped and its data are deleted; open another.");
    if (this.#daemon?.isRunning() === true) throw new Error("This server is running already.");
    const daemon = startDaemon(this.#command, join(this.#folder, "server.log"));
    this.#daemon = daemon;
    try {
      await recordOwner(this.#folder, { serverPid: daemon.pid, socket: this.#socket });
      const throwIfVain = (): void => daemon.throwIfGone();
      const answer = await waitForAnswer(this, { timeoutMs: START_TIMEOUT_MS, signal: this.#signal, throwIfVain });
      // Should the port be another server's by now, that one has answered and ours is about to give up.
      if (!answer.dataDir.includes(basename(this.#folder)))
        throw new ServerAddressTaken(`port ${this.port} is another server's`);
      this.version = answer.version;
    } catch (error) {
      await daemon.end("SIGKILL", STOP_TIMEOUT_MS);
      throw error;
    }
  }

  async kill(): Promise<void> {
    await this.#running().end("SIGKILL", STOP_TIMEOUT_MS);
  }

  async shutdown(): Promise<void> {
    await this.#running().end("SIGTERM", SHUTDOWN_TIMEOUT_MS);
  }

  async pause(): Promise<void> {
    this.#running().signal("SIGSTOP");
  }

  async resume(): Promise<void> {
    this.#running().signal("SIGCONT");
  }

  async stop(): Promise<void> {
    this.#stopped ??= this.#stopAndDelete();
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #running(): Daemon {
    if (this.#daemon?.isRunning() !== true) throw new Error("This server is not running; start() it first.");
    return this.#daemon;
  }

  async #stopAndDelete(): Promise<void> {
    // Its data go with it: a graceful end would only write them to the disk once more, which takes MySQL over a second.
    await this.#daemon?.end("SIGKILL", STOP_TIMEOUT_MS);
    for (const path of [this.#folder, this.#socket, `${this.#socket}.lock`]) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
