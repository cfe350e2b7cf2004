// pipeline: the outbox -> one receiver. In the order of the alerts, at least once each: an attempt is written down when it is over,
// so one that was cut by a kill is made again, under the same id.
import { lostAlert } from "../alert/alert-content.ts";
import { backoffMs } from "../lib/backoff.ts";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { DeliveryOutcome, Receiver } from "../model/alert.ts";
import type { MetricName } from "../model/metrics.ts";
import type { Sample } from "../model/sample.ts";
import type { FindingsStore } from "../store/findings-store.ts";
import type { WaitingDelivery } from "../store/alert-outbox.ts";

export interface AlertDeliveryOptions {
  findings: FindingsStore;
  receiver: Receiver;
  clock: Clock;
  log: Logger;
  random?: () => number;
}

export interface AlertDelivery {
  /** Sends what is due, until nothing is or the receiver does not take it. */
  drain(signal: AbortSignal): Promise<void>;
  /** Gives up what has waited too long, and removes what is old. */
  tidy(): void;
  samples(): AlertCounts;
}

export interface AlertCounts {
  receiver: string;
  delivered: number;
  failed: number;
  givenUp: number;
  waiting: number;
}

const baseMs = 1_000;
const maxMs = 3_600_000;
/** So many attempts of one alert hold up those behind it; then they may pass. About a minute. */
const patience = 6;
const giveUpMs = 3 * 86_400_000;
const keepMs = 30 * 86_400_000;
export const waitingMax = 10_000;

export function createAlertDelivery(options: AlertDeliveryOptions): AlertDelivery {
  const { findings, receiver, clock, log, random } = options;
  const { name } = receiver;
  const counts = { delivered: 0, failed: 0, givenUp: 0 };
  /** In a row, of the receiver. Not kept: after a restart it is tried at once. */
  const state = { failures: 0, failedAtMs: 0, retryAtMs: 0, isGone: false };
  /** A clock that was put back does not make the wait longer. */
  const isResting = (now: number): boolean => now >= state.failedAtMs && now < state.retryAtMs;
  const at = (ms: number): string => toTimestamp(ms);

  const onDelivered = ({ alert_id, alert }: WaitingDelivery): void => {
    state.failures = 0;
    counts.delivered += 1;
    const now = at(clock.now());
    findings.write(() => {
      findings.recordDelivered(alert_id, name, now);
      // It is back: what it has missed, it is told.
      const lost = findings.takeLost(name);
      if (lost !== undefined) findings.putAlert(lostAlert(name, lost.lost, lost.lost_from, now), now);
    });
    log.debug({ receiver: name, type: alert.type, message_id: alert.message_id }, "alert delivered");
  };

  const onFailed = (delivery: WaitingDelivery, outcome: Exclude<DeliveryOutcome, { kind: "delivered" }>): void => {
    counts.failed += 1;
    const attempts = delivery.attempts + 1;
    const now = clock.now();
    const ownWaitMs = backoffMs(attempts - 1, baseMs, maxMs, random);
    const isUnreachable = outcome.kind === "unreachable";
    const aside = !isUnreachable || attempts >= patience;
    if (isUnreachable) {
      state.failures += 1;
      state.failedAtMs = now;
      state.retryAtMs = now + Math.max(backoffMs(state.failures - 1, baseMs, maxMs, random), outcome.retryAfterMs ?? 0);
    }
    const next_at = at(Math.max(now + ownWaitMs, isUnreachable ? state.retryAtMs : 0));
    findings.write(() => findings.recordFailed(delivery.alert_id, name, { error: outcome.said, next_at, aside }));
    const { type, message_id } = delivery.alert;
    log.warn(
      { receiver: name, address: receiver.address, type, message_id, attempts, error: outcome.said, next_at },
      "alert not delivered",
    );
    if (outcome.kind !== "gone") return;
    state.isGone = true;
    log.error(
      { receiver: name, address: receiver.address },
      "the receiver wants no more alerts (HTTP 410): nothing is sent to it until the next start",
    );
  };

  return {
    async drain(signal) {
      while (!state.isGone && !signal.aborted && !isResting(clock.now())) {
        findings.queueAlerts(name, at(clock.now()));
        const delivery = findings.nextDelivery(name, at(clock.now()));
        if (delivery === undefined) return;
        const outcome = await receiver.send(delivery.alert, signal);
        if (outcome.kind === "delivered") onDelivered(delivery);
        // Cut by our own stop: that says nothing of the receiver.
        else if (!signal.aborted) onFailed(delivery, outcome);
      }
    },
    tidy() {
      const now = clock.now();
      const givenUp = findings.write(() => {
        findings.queueAlerts(name, at(now));
        findings.removeAlertsBefore(at(now - keepMs));
        return findings.giveUpAlerts(name, at(now - giveUpMs), waitingMax);
      });
      counts.givenUp += givenUp;
      if (givenUp > 0)
        log.error(
          { receiver: name, given_up: givenUp },
          "alerts were given up: the receiver took none for too long; `auditctl alerts list --undelivered` shows them",
        );
    },
    samples: () => ({ receiver: name, ...counts, waiting: findings.countWaiting(name) }),
  };
}

export function toSamples(all: readonly AlertCounts[]): Sample[] {
  const sample = (name: MetricName, of: (counts: AlertCounts) => number): Sample => ({
    name,
    values: all.map((counts) => ({ labels: { receiver: counts.receiver }, value: of(counts) })),
  });
  return [
    sample("audit_overlay_alerts_delivered_total", ({ delivered }) => delivered),
    sample("audit_overlay_alerts_failed_total", ({ failed }) => failed),
    sample("audit_overlay_alerts_given_up_total", ({ givenUp }) => givenUp),
    sample("audit_overlay_alerts_waiting", ({ waiting }) => waiting),
  ];
}
