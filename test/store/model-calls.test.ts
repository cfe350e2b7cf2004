// Every question to a model is an entry of the chain, once: whoever asked, whoever writes the trail, and whenever it is killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { systemClock, toTimestamp } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { ModelCall, ModelCallEnd } from "../../src/model/model-call.ts";
import { chainModelCalls, chainModelCallsNow } from "../../src/pipeline/chain-model-calls.ts";
import { findingsPath, openFindings } from "../../src/store/findings-store.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { openModelServer, raw, telling } from "../support/model-server.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { startServe } from "../support/serve-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { createTradeStore } from "../support/trade-store.ts";
import { waitFor } from "../support/wait-for.ts";

const log = createLogger("error");
const ended: ModelCallEnd = { outcome: "used", prompt_tokens: 321, completion_tokens: 45, latency_ms: 12 };

function callOf(number: number, calledAtMs = systemClock.now()): ModelCall {
  return {
    model_call_id: `0199c0de-0000-7000-8000-00000000${String(number).padStart(4, "0")}`,
    purpose: "summary",
    subject: "2026-03-03",
    lang: "en",
    provider: "ollama",
    model: "m",
    prompt_version: 1,
    prompt_hash: "0".repeat(64),
    attempt: 1,
    called_at: toTimestamp(calledAtMs),
  };
}

/** A store with sales, and with so many questions that have ended. */
function createStore(path: string, count: number): void {
  createTradeStore(path);
  using findings = openFindings(path);
  for (let number = 1; number <= count; number += 1) {
    const call = callOf(number);
    findings.beginModelCall(call);
    findings.endModelCall(call.model_call_id, ended);
  }
}

interface Chained {
  model_call_id: string;
  outcome: string;
}

function readChained(path: string): Chained[] {
  using db = opened(path);
  const rows = db.prepare<[], { detail: string }>(
    "SELECT detail FROM ledger_entry WHERE kind = 'model' ORDER BY entry_id",
  );
  return rows.all().map(({ detail }) => JSON.parse(detail) as Chained);
}

function opened(path: string): Database.Database & Disposable {
  const db = new Database(path);
  return Object.assign(db, { [Symbol.dispose]: () => void db.close() });
}

it("each is an entry with what became of it, and the chain verifies", () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  createStore(path, 120);
  expect(chainModelCallsNow(path, systemClock, log)).toBe(0);
  const chained = readChained(path);
  expect(chained).toHaveLength(120);
  expect(chained[0]).toEqual({ ...callOf(1), called_at: expect.any(String) as string, ...ended });
  using reader = openStoreReader(path);
  expect(reader.verify()).toMatchObject({ ok: true, entries: 31 + 120 });
  expect(reader.status().coverage?.transactions).toBe(30);
  // Once is enough.
  expect(chainModelCallsNow(path, systemClock, log)).toBe(0);
  expect(readChained(path)).toHaveLength(120);
});

it("one whose process died is told as interrupted, when it must have ended", () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  createStore(path, 0);
  {
    using findings = openFindings(path);
    findings.beginModelCall(callOf(1, systemClock.now() - 30 * 60_000));
    // Still under way, as far as anybody knows.
    findings.beginModelCall(callOf(2));
  }
  expect(chainModelCallsNow(path, systemClock, log)).toBe(1);
  expect(readChained(path)).toMatchObject([{ model_call_id: callOf(1).model_call_id, outcome: "interrupted" }]);
});

it("they wait while another process writes the trail", () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  createStore(path, 2);
  using store = openStore(path);
  expect(chainModelCallsNow(path, systemClock, log)).toBe(2);
  expect(readChained(path)).toEqual([]);
  expect(chainModelCalls({ store, clock: systemClock, log })).toBe(2);
  expect(readChained(path)).toHaveLength(2);
});

