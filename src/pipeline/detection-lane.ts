// pipeline: detection as a lane of the findings thread. Reads the trail as it grows, page by page, until it is told to stop.
import { setTimeout as sleep } from "node:timers/promises";
import { setImmediate as yieldTurn } from "node:timers/promises";
import type { Logger } from "../lib/logger.ts";
import { AppError, errorFields } from "../model/app-error.ts";
import { detectionSettings } from "./detection-settings.ts";
import { type Detector, type DetectorOptions, openDetector } from "./detector.ts";
import type { Lane } from "./slow-lane.ts";

/** How often it looks for what is new, in the trail and among people's marks. */
const idleMs = 1_000;
/** Somebody runs `auditctl detect`, which comes to an end. */
const lockedMs = 2_000;

export const detectionLane: Lane = async ({ config, findings, clock, log, found, signal }) => {
  if (!config.detect) return;
  const options = { store: config.store, findings, ...detectionSettings(config), clock, log };
  using detector = await openWhenFree(options, log, signal);
  if (detector === undefined) return;
  const tell = (put: number): void => void (put > 0 && found.dispatchEvent(new Event("anomaly")));
  while (!signal.aborted) {
    const { done, of, put } = detector.step();
    tell(put);
    if (done < of) await yieldTurn();
    else await sleep(idleMs, undefined, { signal }).catch(() => undefined);
  }
  tell(detector.commit());
};

/** undefined when it is told to stop while it waits. */
async function openWhenFree(options: DetectorOptions, log: Logger, signal: AbortSignal): Promise<Detector | undefined> {
  for (let isTold = false; !signal.aborted; isTold = true) {
    try {
      return openDetector(options);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "store.in_use") throw error;
      if (!isTold) log.warn(errorFields(error), "detection waits");
    }
    await sleep(lockedMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
