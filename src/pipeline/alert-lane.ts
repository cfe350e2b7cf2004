// pipeline: alerts as a lane of the findings thread. Looks for what is to be told, and delivers it, until it is told to stop; then it
// looks once more: that capture ends because it needs a person is what most has to be told.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { openReceivers } from "../alert/open-receivers.ts";
import type { Sample } from "../model/sample.ts";
import type { Receiver } from "../model/alert.ts";
import { openAlertSource } from "../store/alert-source.ts";
import { type AlertDelivery, createAlertDelivery, toSamples } from "./alert-delivery.ts";
import { type AlertWatcher, createAlertWatcher } from "./alert-watcher.ts";
import { trackProcessStart } from "./process-start.ts";
import type { Lane, LaneContext } from "./slow-lane.ts";

const lookMs = 1_000;
const tidyMs = 60_000;
/** After it is told to stop; the thread is cut off a little later. */
const lastMs = 3_000;

export type AlertLaneContext = Pick<
  LaneContext,
  "config" | "version" | "findings" | "clock" | "log" | "found" | "onMeasured" | "signal"
>;

export const alertLane: Lane = async (context) => {
  const receivers = openReceivers(context.config, context.version, context.clock);
  await runAlerts(context, receivers, trackProcessStart(context.clock));
};

/** @param startedAt of this process */
export async function runAlerts(
  context: AlertLaneContext,
  receivers: readonly Receiver[],
  startedAt: () => number,
): Promise<void> {
  if (receivers.length === 0) return;
  const { config, findings, clock, log } = context;
  using source = openAlertSource(config.store);
  const watcher = createAlertWatcher({ config, findings, source, startedAt, clock });
  const deliveries = receivers.map((receiver) => createAlertDelivery({ findings, receiver, clock, log }));
  log.info({ receivers: receivers.map(({ name, address }) => `${name} ${address}`) }, "alerts are told");
  const ending = new AbortController();
  const senders = deliveries.map((delivery) => createSender(delivery, ending.signal));
  // A receiver that is new is told of what comes from here on.
  for (const delivery of deliveries) delivery.tidy();
  try {
    await watch(context, watcher, deliveries, senders);
    // What is under way, and what this last look puts, has a moment to get through; the rest is told after the next start.
    watcher.look();
    const cut = setTimeout(() => ending.abort(), lastMs);
    await Promise.all(senders.map((sender) => sender.finish())).finally(() => clearTimeout(cut));
  } finally {
    ending.abort();
    await Promise.all(senders.map((sender) => sender.ended()));
  }
}

async function watch(
  { clock, found, onMeasured, signal }: AlertLaneContext,
  watcher: AlertWatcher,
  deliveries: readonly AlertDelivery[],
  senders: readonly Sender[],
): Promise<void> {
  let tidyAtMs = 0;
  while (!signal.aborted) {
    if (clock.now() >= tidyAtMs) {
      for (const delivery of deliveries) delivery.tidy();
      tidyAtMs = clock.now() + tidyMs;
    }
    watcher.look();
    for (const sender of senders) sender.kick();
    tellMeasures(deliveries, onMeasured);
    const woken = new AbortController();
    const wake = AbortSignal.any([signal, woken.signal]);
    await Promise.race([
      sleep(lookMs, undefined, { signal: wake }).catch(() => undefined),
      once(found, "anomaly", { signal: wake }).catch(() => undefined),
    ]);
    woken.abort();
  }
}

function tellMeasures(deliveries: readonly AlertDelivery[], onMeasured: (samples: readonly Sample[]) => void): void {
  onMeasured(toSamples(deliveries.map((delivery) => delivery.samples())));
}

interface Sender {
  /** Sends what is due, beside everything else, unless it is at it already. */
  kick(): void;
  /** Once more, to the end. @throws what went wrong in a kick */
  finish(): Promise<void>;
  /** Nothing is under way any more. */
  ended(): Promise<void>;
}

function createSender(delivery: AlertDelivery, signal: AbortSignal): Sender {
  let under: Promise<void> | undefined;
  let fault: unknown;
  const kick = (): Promise<void> => {
    if (fault !== undefined) throw fault;
    under ??= delivery
      .drain(signal)
      .catch((error: unknown) => void (fault = error))
      .finally(() => void (under = undefined));
    return under;
  };
  return {
    kick: () => void kick(),
    ended: async () => await under,
    async finish() {
      await under;
      await kick();
      if (fault !== undefined) throw fault;
    },
  };
}
