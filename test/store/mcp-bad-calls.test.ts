// A thousand seeded bad messages, half over standard input, half over HTTP: each gets one clean error, the process lives, its memory is flat.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorCodes } from "../../src/model/app-error.ts";
import { createBadMessages } from "../support/bad-mcp-calls.ts";
import { program } from "../support/mcp-client.ts";
import { startServe } from "../support/serve-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";

const growthMibMax = 64;

let folder: ReturnType<typeof openTempFolder>;
let store: string;
beforeAll(() => {
  folder = openTempFolder();
  store = folder.file("store.db");
  createTradeStore(store);
});
afterAll(() => folder[Symbol.dispose]());

interface Answer {
  id: number | null;
  error?: { code: number; message: string };
  result?: { isError?: boolean; content: { text: string }[] };
}

/** What is wrong with an answer, which must be one error of ours or of the protocol, short, without a stack; nothing when it is. */
function faultsOf(answer: Answer, id: number | null): string[] {
  const text = JSON.stringify(answer);
  const faults: string[] = [];
  if (text.length > 8_000) faults.push(`${text.length} characters`);
  if (/ at .*\.[jt]s:\d|node:internal|SQLITE|SqliteError|node_modules/.test(text)) faults.push("tells of its inside");
  if (id !== null && answer.id !== id) faults.push(`is for ${answer.id}, not ${id}`);
  const code = answer.error === undefined ? ourCode(answer) : undefined;
  const isError = (answer.error?.code ?? 0) < -32_000 || (code !== undefined && code in errorCodes && code !== "bug");
  if (!isError) faults.push("is no error");
  return faults.length === 0 ? [] : [`${faults.join(", ")}: ${text.slice(0, 500)}`];
}

function ourCode({ result }: Answer): string | undefined {
  if (result?.isError !== true) return undefined;
  return (JSON.parse(result.content[0]?.text ?? "") as { error: { code: string } }).error.code;
}

function residentMib(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

function openRawMcp(path: string) {
  const child = spawn(process.execPath, [program, "mcp", "--store", path], { stdio: ["pipe", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ask = async (text: string): Promise<Answer> => {
    child.stdin.write(`${text}\n`);
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`it ended: ${stderr}`);
    return JSON.parse(value) as Answer;
  };
  return { child, ask, stderr: () => stderr, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

const ping = (id: number): string => JSON.stringify({ jsonrpc: "2.0", id, method: "ping" });

describe("over HTTP", () => {
  it("500 bad messages get an error each, and none of them keeps anything", { timeout: 120_000 }, async () => {
    await using service = await startServe(store);
    const pid = service.running.child.pid!;
    const faults: string[] = [];
    let settled = 0;
    for (const [index, { what, text, id }] of createBadMessages(20_260_302, 500).entries()) {
      // Each fifth one comes from a page of another site, which no browser may bring through.
      const foreign = index % 5 === 0;
      const response = await fetch(`${service.url}/mcp`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...(foreign ? { origin: "https://evil.example" } : {}),
        },
        body: text,
      });
      const answer = (await response.json()) as Answer;
      // 429: this address was refused too often by then.
      if (foreign && ![403, 429].includes(response.status)) faults.push(`${what} came in`);
      if (!foreign) faults.push(...faultsOf(answer, response.ok ? id : null).map((fault) => `${what} ${fault}`));
      if (response.status >= 500) faults.push(`${what} broke the service`);
      if (index === 199) settled = residentMib(pid);
    }
    expect(faults).toEqual([]);
    expect(residentMib(pid) - settled).toBeLessThan(growthMibMax);
    expect(service.running.child.exitCode).toBeNull();
    expect(service.running.stderr()).not.toContain("bug");
  });
});

describe("over standard input", () => {
  it("500 bad messages get an error each", { timeout: 120_000 }, async () => {
    using mcp = openRawMcp(store);
    const messages = createBadMessages(20_260_301, 500);
    const faults: string[] = [];
    let settled = 0;
    for (const [index, { what, text, id }] of messages.entries()) {
      faults.push(...faultsOf(await mcp.ask(text), id).map((fault) => `${what} ${fault}`));
      if (index === 199) settled = residentMib(mcp.child.pid!);
    }
    expect(faults).toEqual([]);
    expect(await mcp.ask(ping(1_001))).toMatchObject({ id: 1_001, result: {} });
    expect(residentMib(mcp.child.pid!) - settled).toBeLessThan(growthMibMax);
    expect(mcp.stderr()).not.toContain("bug");
  });

  it("a line that is longer than any message, and bytes that are no text, are one error each", async () => {
    using mcp = openRawMcp(store);
    const settled = residentMib(mcp.child.pid!);
    for (let times = 0; times < 20; times += 1) {
      expect(faultsOf(await mcp.ask(`{"x":"${"y".repeat(4 * 1_048_576)}"}`), null)).toEqual([]);
    }
    mcp.child.stdin.write(Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]));
    expect(faultsOf(await mcp.ask(""), null)).toEqual([]);
    expect(await mcp.ask(ping(7))).toMatchObject({ id: 7 });
    expect(residentMib(mcp.child.pid!) - settled).toBeLessThan(200);
  });
});
