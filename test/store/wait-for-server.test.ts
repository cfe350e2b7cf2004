// `run` that waits for a server which is not there: what it leaves in the store for whoever asks how it is.
import { expect, it } from "vitest";
import { findFreePort } from "../../scripts/mysql/free-port.ts";
import { compileRules } from "../../src/infer/compile-rules.ts";
import { systemClock, toTimestamp } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { CaptureState } from "../../src/model/capture-state.ts";
import { configSchema } from "../../src/model/config.ts";
import { runIngest } from "../../src/pipeline/ingest.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { now } from "../support/ledger.ts";
import { toSourceConnection } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";

it("a wait lasts since its first try, and a restart does not forget when the server was last heard", async () => {
  using folder = openTempFolder({ small: true });
  const path = folder.file("s.db");
  using store = openStore(path);
  store.putState({ state: "RUNNING", since: now, reason: null, hint: null }, now);
  const states: CaptureState[] = [];
  const stop = new AbortController();
  const startedAt = toTimestamp(systemClock.now());
  await runIngest({
    config: configSchema.parse({ store: path, wait_for_server: true }),
    connection: toSourceConnection({ host: "127.0.0.1", port: await findFreePort(), user: "u", password: "p" }),
    rules: compileRules([]),
    store,
    version: "test",
    acceptGap: false,
    onState: (state) => {
      states.push(state);
      if (states.length === 3) stop.abort();
    },
    clock: systemClock,
    log: createLogger("error"),
    signal: stop.signal,
  });
  expect(states.map(({ state }) => state)).toEqual(["RETRYING", "RETRYING", "RETRYING", "STOPPED"]);
  expect(new Set(states.slice(0, 3).map(({ since }) => since)).size).toBe(1);
  expect((states[0]?.since ?? "") >= startedAt).toBe(true);
  using reader = openStoreReader(path);
  expect(reader.status().capture).toMatchObject({ state: "STOPPED", last_verified_at: now });
});
