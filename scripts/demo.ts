// The demo, a program: gets a private server, plays a pharmacy's trade into it while capture runs beside it as in
// production, then asks the trail. Everything shown is what `auditctl` answers from the store.
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { createConnection } from "mysql2/promise";
import { createPharmacy } from "../generator/create-pharmacy.ts";
import { playTrade } from "../generator/play-trade.ts";
import { openProgress } from "../generator/progress-display.ts";
import { defaultTrade, type TradeOptions } from "../generator/trade-options.ts";
import type { TradeTruth } from "../generator/truth.ts";
import { commandPrefix } from "../src/lib/package-root.ts";
import { AppError } from "../src/model/app-error.ts";
import { parseQuestion } from "../src/model/question.ts";
import { createEventLabels } from "../src/pipeline/event-labels.ts";
import { renderItem, renderTrace } from "../src/serve/cli/render-trace.ts";
import { renderStatus } from "../src/serve/cli/render-status.ts";
import { renderVerify } from "../src/serve/cli/render-verify.ts";
import { createVoice, languageOf } from "../src/serve/cli/voice.ts";
import { writeError } from "../src/serve/cli/write-error.ts";
import { openStoreReader } from "../src/store/open-store.ts";
import type { StoreReader } from "../src/store/store-reader.ts";
import { type CaptureProcess, startCapture } from "./demo/capture-process.ts";
import { findingsPath } from "../src/store/findings-store.ts";
import { waitUntilCaughtUp, waitUntilDetected } from "./demo/caught-up.ts";
import { type Flavor, type LocalServer, openLocalServer } from "./mysql.ts";

interface DemoOptions {
  flavor: Flavor;
  keep: boolean;
  json: boolean;
  store: string;
  trade: TradeOptions;
}

/** One of each is shown with the row changes it rests on. */
const shownTypes = ["inventory.adjusted", "user.role_changed", "branch.opened"];
/** Two weeks of a small chain: everything happens in it, and it is over in seconds. */
const demoTrade: TradeOptions = { ...defaultTrade, days: 14, branches: 4, salesPerBranchDay: 120 };
const auditAccount = { user: "audit_overlay", password: "demo-only" };

async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  say("Getting a server of our own …");
  await using server = await openLocalServer(options.flavor, { log: (line) => say(`  ${line}`), signal });
  for (const file of [options.store, findingsPath(options.store)])
    for (const suffix of ["", "-wal", "-shm", "-lock"]) rmSync(`${file}${suffix}`, { force: true });

  say("Creating the pharmacy, and an account that may read the log and nothing else …");
  const { host, port, user, password } = server;
  await using connection = await createConnection({ host, port, user, password, multipleStatements: true });
  // A server of our own that is thrown away: it need not wait for the disk at each commit.
  if (server.controllable)
    await connection.query("SET GLOBAL sync_binlog = 0; SET GLOBAL innodb_flush_log_at_trx_commit = 2");
  await createPharmacy(connection, "pharmacy");
  await connection.query(
    `CREATE USER '${auditAccount.user}'@'%' IDENTIFIED BY '${auditAccount.password}';
     GRANT REPLICATION SLAVE ON *.* TO '${auditAccount.user}'@'%'`,
  );

  say("Starting capture …");
  await using capture = await startCapture({ server, store: options.store, ...auditAccount });
  say(`Playing ${options.trade.days} days of trade …`);
  const truth = await play(connection, options.trade, signal);
  await waitUntilCaughtUp(connection, options.flavor, options.store, signal);
  await waitUntilDetected(options.store, signal);

  using reader = openStoreReader(options.store);
  if (options.json) showJson(reader, truth, server);
  else show(reader, truth, options.store);
  const anomalies = reader.status().anomalies.reduce((sum, { count }) => sum + count, 0);
  if (anomalies > 0)
    say(`\nWhat stands out in it, ${anomalies} in all: ${commandPrefix} anomalies --store ${options.store}`);
  say(`\n${((performance.now() - startedAt) / 1000).toFixed(0)} s in all. The store stays: ${options.store}`);
  if (options.keep) await keepRunning(capture, server, options.store, signal);
}

