// pipeline: the lane that explains anomalies: each new one, and one that has gone on, in the language of the settings.
import { once } from "node:events";
import { localZone } from "../lib/zoned-time.ts";
import { openStoreReader } from "../store/open-store.ts";
import type { Lane } from "./slow-lane.ts";
import { explanationTaskOf } from "./words-answer.ts";
import { writeExplanation } from "./write-words.ts";

/** Of an anomaly that another process has put, nobody here is told. */
const lookAgainMs = 60_000;
/** An anomaly that goes on changes with each page of the trail; it is explained when it has rested. */
const restMs = 5_000;

export const explanationLane: Lane = async (context) => {
  const { config, findings, log, found, signal } = context;
  const zone = config.zone ?? localZone();
  const lang = config.lang ?? "en";
  while (!signal.aborted) {
    const anomaly = findings.nextUnexplained(lang);
    if (anomaly === undefined) {
      await eventOrTime(found, lookAgainMs, signal);
      await eventOrTime(new EventTarget(), restMs, signal);
      continue;
    }
    const { anomaly_id, kind } = anomaly;
    using reader = openStoreReader(config.store);
    try {
      const isTold = await writeExplanation(explanationTaskOf(reader, anomaly, lang, zone), { anomaly, zone }, context);
      if (isTold) log.info({ anomaly_id, kind, lang }, "an anomaly is explained");
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
};

async function eventOrTime(target: EventTarget, ms: number, signal: AbortSignal): Promise<void> {
  await once(target, "anomaly", { signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]) }).catch(() => undefined);
}
