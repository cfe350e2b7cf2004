// The findings thread as `run` keeps it: what is wrong with it is logged and tried again, and it ends when it is told to.
import { mkdirSync, rmdirSync, statSync } from "node:fs";
import pino from "pino";
import { expect, it } from "vitest";
import { createLogger } from "../../src/lib/logger.ts";
import { configSchema } from "../../src/model/config.ts";
import { createErrorCounts } from "../../src/model/error-counts.ts";
import { keepFindings } from "../../src/pipeline/keep-findings.ts";
import { createMeasures } from "../../src/pipeline/measures.ts";
import { openDetector } from "../../src/pipeline/detector.ts";
import { lockDetection } from "../../src/store/detection-lock.ts";
import { findingsPath, openFindings } from "../../src/store/findings-store.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { createWatchedStore, detectorOptions } from "../support/watched-store.ts";

it("is started again when what was wrong has passed, waits for another detector, and ends when it is told to", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  createWatchedStore(store, 400);
  using reader = openStoreReader(store);
  // A file that cannot be opened.
  mkdirSync(findingsPath(store));
  const lines: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const config = configSchema.parse({
    store,
    zone: "UTC",
    log_level: "error",
    model_provider: "off",
    summary_at: "off",
  });
  const stop = new AbortController();
  const kept = keepFindings({
    config,
    version: "test",
    onModelCalled: () => {},
    onLogged: () => {},
    measures: createMeasures(),
    log,
    restartMs: 50,
    signal: stop.signal,
  });
  await waitFor("the second try", () => lines.length >= 2);
  expect(lines[0]).toContain("capture goes on");
  expect(reader.status().detection).toBeNull();
  {
    using locked = new DisposableStack();
    locked.use(lockDetection(store));
    rmdirSync(findingsPath(store));
    await waitFor("the file", () => statSync(findingsPath(store), { throwIfNoEntry: false })?.isFile());
    expect(reader.status().detection).toBeNull();
  }
  await waitFor("detection to catch up", () => reader.status().detection?.behind === 0);
  const startedAt = performance.now();
  stop.abort();
  await kept;
  expect(performance.now() - startedAt).toBeLessThan(6_000);
  using findings = openFindings(store);
  openDetector(detectorOptions(store, findings))[Symbol.dispose]();
});

it("an error of ours in it is counted as a bug, which an alert rule watches", async () => {
  using folder = openTempFolder();
  const store = folder.file("s.db");
  createWatchedStore(store, 10);
  const counts = createErrorCounts();
  const stop = new AbortController();
  await keepFindings({
    // No setting lets it through.
    config: { ...configSchema.parse({ store, log_level: "error", model_provider: "off" }), zone: "No/Where" },
    version: "test",
    onModelCalled: () => {},
    onLogged: () => {},
    measures: createMeasures(),
    log: createLogger("error", "main", {
      write: () => stop.abort(),
      onCode: counts.count,
    }),
    signal: stop.signal,
  });
  expect(counts.sample().values).toEqual([{ labels: { code: "bug" }, value: 1 }]);
});
