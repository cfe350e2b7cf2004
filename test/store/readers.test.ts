// Readers beside the writer: consistent answers, status, and no way to write.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { checkpointAt, createLedgerFile, gtid, now, startLedger, transactionOf } from "../support/ledger.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";

describe("a reader", () => {
  it("sees at each question what is committed by then, never half a batch", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    await using child = startStoreProcess("append", path);
    await child.nextLine();
    using reader = openStoreReader(path);
    let last = 0;
    for (let question = 0; question < 60; question += 1) {
      await child.nextLine();
      const { coverage, checkpoint, business_events_by_type } = reader.status();
      const transactions = coverage?.transactions ?? 0;
      expect(transactions % 3).toBe(0);
      expect(transactions).toBeGreaterThanOrEqual(last);
      expect(checkpoint?.gtid_set).toBe(checkpointAt(transactions).gtid_set);
      expect(business_events_by_type).toEqual({ "sale.completed": transactions });
      expect(coverage?.change_events).toBe(2 * transactions + Math.floor(transactions / 5));
      const product = reader.trace("product", "P-1", 100_000);
      expect(product?.timeline.filter(({ kind }) => kind === "business_event")).toHaveLength(
        Math.floor(((product?.coverage.transactions ?? 0) + 3) / 4),
      );
      last = transactions;
    }
    expect(last).toBeGreaterThan(100);
    expect(reader.verify().faults).toEqual([]);
  });

  it("leaves the file as it is, also that of a writer who was killed: it may be evidence", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    await using child = startStoreProcess("append", path);
    await child.nextLine();
    await child.kill();
    const before = [readFileSync(path), readFileSync(`${path}-wal`)];
    {
      using reader = openStoreReader(path);
      expect(reader.verify()).toMatchObject({ ok: true });
    }
    expect([readFileSync(path), readFileSync(`${path}-wal`)]).toEqual(before);
  });

  it("does not hold up the writer", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 5);
    using store = openStore(path);
    using reader = openStoreReader(path);
    reader.verify({ onProgress: () => expect(store.append([transactionOf(6)], checkpointAt(6), now)).toBe(1) });
    expect(reader.status().coverage?.transactions).toBe(6);
  });

  it("tells how things stand", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    using store = openStore(path);
    using reader = openStoreReader(path);
    expect(reader.status()).toEqual({
      store: path,
      source: null,
      capture: null,
      checkpoint: null,
      coverage: null,
      rule_packs: [],
      business_events_by_type: {},
      lag_seconds: null,
      detection: null,
      anomalies: [],
      disk: {
        free_bytes: expect.any(Number) as number,
        store_bytes: expect.any(Number) as number,
        bytes_per_day: null,
        full_at: null,
      },
    });
    startLedger(store);
    expect(reader.status()).toMatchObject({
      coverage: { transactions: 0, to_time: null, gaps: [] },
      lag_seconds: null,
    });
    store.append([{ ...transactionOf(1), timestamp: "2026-03-01T11:59:30.000000Z" }], checkpointAt(1), now);
    store.putState({ state: "RETRYING", since: now, reason: "gone", hint: "wait" }, now);
    expect(reader.status()).toMatchObject({
      source: { flavor: "mysql", version: "9.7.4" },
      capture: { state: "RETRYING", reason: "gone", process_id: process.pid, last_verified_at: now },
      checkpoint: checkpointAt(1),
      coverage: { to_time: "2026-03-01T11:59:30.000000Z", transactions: 1 },
      lag_seconds: 30,
    });
  });

  it("does not call a server whose clock is ahead of ours faster than time", () => {
    using folder = openTempFolder();
    using store = openStore(folder.file("store.db"));
    startLedger(store);
    store.append([{ ...transactionOf(1), timestamp: "2026-03-01T12:05:00.000000Z" }], checkpointAt(1), now);
    using reader = openStoreReader(folder.file("store.db"));
    expect(reader.status().lag_seconds).toBe(0);
  });

  it("gives the newest events of a type, newest first, and none of a type that is not there", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 7);
    using reader = openStoreReader(folder.file("store.db"));
    expect(reader.newestOfType("sale.completed", 2).map(({ transaction_id }) => transaction_id)).toEqual([
      gtid(7),
      gtid(6),
    ]);
    expect(reader.newestOfType("sale", 2)).toEqual([]);
  });

  it("answers no more after it was closed", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 1);
    const reader = openStoreReader(folder.file("store.db"));
    reader[Symbol.dispose]();
    expect(() => reader.status()).toThrow("not open");
  });
});
