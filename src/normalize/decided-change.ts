// normalize: a change that waited for the decision on its distributed (XA) transaction -> the same change, of the
// transaction that commits it. Pure.
import type { ChangeEvent } from "../model/change-event.ts";
import { createEventId } from "./event-id.ts";

export function toDecided(
  waiting: ChangeEvent,
  commit: Pick<ChangeEvent, "transaction_id" | "timestamp">,
): ChangeEvent {
  const { transaction_id, timestamp } = commit;
  const change = { ...waiting, transaction_id, timestamp };
  return { ...change, event_id: createEventId(change) };
}
