// pipeline: settings -> the thresholds of detection, and the zone whose days and hours count.
import type { Config } from "../model/config.ts";
import type { DetectionSettings } from "../model/detection.ts";

export function detectionSettings(config: Config): { settings: DetectionSettings; zone: string | undefined } {
  return {
    settings: {
      z: config.detect_z,
      factor: config.detect_factor,
      days: config.detect_days,
      businessHours: config.business_hours,
    },
    zone: config.zone,
  };
}
