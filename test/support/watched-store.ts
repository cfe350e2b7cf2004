// A store with things to find, made once for a test file and copied for each test; detection over it, and what it kept.
import { copyFileSync } from "node:fs";
import pino from "pino";
import { makeWatchedStore, tellRules } from "../../scripts/bench/watched-store.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { configSchema } from "../../src/model/config.ts";
import { detectionSettings } from "../../src/pipeline/detection-settings.ts";
import { type Detector, type DetectorOptions, openDetector } from "../../src/pipeline/detector.ts";
import { type FindingsStore, openFindings } from "../../src/store/findings-store.ts";

export const silent = pino({ level: "silent" });

/** A hundred and fifty days of forty transactions each, and the pharmacy pack in force. */
export function createWatchedStore(path: string, events = 6_000): void {
  makeWatchedStore(path, events, 40);
  tellRules(path);
}

/** A store that nobody has open is one file. */
export function copyStore(from: string, to: string): string {
  copyFileSync(from, to);
  return to;
}

export function detectorOptions(store: string, findings: FindingsStore): DetectorOptions {
  const { settings } = detectionSettings(configSchema.parse({ store }));
  return { store, findings, settings, zone: "UTC", clock: systemClock, log: silent };
}

export function runToEnd(detector: Detector): void {
  for (let step = detector.step(); step.done < step.of;) step = detector.step();
}

/** From where it was to the end. */
export function detectAll(store: string, options: Partial<DetectorOptions> = {}): void {
  using findings = openFindings(store);
  using detector = openDetector({ ...detectorOptions(store, findings), ...options });
  runToEnd(detector);
}
