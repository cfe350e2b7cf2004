// pipeline: a test alert to each receiver, now and past the outbox; gives what each said.
import { testAlert } from "../alert/alert-content.ts";
import { randomUUID } from "node:crypto";
import { type Clock, toTimestamp } from "../lib/clock.ts";
import type { Receiver, ReceiverName } from "../model/alert.ts";

export interface AlertTestResult {
  receiver: ReceiverName;
  address: string;
  delivered: boolean;
  said: string;
  milliseconds: number;
  message_id: string;
}

export async function testAlerts(
  receivers: readonly Receiver[],
  clock: Clock,
  signal: AbortSignal,
): Promise<AlertTestResult[]> {
  const created_at = toTimestamp(clock.now());
  const { alert_key: _key, ...alert } = testAlert(created_at);
  return await Promise.all(
    receivers.map(async (receiver) => {
      const message_id = randomUUID();
      const startedAt = performance.now();
      const { kind, said } = await receiver.send({ ...alert, created_at, message_id }, signal);
      const milliseconds = Math.round(performance.now() - startedAt);
      const { name, address } = receiver;
      return { receiver: name, address, delivered: kind === "delivered", said, milliseconds, message_id };
    }),
  );
}