async function play(
  connection: Parameters<typeof playTrade>[0],
  trade: TradeOptions,
  signal: AbortSignal,
): Promise<TradeTruth> {
  using progress = openProgress(trade.days);
  const truth = await playTrade(connection, trade, progress.update, signal);
  if (signal.aborted) throw new AppError("demo.failed", "interrupted", { hint: "Nothing is left running." });
  return truth;
}

function show(reader: StoreReader, truth: TradeTruth, store: string): void {
  const print = (lines: readonly string[]): void => void process.stdout.write(`${lines.join("\n")}\n`);
  const voice = createVoice(process.stdout, { language: languageOf(process.env) });
  const ask = (command: string): void =>
    print(["", voice.paint("bold", `$ ${commandPrefix} ${command} --store ${store}`)]);
  const saleId = String(truth.examples.saleId);

  ask("status");
  print(renderStatus(reader.status(), voice));
  ask(`trace sale ${saleId}`);
  const addLabels = createEventLabels(reader);
  const sale = reader.trace("sale", saleId, 10);
  addLabels(sale?.timeline ?? []);
  if (sale !== undefined) print(renderTrace(sale, voice));
  print(["", voice.paint("bold", "Three more business events, with the row changes they rest on")]);
  for (const type of shownTypes) {
    const newest = reader.newestOfType(type, 1);
    addLabels(newest);
    print(["", ...newest.flatMap((item) => renderItem(item, voice))]);
  }
  ask("verify");
  const report = reader.verify();
  print(renderVerify(report, voice));

  const inferred = reader.status().business_events_by_type;
  const played: Record<string, number> = truth.businessEvents;
  const types = new Set([...Object.keys(played), ...Object.keys(inferred)]);
  const wrong = [...types].filter((type) => inferred[type] !== played[type]);
  print([
    "",
    `The generator's own count of what it did: ${wrong.length === 0 ? "equal, for every kind of business event" : `DIFFERENT for ${wrong.join(", ")}`}.`,
  ]);
  if (!report.ok || wrong.length > 0)
    throw new AppError("demo.failed", "the trail does not say what happened", {
      hint: `Please report it with ${store}.`,
    });
}

function showJson(reader: StoreReader, truth: TradeTruth, server: LocalServer): void {
  const answer = {
    server: { flavor: server.flavor, version: server.version, way: server.way },
    truth,
    status: reader.status(),
    trace: reader.trace("sale", String(truth.examples.saleId), 10) ?? null,
    business_events: shownTypes.flatMap((type) => reader.newestOfType(type, 1)),
    verify: reader.verify(),
    anomalies: reader.anomalies(parseQuestion("anomalies", { limit: 1_000 })).items,
  };
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

async function keepRunning(
  capture: CaptureProcess,
  server: LocalServer,
  store: string,
  signal: AbortSignal,
): Promise<void> {
  // A server from Docker has a password, made for this one demo.
  const login = server.password === "" ? "" : `MYSQL_PWD=${server.password} `;
  process.stderr.write(
    `Still running until Ctrl-C. Change a row yourself and ask who did it:
  server   ${login}mysql -h ${server.host} -P ${server.port} -u ${server.user} pharmacy
  trail    ${commandPrefix} trace inventory 1 --store ${store}\n`,
  );
  await Promise.race([
    capture.ended,
    new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true })),
  ]);
}

function parseOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      flavor: { type: "string", default: "mysql" },
      days: { type: "string", default: String(demoTrade.days) },
      seed: { type: "string", default: String(demoTrade.seed) },
      store: { type: "string", default: ".cache/demo/audit-overlay.db" },
    },
  });
  const { flavor, keep, json, store } = values;
  if (flavor !== "mysql" && flavor !== "mariadb") {
    throw new AppError("usage.argument", `--flavor ${flavor}: must be mysql or mariadb`, {
      hint: "For example --flavor mariadb",
    });
  }
  return {
    flavor,
    keep,
    json,
    store,
    trade: { ...demoTrade, days: Number(values.days), seed: Number(values.seed) },
  };
}

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
try {
  await runDemo(parseOptions(process.argv.slice(2)), interrupted.signal);
} catch (error) {
  const known =
    error instanceof AppError
      ? error
      : new AppError("demo.failed", error instanceof Error ? error.message : String(error), { hint: "", cause: error });
  process.exitCode = writeError(known, { json: false, stream: process.stderr, env: process.env });
}