it("a findings file that is held by another never holds up the writer", () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  createStore(path, 2);
  using store = openStore(path);
  using other = opened(findingsPath(path));
  other.exec("BEGIN IMMEDIATE");
  const began = performance.now();
  // They are in the chain, and not yet ticked off.
  expect(chainModelCalls({ store, clock: systemClock, log })).toBe(2);
  expect(performance.now() - began).toBeLessThan(2_000);
  other.exec("COMMIT");
  expect(chainModelCalls({ store, clock: systemClock, log })).toBe(0);
  expect(readChained(path)).toHaveLength(2);
});

it("killed between the two files, each is there once", async () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  createStore(path, 3);
  {
    // It can read, so it fills the chain; it cannot write, so it waits with that behind it.
    using other = opened(findingsPath(path));
    other.exec("BEGIN IMMEDIATE");
    const program = join(import.meta.dirname, "..", "support", "chain-child.ts");
    const child = spawn(process.execPath, [program, path], { stdio: "ignore" });
    const exited = once(child, "exit");
    await waitFor("the chain to hold them", () => readChained(path).length === 3);
    child.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    other.exec("COMMIT");
  }
  using waiting = openFindings(path);
  expect(waiting.countWaitingModelCalls()).toBe(3);
  expect(chainModelCallsNow(path, systemClock, log)).toBe(0);
  expect(readChained(path).map(({ model_call_id }) => model_call_id)).toEqual(
    [1, 2, 3].map((n) => callOf(n).model_call_id),
  );
  using reader = openStoreReader(path);
  expect(reader.verify().ok).toBe(true);
});

it("`summary --write` asks, stores the words, and leaves an entry for each try", async () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  createTradeStore(path);
  await using server = await openModelServer([raw("", { status: 500 }), telling("8765 sales by Marta Zorrilla.")]);
  const args = ["summary", "--store", path, "--date", "2026-03-03", "--zone", "UTC", "--lang", "en", "--json"];
  const written = await runAuditctl([...args, "--write", "--model-url", server.url], {
    env: { AUDIT_MODEL_KEY: "planted-k3y" },
  });
  expect([written.status, written.stderr.includes("planted-k3y")]).toEqual([0, false]);
  const { words } = JSON.parse(written.stdout) as { words: Record<string, unknown> };
  expect(words).toMatchObject({ worded_by: "rules", stored: true, model: "llama3.2:3b" });
  expect(readChained(path).map(({ outcome }) => outcome)).toEqual(["failed", "not_grounded", "not_grounded"]);
  const shown = await runAuditctl(args);
  for (const output of [written, shown]) expect(output.stdout + output.stderr).not.toMatch(/8765|Zorrilla/);
  for (const command of [["verify"], ["status"]])
    expect((await runAuditctl([...command, "--store", path])).status).toBe(0);
});

it("a running service asks through its findings thread, chains through its writer, and counts", async () => {
  using folder = openTempFolder();
  const path = folder.file("s.db");
  // One waits from before; the store has anomalies that nobody has explained yet.
  createStore(path, 1);
  await using server = await openModelServer([telling("8765 by Marta Zorrilla.")]);
  await using service = await startServe(path, ["--ingest"], { AUDIT_MODEL_URL: server.url, AUDIT_DETECT: "false" });
  const chained = await waitFor("the questions in the chain", () => {
    const found = readChained(path);
    return found.length >= 3 && found;
  });
  expect(chained[0]).toMatchObject({ model_call_id: callOf(1).model_call_id, outcome: "used" });
  expect(chained.slice(1, 3)).toMatchObject([
    { purpose: "explanation", attempt: 1, outcome: "not_grounded" },
    { purpose: "explanation", attempt: 1, outcome: "not_grounded" },
  ]);
  const metrics = await waitFor("the counts", async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    return text.includes("audit_overlay_words_total") && text;
  });
  expect(metrics).toMatch(/audit_overlay_model_calls_total\{outcome="not_grounded"\} [2-9]/);
  expect(metrics).toMatch(/audit_overlay_words_cache_total\{result="miss"\} [1-9]/);
});
