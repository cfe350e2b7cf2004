// Capture, normalize, infer and store in the test's own process: quicker than a program of its own, and measured for coverage.
import { compileRules } from "../../src/infer/compile-rules.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { type Config, configSchema } from "../../src/model/config.ts";
import { runIngest } from "../../src/pipeline/ingest.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type Address, toSourceConnection } from "./source.ts";
import { waitForState } from "./trail.ts";

export interface RunningIngest extends AsyncDisposable {
  /** Rejects with what stopped it. */
  readonly ended: Promise<void>;
}

/** Comes back when it is RUNNING; stops it gracefully at the end of the test. */
export async function startIngest(
  address: Address,
  storePath: string,
  settings: Partial<Config> = {},
): Promise<RunningIngest> {
  const config = configSchema.parse({ store: storePath, log_level: "error", heartbeat_seconds: 1, ...settings });
  const store = openStore(storePath);
  const stop = new AbortController();
  const ended = runIngest({
    config,
    connection: toSourceConnection(address),
    rules: compileRules([]),
    store,
    version: "test",
    acceptGap: false,
    onState: () => {},
    clock: systemClock,
    log: createLogger("error"),
    signal: stop.signal,
  }).finally(() => store[Symbol.dispose]());
  await Promise.race([waitForState(storePath, "RUNNING"), ended]);
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}
