// A program of its own that tells alerts of a store, for tests that kill it. Arguments: the store's path, the webhook's URL.
import { openReceivers } from "../../src/alert/open-receivers.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { configSchema } from "../../src/model/config.ts";
import { runAlerts } from "../../src/pipeline/alert-lane.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { secret } from "./alerts.ts";

const [store = "", webhook_url = ""] = process.argv.slice(2);
const config = configSchema.parse({ store, webhook_url, webhook_secret: secret });
using findings = openFindings(store);
const stop = new AbortController();
const began = systemClock.now();
process.once("SIGTERM", () => stop.abort());
await runAlerts(
  {
    config,
    version: "0",
    findings,
    clock: systemClock,
    log: createLogger("silent"),
    found: new EventTarget(),
    onMeasured: () => {},
    signal: stop.signal,
  },
  openReceivers(config, "0", systemClock),
  () => began,
);
