// A store that is long at a batch (a large distributed transaction is published in one) keeps capture from hearing the server.
// That is not the server's silence.
import { expect, inject, it } from "vitest";
import { runPreflight } from "../../src/capture/preflight.ts";
import { runCapture } from "../../src/capture/capture.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openSource, toSourceConnection } from "../support/source.ts";

it("a batch that takes longer than the silence allowed ends no connection", async () => {
  const server = inject("mysql");
  await using source = await openSource("mysql", server);
  await source.run("CREATE TABLE item (id INT PRIMARY KEY)");
  const connection = toSourceConnection(server);
  const { identity, executedGtidSet } = await runPreflight(connection);
  const states: string[] = [];
  const stop = new AbortController();
  const silenceMs = 3_000;
  let stored = 0;
  let running: () => void = () => {};
  const isRunning = new Promise<void>((resolve) => (running = resolve));
  const capture = runCapture({
    connection,
    flavor: "mysql",
    serverId: 987_654,
    sourceId: identity.server_id,
    databases: [source.database],
    heartbeatMs: 500,
    silenceMs,
    watchMs: 60_000,
    loadCheckpoint: () => ({ gtid_set: executedGtidSet, binlog_file: null, binlog_position: null }),
    onBatch: ({ transactions }) => {
      // Those of other tests on this server come without events.
      const ours = transactions.filter(({ events }) => events.length > 0).length;
      // The thread stands still, as it does while SQLite writes.
      if (stored === 0 && ours > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, silenceMs + 1_000);
      stored += ours;
      if (stored === 2) stop.abort();
    },
    onPart: () => {},
    onAbandoned: () => {},
    onIncident: () => false,
    onState: ({ state }) => {
      states.push(state);
      if (state === "RUNNING") running();
    },
    onSettings: () => {},
    onVerified: () => {},
    clock: systemClock,
    signal: stop.signal,
  });
  await isRunning;
  await source.run("INSERT INTO item VALUES (1)");
  // Sent while the thread stands still, or after it: heard on the same connection.
  await source.run("INSERT INTO item VALUES (2)");
  await capture;
  expect(states).toEqual(["STARTING", "RUNNING"]);
});
