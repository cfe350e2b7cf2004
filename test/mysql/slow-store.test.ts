// A store that is long at a batch (a large distributed transaction is published in one) keeps capture from hearing the server.
// That is not the server's silence. And a store that fails while nothing comes ends capture like any other that fails.
import { expect, inject, it } from "vitest";
import { runPreflight } from "../../src/capture/preflight.ts";
import { type CaptureOptions, runCapture } from "../../src/capture/capture.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { AppError } from "../../src/model/app-error.ts";
import { openSource, toSourceConnection } from "../support/source.ts";

/** Of the shared server, from this moment on; nothing is done with what comes. */
async function readFromHere(): Promise<CaptureOptions> {
  const connection = toSourceConnection(inject("mysql"));
  const { identity, executedGtidSet } = await runPreflight(connection);
  return {
    connection,
    flavor: "mysql",
    serverId: 987_654,
    sourceId: identity.server_id,
    databases: [],
    heartbeatMs: 500,
    silenceMs: 3_000,
    watchMs: 60_000,
    loadCheckpoint: () => ({ gtid_set: executedGtidSet, binlog_file: null, binlog_position: null }),
    onBatch: () => {},
    onPart: () => {},
    onAbandoned: () => {},
    onIncident: () => false,
    onState: () => {},
    onSettings: () => {},
    onVerified: () => {},
    clock: systemClock,
    signal: new AbortController().signal,
  };
}

it("a batch that takes longer than the silence allowed ends no connection", async () => {
  const server = inject("mysql");
  await using source = await openSource("mysql", server);
  await source.run("CREATE TABLE item (id INT PRIMARY KEY)");
  const states: string[] = [];
  const stop = new AbortController();
  const silenceMs = 3_000;
  let stored = 0;
  let running: () => void = () => {};
  const isRunning = new Promise<void>((resolve) => (running = resolve));
  const capture = runCapture({
    ...(await readFromHere()),
    databases: [source.database],
    silenceMs,
    onBatch: ({ transactions }) => {
      // Those of other tests on this server come without events.
      const ours = transactions.filter(({ events }) => events.length > 0).length;
      // The thread stands still, as it does while SQLite writes.
      if (stored === 0 && ours > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, silenceMs + 1_000);
      stored += ours;
      if (stored === 2) stop.abort();
    },
    onState: ({ state }) => {
      states.push(state);
      if (state === "RUNNING") running();
    },
    signal: stop.signal,
  });
  await isRunning;
  await source.run("INSERT INTO item VALUES (1)");
  // Sent while the thread stands still, or after it: heard on the same connection.
  await source.run("INSERT INTO item VALUES (2)");
  await capture;
  expect(states).toEqual(["STARTING", "RUNNING"]);
});

it("a store that cannot note that the server was heard ends capture with its own error", async () => {
  const full = new AppError("store.write_failed", "database or disk is full", { hint: "Make room." });
  const capture = runCapture({
    ...(await readFromHere()),
    onVerified: () => {
      throw full;
    },
  });
  await expect(capture).rejects.toBe(full);
});
