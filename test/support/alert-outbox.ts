// An outbox with its receivers, driven by hand on a clock that stands still: `using outbox = openOutbox(store);`
import { type AlertDelivery, createAlertDelivery } from "../../src/pipeline/alert-delivery.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { Alert, DeliveryOutcome, NewAlert, Receiver } from "../../src/model/alert.ts";
import { type FindingsStore, openFindings } from "../../src/store/findings-store.ts";
import { type HeldClock, holdClock } from "./alerts.ts";

export interface Outbox extends Disposable {
  clock: HeldClock;
  findings: FindingsStore;
  put(...alerts: NewAlert[]): void;
  deliver(receiver: Receiver): AlertDelivery;
  /** Of every alert, the newest first: `text: state` for one receiver. */
  states(receiver?: string): string[];
}

export function openOutbox(store: string, clock = holdClock()): Outbox {
  const findings = openFindings(store);
  return {
    clock,
    findings,
    put: (...alerts) => findings.write(() => alerts.forEach((alert) => findings.putAlert(alert, clock.timestamp()))),
    deliver(receiver) {
      // At its end: no luck in it.
      const delivery = createAlertDelivery({ findings, receiver, clock, log: createLogger("silent"), random: () => 1 });
      delivery.tidy();
      return delivery;
    },
    states: (receiver = "webhook") =>
      findings
        .listAlerts({ limit: 100_000 })
        .map(
          ({ text, deliveries }) => `${text}: ${deliveries.find((one) => one.receiver === receiver)?.state ?? "none"}`,
        ),
    [Symbol.dispose]: () => findings[Symbol.dispose](),
  };
}

export interface ScriptedReceiver extends Receiver {
  /** The text of each alert it was sent, and when, in seconds after the clock's beginning. */
  sent: string[];
  alerts: Alert[];
  answer: (alert: Alert) => DeliveryOutcome;
}

/** A receiver without a socket, for the order and the times of attempts. */
export function scriptReceiver(clock: HeldClock): ScriptedReceiver {
  const beganAt = clock.now();
  const receiver: ScriptedReceiver = {
    name: "webhook",
    address: "http://127.0.0.1",
    sent: [],
    alerts: [],
    answer: () => ({ kind: "delivered", said: "HTTP 200" }),
    send(alert) {
      receiver.sent.push(`${(clock.now() - beganAt) / 1_000}: ${alert.text}`);
      receiver.alerts.push(alert);
      return Promise.resolve(receiver.answer(alert));
    },
  };
  return receiver;
}
