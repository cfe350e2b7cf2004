// Reads a store that a capture is filling, as any other reader would: through connections of its own.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import type { JsonObject } from "../../src/lib/canonical-json.ts";
import { AppError } from "../../src/model/app-error.ts";
import type { CaptureStateName } from "../../src/model/capture-state.ts";
import type { StoreStatus, VerifyReport } from "../../src/model/trace.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import type { RunningAuditctl } from "./run-auditctl.ts";
import type { Source } from "./source.ts";
import { waitFor } from "./wait-for.ts";

/** A canonical change event as the store's view gives it, its JSON columns parsed. */
export type StoredEvent = JsonObject & { operation: string; source_table: string };

export interface LedgerNote {
  kind: string;
  detail: JsonObject;
}

const jsonColumns = ["source_pk", "before", "after", "changed", "actor", "metadata", "business_payload"];

/** undefined while there is no store yet, or one that is just being made. */
export function readStatus(store: string): StoreStatus | undefined {
  try {
    using reader = openStoreReader(store);
    return reader.status();
  } catch (error) {
    if (error instanceof AppError && error.code === "store.missing") return undefined;
    throw error;
  }
}

export function verifyStore(store: string): VerifyReport {
  using reader = openStoreReader(store);
  return reader.verify();
}

/** Every change event of a database, in the order of the log. */
export function readEvents(store: string, database: string): StoredEvent[] {
  return query(
    store,
    "SELECT v.* FROM canonical_event v JOIN change_event c USING (event_id) WHERE v.source_db = ? ORDER BY c.change_id",
    [database],
  ).map((row) => {
    for (const column of jsonColumns)
      row[column] = typeof row[column] === "string" ? (JSON.parse(row[column]) as JsonObject) : null;
    return row as StoredEvent;
  });
}

/** Starts, stops and gaps, in order. */
export function readNotes(store: string): LedgerNote[] {
  return query(store, "SELECT kind, detail FROM ledger_entry WHERE kind <> 'transaction' ORDER BY entry_id").map(
    (row) => ({
      kind: row["kind"] as string,
      detail: JSON.parse(row["detail"] as string) as JsonObject,
    }),
  );
}

/** What the ledger says of each transaction as a whole, in order. */
export function readDetails(store: string): JsonObject[] {
  return query(store, "SELECT detail FROM ledger_entry WHERE kind = 'transaction' ORDER BY entry_id").map(
    (row) => JSON.parse(row["detail"] as string) as JsonObject,
  );
}

/** The bytes of the store and of every file SQLite keeps beside it. */
export function readStoreBytes(store: string): Buffer {
  const names = readdirSync(dirname(store)).filter((name) => name.startsWith(basename(store)));
  return Buffer.concat(names.map((name) => readFileSync(join(dirname(store), name))));
}

/** Waits until everything the server has committed by now is stored. */
export async function waitUntilStored(source: Source, store: string, timeoutMs = 30_000): Promise<StoreStatus> {
  const target = await source.position();
  return await waitFor(
    `${store} to hold ${target}`,
    async () => {
      const status = readStatus(store);
      return status?.checkpoint && (await source.covers(status.checkpoint.gtid_set, target)) ? status : undefined;
    },
    { timeoutMs },
  );
}

export async function waitForState(
  store: string,
  state: CaptureStateName,
  running?: RunningAuditctl,
  timeoutMs = 30_000,
): Promise<StoreStatus> {
  return await waitFor(
    `state ${state}`,
    () => {
      if (typeof running?.child.exitCode === "number")
        throw new Error(`auditctl ended with ${running.child.exitCode}: ${running.stderr()}`);
      const status = readStatus(store);
      return status?.capture?.state === state ? status : undefined;
    },
    { timeoutMs },
  );
}

function query(store: string, sql: string, values: string[] = []): JsonObject[] {
  const db = new Database(store, { readonly: true, fileMustExist: true });
  try {
    return db.prepare<string[], JsonObject>(sql).all(...values);
  } finally {
    db.close();
  }
}
