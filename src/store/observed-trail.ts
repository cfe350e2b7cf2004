// store: the trail as detection reads it, over a read-only connection of its own; between two pages nothing is held open.
import "../lib/disposable-stack.ts";
import type { JsonObject } from "../lib/canonical-json.ts";
import { type LedgerHead, prepareLedgerEntry } from "./ledger-entry.ts";
import { type ObservedPage, prepareObservedTransactions } from "./observed-transactions.ts";
import { openStoreFile } from "./open-file.ts";
import { withStoreErrors } from "./sqlite-error.ts";

export interface ObservedTrail extends Disposable {
  /** undefined of a store without an entry. */
  head(): LedgerHead | undefined;
  hashOf(entryId: number): Buffer | undefined;
  /** The newest entry that says which rule packs are in force; undefined: none does. */
  rulesEntry(): number | undefined;
  rules(entryId: number): JsonObject;
  after(entryId: number): ObservedPage;
}

/** Some 10 ms: other lanes of the same thread want their turn. */
const pageEntries = 200;

/** @throws store.missing, store.newer, store.damaged */
export function openObservedTrail(path: string): ObservedTrail {
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(openStoreFile(path), (open) => open.close());
  const { head, hashOf, newestRulesEntry, detailOf } = prepareLedgerEntry(db);
  const observed = prepareObservedTransactions(db);
  const readPage = db.transaction((after: number) => observed.page(after, pageEntries));
  const owned = cleanup.move();
  return {
    head: () => withStoreErrors(path, () => head.get()),
    hashOf: (entryId) => withStoreErrors(path, () => hashOf.get(entryId)?.hash),
    rulesEntry: () => withStoreErrors(path, () => newestRulesEntry.get()?.entry_id),
    rules: (entryId) => withStoreErrors(path, () => JSON.parse(detailOf.get(entryId)?.detail ?? "{}") as JsonObject),
    after: (entryId) => withStoreErrors(path, () => readPage(entryId)),
    [Symbol.dispose]: () => owned.dispose(),
  };
}
