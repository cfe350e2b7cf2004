// How quickly the service answers fifty readers while it captures. Plays trade into a local server until the trail holds
// about a million row changes (`--days`), then asks over HTTP while rows go on changing, and exports a month.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createConnection } from "mysql2/promise";
import { createPharmacy } from "../generator/create-pharmacy.ts";
import { playTrade } from "../generator/play-trade.ts";
import { openProgress } from "../generator/progress-display.ts";
import { defaultTrade } from "../generator/trade-options.ts";
import type { Answer, QuestionName } from "../src/model/question.ts";
import { openSearchIndexer } from "../src/store/search-indexer.ts";
import { startCapture } from "./demo/capture-process.ts";
import { waitUntilCaughtUp } from "./demo/caught-up.ts";
import { openLocalServer } from "./mysql.ts";
import { findFreePort } from "./mysql/free-port.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "93" },
    readers: { type: "string", default: "50" },
    seconds: { type: "string", default: "20" },
    "changes-per-second": { type: "string", default: "500" },
  },
});
const readers = Number(values.readers);
const seconds = Number(values.seconds);
/** Each reader asks, waits for the answer, and asks again this long after it had asked: a person at a screen. */
const everyMs = 2_000;

const folder = mkdtempSync(join(tmpdir(), "bench-api-"));
try {
  await using server = await openLocalServer("mysql", {});
  const { host, port, user, password } = server;
  await using connection = await createConnection({ host, port, user, password, multipleStatements: true });
  await connection.query("SET GLOBAL sync_binlog = 0; SET GLOBAL innodb_flush_log_at_trx_commit = 2");
  await createPharmacy(connection, "pharmacy");
  const listen = `127.0.0.1:${await findFreePort()}`;
  const store = join(folder, "bench.db");
  // Fifty readers from one address are no attack here.
  const settings = { listen, rate_limit: "10000" };
  await using capture = await startCapture({ server, store, user, password, settings });
  const days = Number(values.days);
  using progress = openProgress(days);
  const truth = await playTrade(connection, { ...defaultTrade, seed: 1, days }, progress.update);
  await waitUntilCaughtUp(connection, "mysql", store, new AbortController().signal);
  process.stdout.write(`${truth.rowChanges.toLocaleString("en")} row changes captured\n`);
  await untilIndexed(store);
  await measure(`http://${listen}`, capture.pid, () => keepChanging(connection));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The service's own thread indexes too; whichever is first takes the next batch. */
async function untilIndexed(store: string): Promise<void> {
  using indexer = openSearchIndexer(store);
  for (;;) {
    const step = indexer.step();
    if (typeof step !== "string" && step.done >= step.of) return;
    await delay(100);
  }
}

/** Changes rows at an even pace until it is disposed of. */
function keepChanging(connection: Awaited<ReturnType<typeof createConnection>>): AsyncDisposable & { rows: number } {
  const perStatement = 20;
  const pauseMs = (perStatement * 1_000) / Number(values["changes-per-second"]);
  const stopping = new AbortController();
  const writer = { rows: 0, [Symbol.asyncDispose]: async () => (stopping.abort(), await done) };
  const done = (async () => {
    for (let from = 1; !stopping.signal.aborted; from = (from % 9_000) + perStatement) {
      const range = [from, from + perStatement - 1];
      await connection.query("UPDATE inventory SET quantity = quantity + 1 WHERE inventory_id BETWEEN ? AND ?", range);
      writer.rows += perStatement;
      await delay(pauseMs);
    }
  })();
  return writer;
}

async function measure(url: string, pid: number, change: () => ReturnType<typeof keepChanging>): Promise<void> {
  const ask = async <Name extends QuestionName>(path: string): Promise<Answer<Name>> => {
    const response = await fetch(url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer<Name>;
  };
  // The log has the times of the play, which takes minutes: a third of it is about a month of what it tells.
  const { coverage } = await ask<"coverage">("/v1/coverage");
  const [start, end] = [Date.parse(coverage?.from_time ?? ""), Date.parse(coverage?.to_time ?? "")];
  const to = new Date(start + (end - start) / 3).toISOString();
  const { items } = await ask<"events">("/v1/events?kind=business_event&limit=1000");
  const entities = items.map(({ entity_type, entity_id }) => `${entity_type}/${encodeURIComponent(entity_id)}`);
  const words = ["COMPLETED", "price", "sale.returned", "EXPIRED 3", "ibuprofeno", "17.90", "stock", "user 12"];
  const pick = (list: readonly string[]): string => list[Math.floor(Math.random() * list.length)] ?? "";
  const kinds: Record<string, () => string> = {
    trace: () => `/v1/entities/${pick(entities)}/timeline`,
    "first page of events": () => "/v1/events",
    "first page of a type": () => "/v1/events?type=sale.*",
    search: () => `/v1/search?text=${encodeURIComponent(pick(words))}`,
  };
  process.stdout.write(`${readers} readers, each asks every ${everyMs} ms, ${seconds} s\n`);
  for (const [name, path] of Object.entries(kinds)) {
    await ask(path());
    const writer = change();
    const latencies = await readAll(() => ask(path()));
    await writer[Symbol.asyncDispose]();
    const at = (share: number): string => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(1);
    const rate = Math.round(latencies.length / seconds);
    const rows = Math.round(writer.rows / seconds);
    process.stdout.write(
      `${name.padEnd(22)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  max ${at(1 - 1e-9)} ms  ${rate} requests/s, ${rows} row changes/s\n`,
    );
  }
  await measureExport(`${url}/v1/export?format=csv&kind=change_event&to=${to}`, pid);
}

/** Milliseconds of every answer, sorted. */
async function readAll(ask: () => Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1_000;
  const read = async (reader: number): Promise<void> => {
    await delay((everyMs * reader) / readers);
    while (performance.now() < end) {
      const startedAt = performance.now();
      await ask();
      const took = performance.now() - startedAt;
      latencies.push(took);
      await delay(Math.max(0, everyMs - took));
    }
  };
  await Promise.all(Array.from({ length: readers }, (_, reader) => read(reader)));
  return latencies.sort((a, b) => a - b);
}

async function measureExport(url: string, pid: number): Promise<void> {
  const startedAt = performance.now();
  const before = residentMb(pid);
  const response = await fetch(url);
  let rows = -1; // the heading
  let most = before;
  for await (const chunk of response.body ?? []) {
    for (const byte of chunk as Uint8Array) if (byte === 10) rows += 1;
    most = Math.max(most, residentMb(pid));
  }
  const took = (performance.now() - startedAt) / 1_000;
  const rate = Math.round(rows / took).toLocaleString("en");
  process.stdout.write(
    `export of a month as CSV: ${rows.toLocaleString("en")} rows in ${took.toFixed(1)} s, ${rate} rows/s; memory ${before} MB before, at most ${most} MB\n`,
  );
}

/** Of the process, as Linux tells it. */
function residentMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024);
}
