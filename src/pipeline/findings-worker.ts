// pipeline: the inside of the findings thread. Opens the findings, runs every lane until it is told to stop.
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../lib/assert.ts";
import { systemClock } from "../lib/clock.ts";
import type { LogComponent } from "../lib/logger.ts";
import { AppError } from "../model/app-error.ts";
import type { Sample } from "../model/sample.ts";
import { findingsPath, openFindings } from "../store/findings-store.ts";
import { toStoreError } from "../store/sqlite-error.ts";
import { alertLane } from "./alert-lane.ts";
import { detectionLane } from "./detection-lane.ts";
import { explanationLane } from "./explanation-lane.ts";
import type { FindingsMessage, FindingsTask } from "./findings-thread.ts";
import { openWordsmith } from "./open-wordsmith.ts";
import type { Lane } from "./slow-lane.ts";
import { summaryLane } from "./summary-lane.ts";
import { openThreadLog } from "./thread-log.ts";

const lanes: readonly (readonly [LogComponent, Lane])[] = [
  ["detect", detectionLane],
  ["words", summaryLane],
  ["words", explanationLane],
  ["alerts", alertLane],
];

assert(parentPort !== null, "the findings worker runs in a thread");
const port = parentPort;
const tell = (message: FindingsMessage): void => port.postMessage(message);
const stop = new AbortController();
port.on("message", () => stop.abort());
// On Linux this is of the thread alone; elsewhere it would be of the whole process.
if (process.platform === "linux") setPriority(10);

const { config, version } = workerData as FindingsTask;
try {
  using findings = openFindings(config.store);
  const clock = systemClock;
  const logOf = openThreadLog(config, tell);
  const onModelCalled = (): void => tell({ kind: "model_called" });
  const onMeasured = (samples: readonly Sample[]): void => tell({ kind: "measured", samples });
  const wordsmith = openWordsmith({ config, findings, onModelCalled, onMeasured, clock, log: logOf("words") });
  const { signal } = stop;
  const context = { config, version, findings, clock, wordsmith, onMeasured, found: new EventTarget(), signal };
  // One that fails stops the others, before the file that they share is closed; the thread is then started again.
  const ended = await Promise.allSettled(
    lanes.map(([component, lane]) =>
      lane({ ...context, log: logOf(component) }).catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
    ),
  );
  for (const end of ended) if (end.status === "rejected") throw end.reason;
} catch (error) {
  // Also as SQLite itself throws it: a full disk is no bug.
  const known = toStoreError(error, findingsPath(config.store));
  if (!(known instanceof AppError)) throw error;
  tell({ kind: "failed", error: known.toJSON().error });
} finally {
  // A port that is listened to keeps the thread alive.
  port.close();
}
