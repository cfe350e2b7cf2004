// The outbox: each alert once, in order, at least until it is taken; a receiver that is dead, or one alert that nobody takes, and
// the rest goes on. Times are those of a clock that the test moves.
import { expect, it } from "vitest";
import { createWebhook } from "../../src/alert/webhook.ts";
import { waitingMax } from "../../src/pipeline/alert-delivery.ts";
import type { DeliveryOutcome } from "../../src/model/alert.ts";
import { openWebhookReceiver } from "../support/alert-receivers.ts";
import { newAlertOf, secret } from "../support/alerts.ts";
import { openOutbox, scriptReceiver } from "../support/alert-outbox.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const going = new AbortController().signal;
const day = 86_400_000;
const away: DeliveryOutcome = { kind: "unreachable", said: "connect ECONNREFUSED" };
const refused: DeliveryOutcome = { kind: "refused", said: "HTTP 400" };

it("delivers in order, each once, and the same is not put twice", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const receiver = scriptReceiver(outbox.clock);
  const delivery = outbox.deliver(receiver);
  outbox.put(newAlertOf(1), newAlertOf(2), newAlertOf(1));
  await delivery.drain(going);
  outbox.put(newAlertOf(2), newAlertOf(3));
  await delivery.drain(going);
  await delivery.drain(going);
  expect(receiver.sent).toEqual(["0: alert 1", "0: alert 2", "0: alert 3"]);
  expect(delivery.samples()).toEqual({ receiver: "webhook", delivered: 3, failed: 0, givenUp: 0, waiting: 0 });
});

it("tells a new receiver what comes from then on", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  outbox.put(newAlertOf(1));
  const receiver = scriptReceiver(outbox.clock);
  const delivery = outbox.deliver(receiver);
  outbox.put(newAlertOf(2));
  await delivery.drain(going);
  expect(receiver.sent).toEqual(["0: alert 2"]);
  expect(outbox.states()).toEqual(["alert 2: delivered", "alert 1: none"]);
});

it("waits longer and longer for a receiver that is away, from a second to an hour, and keeps the order when it is back soon", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const receiver = scriptReceiver(outbox.clock);
  receiver.answer = () => away;
  const delivery = outbox.deliver(receiver);
  outbox.put(newAlertOf(1), newAlertOf(2));
  for (let second = 0; second < 20; second += 1) {
    await delivery.drain(going);
    outbox.clock.pass(1_000);
  }
  expect(receiver.sent).toEqual(["0: alert 1", "1: alert 1", "3: alert 1", "7: alert 1", "15: alert 1"]);
  receiver.answer = () => ({ kind: "delivered", said: "" });
  receiver.sent.length = 0;
  outbox.clock.pass(12_000);
  await delivery.drain(going);
  expect(receiver.sent).toEqual(["32: alert 1", "32: alert 2"]);
});

it("asks a dead receiver at most once an hour, for three days, then gives up and says so when it is back", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const receiver = scriptReceiver(outbox.clock);
  receiver.answer = () => away;
  const delivery = outbox.deliver(receiver);
  outbox.put(...Array.from({ length: 20 }, (_, index) => newAlertOf(index)));
  for (let minute = 0; minute < 3 * 24 * 60; minute += 1) {
    await delivery.drain(going);
    if (minute % 60 === 0) delivery.tidy();
    outbox.clock.pass(60_000);
  }
  const lastDay = receiver.sent.filter((sent) => Number.parseFloat(sent) > (2 * day) / 1_000);
  expect(lastDay.length).toBeLessThanOrEqual(25);
  expect(lastDay.length).toBeGreaterThan(20);
  outbox.clock.pass(60_000);
  delivery.tidy();
  expect(new Set(outbox.states().map((state) => state.split(": ")[1]))).toEqual(new Set(["given_up"]));
  expect(delivery.samples()).toMatchObject({ givenUp: 20, waiting: 0 });

  receiver.answer = () => ({ kind: "delivered", said: "" });
  receiver.sent.length = 0;
  outbox.clock.pass(3_600_000);
  outbox.put(newAlertOf(21));
  await delivery.drain(going);
  expect(receiver.sent.map((sent) => sent.replace(/^\d+: /, ""))).toEqual([
    "alert 21",
    expect.stringMatching(/^Alerts could not be delivered to webhook and were given up: 20 since 2026-03-02T12:00:00/),
  ]);
  expect(receiver.alerts.at(-1)).toMatchObject({ type: "alerts.lost", data: { receiver: "webhook", lost: 20 } });
  await delivery.drain(going);
  expect(receiver.sent.length).toBe(2);
});

