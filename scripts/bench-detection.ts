// Does detection keep up? Reads a store of synthetic trade from its beginning and prints rows per second, memory over time and the
// size of what detectors remember; then writes trade with and without detection beside it, in turns, and prints the ratio.
// Arguments: the store's path (made where it is not there, and used again), business events, changes to write in each turn.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import pino from "pino";
import { systemClock } from "../src/lib/clock.ts";
import { configSchema } from "../src/model/config.ts";
import { detectionSettings } from "../src/pipeline/detection-settings.ts";
import { openDetector } from "../src/pipeline/detector.ts";
import { keepFindings } from "../src/pipeline/keep-findings.ts";
import { createMeasures } from "../src/pipeline/measures.ts";
import { findingsPath, openFindings } from "../src/store/findings-store.ts";
import { openStoreReader } from "../src/store/open-store.ts";
import type { StoreReader } from "../src/store/store-reader.ts";
import { makeWatchedStore, tellRules } from "./bench/watched-store.ts";

const log = pino({ level: "warn" }, pino.destination(2));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const mb = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;
const perSecond = (count: number, seconds: number): string => Math.round(count / seconds).toLocaleString("en-US");

function settingsOf(store: string) {
  return configSchema.parse({ store, zone: "UTC", model_provider: "off", summary_at: "off", log_level: "error" });
}

/** Of the whole process: the highest it ever was. */
function peakBytes(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1_024;
}

/** Detection alone, from the beginning to the end. */
function measureDetection(store: string): void {
  using reader = openStoreReader(store);
  using findings = openFindings(store);
  const { settings } = detectionSettings(settingsOf(store));
  using detector = openDetector({ store, findings, settings, zone: "UTC", again: true, clock: systemClock, log });
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const memory: string[] = [];
  const pieces: number[] = [];
  for (let isOver = false; !isOver;) {
    const pieceAt = performance.now();
    const { done, of } = detector.step();
    pieces.push(performance.now() - pieceAt);
    if (done >= (of * (memory.length + 1)) / 10) memory.push(mb(process.memoryUsage.rss()));
    isOver = done >= of;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const used = process.cpuUsage(cpu);
  const cpuSeconds = (used.user + used.system) / 1_000_000;
  const { coverage, anomalies } = reader.status();
  const { change_events = 0, business_events = 0 } = coverage ?? {};
  say(
    `${business_events} business events of ${change_events} changes in ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of one core`,
  );
  say(`  ${perSecond(change_events, seconds)} changes/s, ${perSecond(business_events, seconds)} events/s`);
  say(
    `  by processor time ${perSecond(change_events, cpuSeconds)} changes/s, ${perSecond(business_events, cpuSeconds)} events/s`,
  );
  pieces.sort((a, b) => a - b);
  const at = (share: number): string => pieces[Math.floor((pieces.length - 1) * share)]!.toFixed(1);
  say(`  pieces: median ${at(0.5)} ms, 99 % below ${at(0.99)} ms, longest ${at(1)} ms`);
  say(`  memory after each tenth: ${memory.join(", ")}; at most ${mb(peakBytes())}`);
  say(`  ${stateSize(store)}; ${anomalies.reduce((sum, { count }) => sum + count, 0)} anomalies`);
}

function stateSize(store: string): string {
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(findingsPath(store), { readonly: true }), (open) => open.close());
  const { rows, bytes } = db
    .prepare<[], { rows: number; bytes: number }>(
      "SELECT count(*) AS rows, coalesce(sum(length(watch) + length(key) + length(state)), 0) AS bytes FROM detector_state",
    )
    .get()!;
  return `what detectors remember: ${rows} rows, ${mb(bytes)}`;
}

interface Turn {
  seconds: number;
  /** Entries that detection had not read when the last change was written. */
  behind: number | undefined;
}

/** Trade as fast as the writer takes it, in this thread; detection in its own, as in `run`. */
async function writeTrade(events: number, detect: boolean): Promise<Turn> {
  const folder = mkdtempSync(join(tmpdir(), "audit-overlay-bench-"));
  try {
    const store = join(folder, "s.db");
    const first = 500;
    makeWatchedStore(store, first);
    tellRules(store);
    const stop = new AbortController();
    const kept = detect
      ? keepFindings({
          config: settingsOf(store),
          version: "bench",
          onModelCalled: () => {},
          onLogged: () => {},
          measures: createMeasures(),
          log,
          signal: stop.signal,
        })
      : undefined;
    using reader = openStoreReader(store);
    if (detect) await untilDetected(reader);
    const startedAt = performance.now();
    makeWatchedStore(store, first + events, undefined, first + 1);
    const seconds = (performance.now() - startedAt) / 1_000;
    const behind = reader.status().detection?.behind;
    stop.abort();
    await kept;
    return { seconds, behind };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilDetected(reader: StoreReader): Promise<void> {
  while (reader.status().detection?.behind !== 0) await sleep(50);
}

const [path = "bench-detection.db", events = "1000000", turnChanges = "120000"] = process.argv.slice(2);
if (!existsSync(path)) {
  const startedAt = performance.now();
  makeWatchedStore(path, Number(events));
  say(`made ${path} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
}
tellRules(path);
measureDetection(path);

const turnEvents = Math.round(Number(turnChanges) / 3.2);
const turns: Record<"without" | "with", Turn[]> = { without: [], with: [] };
for (let turn = 0; turn < 3; turn += 1) {
  turns.without.push(await writeTrade(turnEvents, false));
  turns.with.push(await writeTrade(turnEvents, true));
}
const best = (list: readonly Turn[]): number => Math.min(...list.map(({ seconds }) => seconds));
const shown = (list: readonly Turn[]): string => list.map(({ seconds }) => seconds.toFixed(1)).join(", ");
say(`${turnChanges} changes written without detection in ${shown(turns.without)} s, with it in ${shown(turns.with)} s`);
say(`  best with to best without: ${(best(turns.with) / best(turns.without)).toFixed(2)}`);
say(
  `  entries behind when the last was written: ${turns.with.map(({ behind }) => behind).join(", ")} of ${turnEvents}`,
);
