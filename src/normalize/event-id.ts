// normalize: the id of a change event. The same row change has the same id in every run, so redelivery can be recognised.
import { v5 as uuidv5 } from "uuid";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { ChangeEvent } from "../model/change-event.ts";

/** Namespace of every id in the trail: uuidv5("cdc", DNS). */
export const cdcNamespace: string = uuidv5("cdc", uuidv5.DNS);

type Identified = Pick<ChangeEvent, "source_db" | "source_table" | "source_pk" | "transaction_id" | "seq">;

export function createEventId(event: Identified): string {
  const { source_db, source_table, source_pk, transaction_id, seq } = event;
  return uuidv5(canonicalJson([source_db, source_table, source_pk, transaction_id, seq]), cdcNamespace);
}
