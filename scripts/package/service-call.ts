// Starts `auditctl serve` of an installation, asks its pages and a question of each of its threads, and stops it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Installation } from "./install.ts";
import type { NodeRelease } from "./node-release.ts";

const pages = [
  "/healthz",
  "/openapi.json",
  "/docs",
  "/v1/entities/sale/1/timeline",
  "/v1/search?text=cusco",
  "/metrics",
];

/** @returns milliseconds from the start of the process to its first answer. */
export async function callService(node: NodeRelease, { auditctl }: Installation, store: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(auditctl, ["serve", "--store", store, "--listen", "127.0.0.1:0"], {
    env: { PATH: node.barePath },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
    killSignal: "SIGKILL",
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said: string[] = [];
  let url: string | undefined;
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    url = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url !== undefined) break;
  }
  child.stdout.resume();
  if (url === undefined) throw new Error(`serve did not start:\n${said.join("\n")}`);
  let firstAnswerMs: number | undefined;
  const refused: string[] = [];
  for (const page of pages) {
    const answer = await fetch(`${url}${page}`);
    await answer.arrayBuffer();
    firstAnswerMs ??= performance.now() - startedAt;
    if (!answer.ok) refused.push(`${page} of the service answers ${answer.status}`);
  }
  child.kill("SIGTERM");
  const status = await ended;
  if (status !== 0) throw new Error(`serve ended with status ${status}:\n${said.join("\n")}`);
  if (refused.length > 0) throw new Error(refused.join("\n"));
  return firstAnswerMs ?? Number.NaN;
}
