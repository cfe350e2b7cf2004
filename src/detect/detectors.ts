// detect: every detector by its name.
import type { DetectorName } from "../model/detection.ts";
import type { CreateDetector } from "./detector.ts";
import { createAfterHours } from "./detectors/after-hours.ts";
import { createAmount } from "./detectors/amount.ts";
import { createBurst } from "./detectors/burst.ts";
import { createDuplicate } from "./detectors/duplicate.ts";
import { createFirstTime } from "./detectors/first-time.ts";
import { createPair } from "./detectors/pair.ts";
import { createRate } from "./detectors/rate.ts";
import { createRepeat } from "./detectors/repeat.ts";
import { createReverted } from "./detectors/reverted.ts";
import { createSelf } from "./detectors/self.ts";
import { createUnfinished } from "./detectors/unfinished.ts";
import { createVolume } from "./detectors/volume.ts";

export const detectors: Record<DetectorName, CreateDetector> = {
  volume: createVolume,
  repeat: createRepeat,
  rate: createRate,
  "after-hours": createAfterHours,
  "first-time": createFirstTime,
  self: createSelf,
  burst: createBurst,
  duplicate: createDuplicate,
  pair: createPair,
  reverted: createReverted,
  amount: createAmount,
  unfinished: createUnfinished,
};
