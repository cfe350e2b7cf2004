// A thousand seeded bad messages, half over standard input, half over HTTP: each gets one clean error, the process lives, its memory is flat.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorCodes } from "../../src/model/app-error.ts";
import { createBadMessages } from "../support/bad-mcp-calls.ts";
import { program } from "../support/mcp-client.ts";
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

/** One error of ours or of the protocol, short, without a stack. */
function checkAnswer(answer: Answer, what: string): void {
  const text = JSON.stringify(answer);
  expect(text.length, what).toBeLessThan(8_000);
  expect(text, what).not.toMatch(/ at .*\.[jt]s:\d|node:internal|SQLITE|SqliteError|node_modules/);
  if (answer.error !== undefined) {
    expect(answer.error.code, what).toBeLessThan(-32_000);
    return;
  }
  expect(answer.result?.isError, `${what}: ${text}`).toBe(true);
  const { error } = JSON.parse(answer.result?.content[0]?.text ?? "") as { error: { code: string } };
  expect(Object.keys(errorCodes), what).toContain(error.code);
  expect(error.code, `${what}: ${text}`).not.toBe("bug");
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

describe("over standard input", () => {
  it("500 bad messages get an error each", { timeout: 120_000 }, async () => {
    using mcp = openRawMcp(store);
    const messages = createBadMessages(20_260_301, 500);
    let settled = 0;
    for (const [index, { what, text, id }] of messages.entries()) {
      const answer = await mcp.ask(text);
      checkAnswer(answer, `${index} ${what}`);
      if (id !== null) expect(answer.id, what).toBe(id);
      if (index === 199) settled = residentMib(mcp.child.pid!);
    }
    expect(await mcp.ask(ping(1_001))).toMatchObject({ id: 1_001, result: {} });
    expect(residentMib(mcp.child.pid!) - settled).toBeLessThan(growthMibMax);
    expect(mcp.stderr()).not.toContain("bug");
  });

  it("a line that is longer than any message, and bytes that are no text, are one error each", async () => {
    using mcp = openRawMcp(store);
    const settled = residentMib(mcp.child.pid!);
    for (let times = 0; times < 20; times += 1) {
      checkAnswer(await mcp.ask(`{"x":"${"y".repeat(4 * 1_048_576)}"}`), "long line");
    }
    mcp.child.stdin.write(Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]));
    checkAnswer(await mcp.ask(""), "bytes");
    expect(await mcp.ask(ping(7))).toMatchObject({ id: 7 });
    expect(residentMib(mcp.child.pid!) - settled).toBeLessThan(200);
  });
});
