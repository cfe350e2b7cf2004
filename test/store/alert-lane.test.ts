// Alerts as they run: from a change in the store to what a receiver gets, with receivers that are dead or slow beside one that is not.
import { expect, it } from "vitest";
import { findFreePort } from "../../scripts/mysql/free-port.ts";
import { openReceivers } from "../../src/alert/open-receivers.ts";
import { systemClock, toTimestamp } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { configSchema } from "../../src/model/config.ts";
import type { Sample } from "../../src/model/sample.ts";
import { runAlerts } from "../../src/pipeline/alert-lane.ts";
import { openFindings } from "../../src/store/findings-store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openDatagramReceiver, openWebhookReceiver } from "../support/alert-receivers.ts";
import { anomalyOf, secret } from "../support/alerts.ts";
import { startLedger } from "../support/ledger.ts";
import { parseSyslog } from "../support/syslog-parser.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

function openLane(settings: Record<string, unknown>) {
  const stack = new DisposableStack();
  const folder = stack.use(openTempFolder());
  const store = folder.file("store.db");
  const writer = stack.use(openStore(store));
  startLedger(writer);
  const findings = stack.use(openFindings(store));
  const config = configSchema.parse({ store, webhook_secret: secret, ...settings });
  const stop = new AbortController();
  const found = new EventTarget();
  const measured = new Map<string, Sample>();
  const onMeasured = (samples: readonly Sample[]): void => samples.forEach((one) => measured.set(one.name, one));
  const clock = systemClock;
  const log = createLogger("silent");
  const context = { config, version: "0", findings, clock, log, found, onMeasured, signal: stop.signal };
  const start = (): Promise<void> => {
    const began = clock.now() - 1_000;
    return runAlerts(context, openReceivers(config, "0", clock), () => began);
  };
  const putAnomaly = (number: number): void => {
    const now = toTimestamp(clock.now());
    findings.write(() => findings.putAnomalies([anomalyOf(number, { from: now, to: now })]));
    found.dispatchEvent(new Event("anomaly"));
  };
  const measure = (name: string, receiver: string): number | undefined =>
    measured.get(`audit_overlay_alerts_${name}`)?.values.find(({ labels }) => labels?.["receiver"] === receiver)?.value;
  return { writer, findings, stop, start, putAnomaly, measure, [Symbol.dispose]: () => stack.dispose() };
}

it.each([
  // What our own stop cuts is no failure of the receiver.
  ["slow", (failed: number) => failed === 0],
  ["dead", (failed: number) => failed > 0],
])("tells one receiver while another is %s", async (how, isRight) => {
  await using hook = await openWebhookReceiver();
  await using syslog = await openDatagramReceiver();
  hook.answer = () => {};
  const webhook_url = how === "slow" ? hook.url : `http://127.0.0.1:${await findFreePort()}/`;
  using lane = openLane({ webhook_url, syslog: `udp://127.0.0.1:${syslog.port}` });
  const running = lane.start();
  await waitFor("the first look", () => lane.findings.alertMemory("anomalies"));
  for (const number of [1, 2, 3]) lane.putAnomaly(number);
  await waitFor("syslog", () => syslog.received.length === 3);
  expect(syslog.received.map((bytes) => parseSyslog(bytes).data["entity_id"])).toEqual(["P-1", "P-2", "P-3"]);
  await waitFor("the measures", () => lane.measure("delivered_total", "syslog") === 3);
  expect(lane.measure("waiting", "webhook")).toBe(3);
  const startedAt = performance.now();
  lane.stop.abort();
  await running;
  // Not for as long as a slow receiver may take.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(lane.measure("failed_total", "webhook")).toSatisfy(isRight);
});

it("tells that capture ended because it needs a person, though it is told to stop at the same moment", async () => {
  await using hook = await openWebhookReceiver();
  using lane = openLane({ webhook_url: hook.url });
  lane.writer.putState({ state: "BLOCKED", since: toTimestamp(Date.now()), reason: "an event", hint: "look" }, null);
  lane.stop.abort();
  await lane.start();
  expect(hook.posted.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(["capture.needs_person"]);
});

it("has nothing to do, and leaves nothing behind, where nobody is to be told", async () => {
  using lane = openLane({});
  await lane.start();
  expect(lane.findings.alertMemory("anomalies")).toBeUndefined();
});
