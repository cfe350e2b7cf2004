// Snapshots in the ledger: how far each table's newest one has come, what verify says, and where a row stands in a story.
import { expect, it } from "vitest";
import type { SnapshotChunk } from "../../src/model/snapshot.ts";
import type { LedgerWriter } from "../../src/store/ledger-writer.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { changeOf, checkpointAt, gtid, now, startLedger, transactionOf } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

function addChunk(store: LedgerWriter, id: string, chunk: number, last: boolean, gtid_set: string): void {
  const table = "shop.sales";
  const transaction_id = `snapshot:${id}:${table}:${chunk}`;
  const bounds = { gtid_set, gtid_set_max: gtid_set };
  const key = [{ $number: String(chunk) }];
  const detail: SnapshotChunk = {
    phase: "chunk",
    snapshot_id: id,
    table,
    ...bounds,
    chunk,
    from_key: key,
    to_key: key,
    of: 2,
    last,
  };
  const metadata = { snapshot: { id, ...bounds } };
  const row = changeOf(chunk, 0, { operation: "snapshot", transaction_id, metadata });
  store.appendSnapshot({ transaction_id, timestamp: now, received_at: now, detail, changes: [row] });
}

it("knows of each table its newest snapshot and how far it has come", () => {
  using temp = openTempFolder();
  const path = temp.file("a.db");
  using store = openStore(path);
  startLedger(store);
  expect(store.snapshotProgress()).toEqual(new Map());
  store.note("snapshot", { phase: "begin", snapshot_id: "one", tables: ["shop.sales"] }, now);
  addChunk(store, "one", 1, false, gtid(1));
  addChunk(store, "one", 2, true, gtid(2));
  // The same chunk again is the same chunk.
  addChunk(store, "one", 2, true, gtid(2));
  const done = { snapshot_id: "one", chunks: 2, rows: 2, complete: true };
  expect(store.snapshotProgress().get("shop.sales")).toEqual({ ...done, to_key: [{ $number: "2" }] });
  using reader = openStoreReader(path);
  expect(reader.status().coverage?.baselines).toEqual([
    { table: "shop.sales", ...done, gtid_set: gtid(1), read_at: now },
  ]);
  store.note("snapshot", { phase: "begin", snapshot_id: "two", tables: ["shop.sales"] }, now);
  expect(store.snapshotProgress().get("shop.sales")).toEqual({
    snapshot_id: "two",
    chunks: 0,
    rows: 0,
    complete: false,
    to_key: null,
  });
  expect(reader.verify()).toMatchObject({ ok: true, change_events: 2 });
});

it("tells a row of a snapshot after the changes that it contains, though they were stored later", () => {
  using temp = openTempFolder();
  const path = temp.file("b.db");
  using store = openStore(path);
  startLedger(store);
  addChunk(store, "one", 1, true, checkpointAt(2).gtid_set);
  const ofSale1 = (number: number) => ({
    ...transactionOf(number),
    changes: [changeOf(number, 0, { entity_id: "S-1" })],
    businessEvents: [],
  });
  store.append([ofSale1(2), ofSale1(3)], checkpointAt(3), now);
  using reader = openStoreReader(path);
  const told = reader.trace("sale", "S-1", 10)?.timeline.map(({ transaction_id }) => transaction_id);
  expect(told).toEqual([gtid(2), "snapshot:one:shop.sales:1", gtid(3)]);
});