it("lets the others pass one that is refused at once, and one that brings the receiver down after a minute", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const receiver = scriptReceiver(outbox.clock);
  receiver.answer = ({ text }) =>
    text === "alert 1" ? refused : text === "alert 2" ? away : { kind: "delivered", said: "" };
  const delivery = outbox.deliver(receiver);
  outbox.put(newAlertOf(1), newAlertOf(2), newAlertOf(3));
  await delivery.drain(going);
  expect(receiver.sent).toEqual(["0: alert 1", "0: alert 2"]);
  for (let second = 0; second < 120; second += 1) {
    outbox.clock.pass(1_000);
    await delivery.drain(going);
  }
  const three = receiver.sent.find((sent) => sent.endsWith("alert 3"));
  expect(Number.parseFloat(three ?? "")).toBeLessThan(70);
  expect(outbox.states()).toEqual(["alert 3: delivered", "alert 2: waiting", "alert 1: waiting"]);
});

it("waits no longer where the clock is put back, for the receiver or for one alert", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const receiver = scriptReceiver(outbox.clock);
  receiver.answer = ({ text }) => (text === "alert 1" ? refused : away);
  const delivery = outbox.deliver(receiver);
  outbox.clock.pass(365 * day);
  outbox.put(newAlertOf(1), newAlertOf(2));
  await delivery.drain(going);
  outbox.clock.pass(-365 * day);
  receiver.answer = () => ({ kind: "delivered", said: "" });
  await delivery.drain(going);
  expect(outbox.states()).toEqual(["alert 2: delivered", "alert 1: delivered"]);
});

it("keeps what a receiver asks for in Retry-After", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const receiver = scriptReceiver(outbox.clock);
  receiver.answer = () => ({ ...away, retryAfterMs: 600_000 });
  const delivery = outbox.deliver(receiver);
  outbox.put(newAlertOf(1));
  await delivery.drain(going);
  receiver.answer = () => ({ kind: "delivered", said: "" });
  outbox.clock.pass(599_000);
  await delivery.drain(going);
  outbox.clock.pass(1_000);
  await delivery.drain(going);
  expect(receiver.sent).toEqual(["0: alert 1", "600: alert 1"]);
});

it("sends nothing more to a receiver that is gone, until the next start", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const receiver = scriptReceiver(outbox.clock);
  receiver.answer = () => ({ kind: "gone", said: "HTTP 410" });
  const delivery = outbox.deliver(receiver);
  outbox.put(newAlertOf(1), newAlertOf(2));
  await delivery.drain(going);
  outbox.clock.pass(day);
  await delivery.drain(going);
  expect(receiver.sent).toEqual(["0: alert 1"]);
  receiver.answer = () => ({ kind: "delivered", said: "" });
  await outbox.deliver(receiver).drain(going);
  expect(receiver.sent.length).toBe(3);
});

it("does not count an attempt that our own stop has cut", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const stop = new AbortController();
  const receiver = scriptReceiver(outbox.clock);
  receiver.answer = () => {
    stop.abort();
    return away;
  };
  outbox.deliver(receiver);
  outbox.put(newAlertOf(1));
  await outbox.deliver(receiver).drain(stop.signal);
  expect(outbox.findings.nextDelivery("webhook", outbox.clock.timestamp())).toMatchObject({ attempts: 0 });
});

it("is bounded: the oldest go when too many wait, and all go after thirty days", () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  const delivery = outbox.deliver(scriptReceiver(outbox.clock));
  outbox.put(...Array.from({ length: waitingMax + 50 }, (_, index) => newAlertOf(index)));
  delivery.tidy();
  expect(delivery.samples()).toMatchObject({ waiting: waitingMax, givenUp: 50 });
  expect(outbox.states().at(-51)).toBe("alert 50: waiting");
  expect(outbox.states().at(-50)).toBe("alert 49: given_up");
  outbox.clock.pass(31 * day);
  delivery.tidy();
  delivery.tidy();
  expect(outbox.states()).toEqual([]);
});

it("tells again what is replayed, under the same id and with a signature of now", async () => {
  using folder = openTempFolder();
  using outbox = openOutbox(folder.file("store.db"));
  await using hook = await openWebhookReceiver();
  const { clock } = outbox;
  const origin = { host: "h", store: "s" };
  const delivery = outbox.deliver(createWebhook({ url: hook.url, secrets: [secret], origin, version: "0", clock }));
  outbox.put(newAlertOf(1));
  clock.pass(1_000);
  outbox.put(newAlertOf(2));
  await delivery.drain(going);
  clock.pass(day);
  const range = { from: "2026-03-02T12:00:01", to: "2026-03-03" };
  expect(outbox.findings.replayAlerts("webhook", range, clock.timestamp())).toBe(1);
  await delivery.drain(going);
  const ids = hook.posted.map(({ headers }) => headers["webhook-id"]);
  expect(ids).toEqual([ids[0], ids[1], ids[1]]);
  expect(hook.posted[2]!.body).toBe(hook.posted[1]!.body);
  const [before, after] = hook.posted.slice(1).map(({ headers }) => Number(headers["webhook-timestamp"]));
  expect(after! - before!).toBe(day / 1_000);
});
