// A program of its own that tells the days and anomalies of a store, for tests that kill it. Argument: the store's path. The clock
// stands still, so that only the words can differ between two runs.
import { writeSync } from "node:fs";
import pino from "pino";
import { configSchema } from "../../src/model/config.ts";
import { explanationLane } from "../../src/pipeline/explanation-lane.ts";
import { openWordsmith } from "../../src/pipeline/open-wordsmith.ts";
import { createDayTeller } from "../../src/pipeline/summary-lane.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { pharmacyZone } from "./pharmacy-days.ts";

const [store = ""] = process.argv.slice(2);
const now = Date.parse("2026-03-08T05:30:00Z");
const config = configSchema.parse({ store, zone: pharmacyZone, lang: "es", model_provider: "off" });
const log = pino({ level: "silent" });
const clock = { now: () => now };
using findings = openFindings(store);
const wordsmith = openWordsmith({ config, findings, onModelCalled: () => undefined, clock, log });
const stop = new AbortController();
const shared = { config, version: "test", findings, wordsmith, clock, log, onMeasured: () => undefined };
const context = { ...shared, found: new EventTarget(), signal: stop.signal };
writeSync(1, "begun\n");
const explained = explanationLane(context);
{
  await using teller = createDayTeller(context, now - 3_600_000);
  while (await teller.tell());
}
while (findings.nextUnexplained("es") !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
stop.abort();
await explained;
writeSync(1, "done\n");
