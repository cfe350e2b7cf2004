// Asks the Docker engine, before a large library is loaded for it, whether it answers and has an
// image; gets the image if it can be had.

import { request } from "node:http";
import type { IncomingMessage, RequestOptions } from "node:http";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";

import { exists } from "./cache-folder.ts";
import { messageOf } from "./local-server.ts";

const USUAL_SOCKET = "/var/run/docker.sock";
const ANSWER_TIMEOUT_MS = 2_000;
const PULL_TIMEOUT_MS = 120_000;
const PROGRESS_MS = 5_000;

export type DockerEngine = Readonly<RequestOptions>;

/** Throws with the reason if no engine answers within 2 s. */
export async function findDockerEngine(): Promise<DockerEngine> {
  const engine = await engineAddress();
  const ping = await ask(engine, "GET", "/_ping").catch((error: unknown) => {
    throw new Error(`the engine does not answer (${messageOf(error)})`);
  });
  ping.resume();
  if (ping.statusCode !== 200) throw new Error(`the engine answers with status ${ping.statusCode}`);
  return engine;
}

async function engineAddress(): Promise<DockerEngine> {
  const host = process.env["DOCKER_HOST"] ?? "";
  if (host === "" || host.startsWith("unix://")) {
    const socketPath = host === "" ? USUAL_SOCKET : host.slice("unix://".length);
    if (!(await exists(socketPath))) throw new Error(`no engine here (${socketPath} does not exist)`);
    return { socketPath };
  }
  const url = URL.parse(host);
  const isTls = (process.env["DOCKER_TLS_VERIFY"] ?? "") !== "" || url?.protocol === "https:";
  if (url === null || isTls || !["tcp:", "http:"].includes(url.protocol)) {
    throw new Error(`DOCKER_HOST=${host} is neither unix:// nor tcp:// without TLS`);
  }
  return { host: url.hostname, port: url.port === "" ? 2375 : url.port };
}

/** Pulls it if the engine does not have it; `log` gets the progress. */
export async function ensureImage(
  engine: DockerEngine,
  image: string,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await hasImage(engine, image)) return;
  log(`pulling ${image}`);
  const limit = AbortSignal.timeout(PULL_TIMEOUT_MS);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    const answer = await ask(engine, "POST", `/images/create?fromImage=${encodeURIComponent(image)}`, either);
    await followPull(answer, image, log);
  } catch (error) {
    signal?.throwIfAborted();
    const reason = limit.aborted ? `it took longer than ${PULL_TIMEOUT_MS / 1_000} s` : messageOf(error);
    throw new Error(`cannot pull ${image}: ${reason}`, { cause: error });
  }
}

interface PullLine {
  id?: string;
  error?: string;
  message?: string;
  progressDetail?: { current?: number; total?: number };
}

// A pull answers 200 at once and tells of a failure later, as one of its lines of JSON.
async function followPull(answer: IncomingMessage, image: string, log: (line: string) => void): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  let told = Date.now();
  for await (const text of createInterface({ input: answer })) {
    if (text.trim() === "") continue;
    const line = JSON.parse(text) as PullLine;
    const problem = line.error ?? (answer.statusCode === 200 ? undefined : line.message);
    if (problem !== undefined) throw new Error(problem);
    const { current, total } = line.progressDetail ?? {};
    if (line.id !== undefined && current !== undefined && total !== undefined) layers.set(line.id, { current, total });
    if (Date.now() - told < PROGRESS_MS) continue;
    told = Date.now();
    const sums = [...layers.values()].reduce(
      (sum, layer) => ({ current: sum.current + layer.current, total: sum.total + layer.total }),
      { current: 0, total: 0 },
    );
    log(`pulling ${image}: ${Math.round(sums.current / 1e6)} of ${Math.round(sums.total / 1e6)} MB`);
  }
  if (answer.statusCode !== 200) throw new Error(`the engine answers with status ${answer.statusCode}`);
}

/** Any of its tags will do if `image` names none. */
export async function hasImage(engine: DockerEngine, image: string): Promise<boolean> {
  const filters = encodeURIComponent(JSON.stringify({ reference: [image] }));
  const answer = await ask(engine, "GET", `/images/json?filters=${filters}`);
  const found: unknown = await json(answer);
  return answer.statusCode === 200 && Array.isArray(found) && found.length > 0;
}

async function ask(
  engine: DockerEngine,
  method: "GET" | "POST",
  path: string,
  signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS),
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const question = request({ ...engine, method, path, signal }, resolve);
    question.once("error", reject);
    question.end();
  });
}
