// normalize: the id of a change event. The same row change has the same id in every run, so redelivery can be recognised.
import { canonicalJson } from "../lib/canonical-json.ts";
import { nameBasedId } from "../lib/name-based-id.ts";
import type { ChangeEvent } from "../model/change-event.ts";

type Identified = Pick<ChangeEvent, "source_db" | "source_table" | "source_pk" | "transaction_id" | "seq">;

export function createEventId(event: Identified): string {
  const { source_db, source_table, source_pk, transaction_id, seq } = event;
  return nameBasedId(canonicalJson([source_db, source_table, source_pk, transaction_id, seq]));
}
