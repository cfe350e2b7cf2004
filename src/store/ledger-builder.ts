// store: one ledger entry in the making. Events are inserted and hashed as they come; the entry's own row comes last,
// because it holds their number. Runs inside the writer's transaction.
import type Database from "better-sqlite3";
import { assert } from "../lib/assert.ts";
import { canonicalJson, type JsonObject } from "../lib/canonical-json.ts";
import { type BusinessEvent, inferredChangesMax } from "../model/business-event.ts";
import type { ChangeEvent } from "../model/change-event.ts";
import { businessColumns, prepareBusinessEvent, toBusinessContent } from "./business-event.ts";
import { changeColumns, prepareChangeEvent, toChangeContent } from "./change-event.ts";
import { createSalt, eventDigest, startEntryHash } from "./hash-chain.ts";
import { type EntryKind, entryHeader, type LedgerHead, prepareLedgerEntry } from "./ledger-entry.ts";

export interface EntryContent {
  kind: EntryKind;
  transaction_id: string | null;
  timestamp: string;
  received_at: string;
  detail: JsonObject;
}

export interface LedgerBuilder {
  readonly entryId: number;
  addChanges(events: readonly ChangeEvent[]): void;
  /** After the changes; each rests on changes added, or on changes of earlier entries. `transactionEntry`: the earlier entry of the transaction that they tell of; else this one is. */
  addBusinessEvents(events: readonly BusinessEvent[], transactionEntry?: number): void;
  /** After all business events, in the order of their rows: earlier ones that no longer count. */
  supersede(businessIds: readonly number[]): void;
  /** Writes the entry. Gives the new head of the chain. */
  finish(content: EntryContent): LedgerHead;
}

/** Gives a function that opens an entry after `from`; undefined when the transaction is in the ledger already. */
export function prepareLedgerBuilder(db: Database.Database) {
  const entries = prepareLedgerEntry(db);
  const changeEvents = prepareChangeEvent(db);
  const businessEvents = prepareBusinessEvent(db);

  return (from: LedgerHead, transactionId: string | null): LedgerBuilder | undefined => {
    // The unique key would refuse it too; asking first makes redelivery a no-op at the cost of one lookup.
    if (transactionId !== null && entries.has.get(transactionId) !== undefined) return undefined;
    const entryId = from.entry_id + 1;
    const hash = startEntryHash(from.hash);
    /** For business events to rest on. Of an entry too large for the rules the first ones are enough: for others the store is asked. */
    const changeIds = new Map<string, number | bigint>();
    const counted = { changes: 0, businessEvents: 0 };
    return {
      entryId,
      addChanges(events) {
        for (const event of events) {
          const row = toChangeContent(entryId, event);
          const salt = createSalt();
          const digest = eventDigest(salt, changeColumns(row));
          const { lastInsertRowid } = changeEvents.insert.run({ ...row, salt, digest });
          hash.add(digest);
          if (counted.changes < inferredChangesMax) changeIds.set(event.event_id, lastInsertRowid);
          counted.changes += 1;
        }
      },
      addBusinessEvents(events, transactionEntry = entryId) {
        for (const event of events) {
          const place = { entry_id: entryId, ordinal: counted.businessEvents, transaction_entry: transactionEntry };
          const row = toBusinessContent(place, event);
          const salt = createSalt();
          const digest = eventDigest(salt, businessColumns(row, event.change_event_ids));
          const businessId = businessEvents.insert.run({ ...row, salt, digest }).lastInsertRowid;
          hash.add(digest);
          counted.businessEvents += 1;
          event.change_event_ids.forEach((eventId, position) => {
            const own = changeIds.get(eventId);
            if (own !== undefined) {
              businessEvents.insertLineage.run(businessId, position, own);
              return;
            }
            const change = changeEvents.idOf.get(eventId);
            assert(
              change !== undefined,
              `business event ${row.business_event_id} rests on ${eventId}, which is not in the ledger`,
            );
            businessEvents.insertLineage.run(businessId, position, change.change_id);
            if (change.entry_id === transactionEntry) return;
            const { entity_type, entity_id } = change;
            businessEvents.insertEarlier.run({
              entity_type,
              entity_id,
              transaction_entry: transactionEntry,
              business_id: businessId,
            });
          });
        }
      },
      supersede(businessIds) {
        for (const businessId of businessIds) {
          const superseded = businessEvents.digest.get(businessId);
          assert(superseded !== undefined, `business event row ${businessId} is to be superseded and is not there`);
          businessEvents.supersede.run(businessId, entryId);
          hash.add(superseded.digest);
        }
      },
      finish(content) {
        const header = {
          ...content,
          entry_id: entryId,
          change_count: counted.changes,
          business_count: counted.businessEvents,
          detail: canonicalJson(content.detail),
        };
        const digest = hash.finish(entryHeader(header));
        entries.insert.run({ ...header, prev_hash: from.hash, hash: digest });
        return { entry_id: entryId, hash: digest };
      },
    };
  };
}
