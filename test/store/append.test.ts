// Appending: one commit for events and checkpoint, redelivery, failures that leave nothing behind, kills and a full disk.
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/lib/canonical-json.ts";
import { AppError } from "../../src/model/app-error.ts";
import type { LedgerTransaction } from "../../src/store/ledger-step.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import {
  changeOf,
  checkpointAt,
  createLedgerFile,
  dumpEvents,
  appendReplay,
  eventTables,
  gtid,
  now,
  saleOf,
  startLedger,
  transactionOf,
  transactionsOf,
} from "../support/ledger.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";

function verifyFile(path: string) {
  using reader = openStoreReader(path);
  return { report: reader.verify(), status: reader.status() };
}

describe("append", () => {
  it("commits events, business events and the checkpoint together", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    using store = openStore(path);
    startLedger(store);
    expect(store.append(transactionsOf(1, 5), checkpointAt(5), now)).toBe(5);
    const { report, status } = verifyFile(path);
    expect(report).toMatchObject({ ok: true, entries: 6, change_events: 11, business_events: 5, faults: [] });
    expect(status.checkpoint).toEqual({ ...checkpointAt(5), updated_at: now });
    expect(status.business_events_by_type).toEqual({ "sale.completed": 5 });
  });

  it("takes a transaction without events, so that no GTID is missing", () => {
    using folder = openTempFolder();
    using store = openStore(folder.file("store.db"));
    startLedger(store);
    expect(store.append([{ ...transactionOf(1), changes: [], businessEvents: [] }], checkpointAt(1), now)).toBe(1);
    expect(verifyFile(folder.file("store.db")).report).toMatchObject({ ok: true, entries: 2, change_events: 0 });
  });

  it("moves the checkpoint alone when there is no transaction", () => {
    using folder = openTempFolder();
    using store = openStore(folder.file("store.db"));
    startLedger(store);
    expect(store.append([], checkpointAt(9), now)).toBe(0);
    expect(store.checkpoint()).toMatchObject(checkpointAt(9));
  });

  it("stores redelivered transactions once, while the checkpoint still moves", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 6);
    const before = { dump: dumpEvents(path), head: verifyFile(path).report.head };
    using store = openStore(path);
    expect(store.append(transactionsOf(3, 6), checkpointAt(7), now)).toBe(0);
    expect(dumpEvents(path)).toBe(before.dump);
    expect(verifyFile(path).report).toMatchObject({ ok: true, head: before.head });
    expect(store.checkpoint()).toMatchObject(checkpointAt(7));
  });

  it("stores what is new in a batch that is partly redelivered, also when it comes twice in one batch", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 4);
    using store = openStore(path);
    expect(store.append([...transactionsOf(3, 6), transactionOf(6)], checkpointAt(6), now)).toBe(2);
    expect(verifyFile(path).report).toMatchObject({ ok: true, entries: 7 });
  });

  it("keeps every value as it is: emoji, NUL, quotes, U+FFFD, half a surrogate pair and a column called __proto__", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    const odd = "a\0b'\"\\💊\ufffd\ud83d";
    const after = JSON.parse(`{"__proto__":1,"constructor":null}`) as Record<string, JsonValue>;
    after["text"] = odd;
    const change = changeOf(1, 0, { after, entity_id: odd, source_pk: { id: odd } });
    using store = openStore(path);
    startLedger(store);
    store.append(
      [{ ...transactionOf(1), changes: [change], businessEvents: [saleOf(1, [change], { entity_id: odd })] }],
      checkpointAt(1),
      now,
    );
    using reader = openStoreReader(path);
    expect(reader.verify().faults).toEqual([]);
    const item = reader.trace("sale", odd, 10)?.timeline[0];
    expect(item?.kind === "business_event" && item.change_events[0]?.after).toEqual(after);
  });
});

describe("a gap", () => {
  it("is found again, the newest one, and there is none at first", () => {
    using folder = openTempFolder();
    using store = openStore(folder.file("store.db"));
    startLedger(store);
    expect(store.newestGap()).toBeUndefined();
    store.note("gap", { reason: "first" }, now);
    store.note("gap", { reason: "second", to_gtid_set: null }, now);
    store.note("stop", { reason: "asked to stop" }, now);
    expect(store.newestGap()).toEqual({ reason: "second", to_gtid_set: null });
  });

  it("of a transaction follows it in the chain, comes with it or not at all, and once", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 1);
    using store = openStore(path);
    const gap = { reason: "statement", from_gtid_set: "a:2", to_gtid_set: "a:2" };
    const withGap = { ...transactionOf(2), gap };
    expect(store.append([withGap, transactionOf(3)], checkpointAt(3), now)).toBe(2);
    expect(store.append([withGap], checkpointAt(3), now)).toBe(0);
    const streamed = { ...transactionOf(4), gap: { ...gap, reason: "streamed" } };
    const abandoned = store.openStream(streamed.transaction_id);
    abandoned.append(streamed.changes);
    abandoned.abandon();
    expect(store.newestGap()).toEqual(gap);
    store.openStream(streamed.transaction_id).commit(streamed, checkpointAt(4), now);
    expect(store.newestGap()).toEqual(streamed.gap);
    store.openStream(streamed.transaction_id).commit(streamed, checkpointAt(4), now);
    using reader = openStoreReader(path);
    expect(reader.status().coverage?.gaps.map(({ entry_id }) => entry_id)).toEqual([4, 7]);
    expect(reader.verify()).toMatchObject({ ok: true, entries: 7 });
  });
});

describe("a failing append", () => {
  const circular: Record<string, JsonValue> = {};
  circular["self"] = circular;
  /** Sale 8 with one change that is wrong in some way. */
  const with8 = (...changes: ReturnType<typeof changeOf>[]): LedgerTransaction => ({
    ...transactionOf(8),
    changes,
    businessEvents: [],
  });
  const nothing = undefined as unknown as JsonValue;
  const failures: [string, RegExp, () => LedgerTransaction][] = [
    [
      "a business event that rests on a change nobody knows",
      /not in the ledger/,
      () => ({ ...transactionOf(8), businessEvents: [saleOf(8, [changeOf(99, 0)])] }),
    ],
    [
      "a number that JSON cannot carry",
      /NaN has no JSON form/,
      () => with8(changeOf(8, 0, { metadata: { total: Number.NaN } })),
    ],
    [
      "a value that is not there",
      /undefined has no JSON form/,
      () => with8(changeOf(8, 0, { metadata: { total: nothing } })),
    ],
    ["an object that holds itself", /call stack/, () => with8(changeOf(8, 0, { metadata: circular }))],
    ["two changes with the same ordinal", /UNIQUE/, () => with8(changeOf(8, 0), changeOf(8, 0))],
    ["a change that another transaction holds already", /UNIQUE/, () => with8(changeOf(2, 0))],
    ["an operation that is none", /CHECK/, () => with8(changeOf(8, 0, { operation: "merge" as "insert" }))],
    ["a time that is not there", /NOT NULL/, () => ({ ...transactionOf(8), timestamp: null as unknown as string })],
  ];

  it.each(failures)(
    "because of %s leaves nothing behind, and the next one builds on the real head",
    (_what, message, bad) => {
      using folder = openTempFolder();
      const path = folder.file("store.db");
      createLedgerFile(path, 5);
      const before = dumpEvents(path);
      using store = openStore(path);
      expect(() => store.append([transactionOf(6), transactionOf(7), bad()], checkpointAt(8), now)).toThrow(message);
      expect(dumpEvents(path)).toBe(before);
      expect(store.checkpoint()).toMatchObject(checkpointAt(5));
      expect(store.append(transactionsOf(6, 8), checkpointAt(8), now)).toBe(3);
      expect(verifyFile(path).report).toMatchObject({ ok: true, entries: 9, faults: [] });
    },
  );

  it("of a note leaves nothing behind either", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 2);
    const before = dumpEvents(path);
    using store = openStore(path);
    expect(() => store.note("gap", { missing: Number.POSITIVE_INFINITY }, now, checkpointAt(9))).toThrow(TypeError);
    expect(dumpEvents(path)).toBe(before);
    expect(store.checkpoint()).toMatchObject(checkpointAt(2));
  });

  it("of a second source is refused: one store, one server", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 1);
    using store = openStore(folder.file("store.db"));
    const other = { flavor: "mariadb", version: "10.11", server_id: "1", address: "other:3306" } as const;
    expect(() => store.registerSource(other, 7, now)).toThrow(AppError);
    expect(store.source()).toMatchObject({ flavor: "mysql" });
  });
});

describe("the tables of events", () => {
  it.each(eventTables)("refuse to change or delete a row of %s", (table) => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 2);
    appendReplay(path, 2, 2);
    const before = dumpEvents(path);
    const db = new Database(path);
    const column = {
      ledger_entry: "detail",
      change_event: "after",
      business_event: "payload",
      business_event_change: "position",
      business_event_earlier: "entity_id",
      business_event_superseded: "entry_id",
    }[table];
    expect(() => db.exec(`UPDATE ${table} SET ${column} = ${column}`)).toThrow("append-only");
    expect(() => db.exec(`DELETE FROM ${table}`)).toThrow("append-only");
    db.close();
    expect(dumpEvents(path)).toBe(before);
  });
});

describe("a writer", () => {
  it("killed at any moment leaves whole transactions and the checkpoint of the last one", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    let atLeast = 0;
    for (let kill = 0; kill < 20; kill += 1) {
      await using child = startStoreProcess("append", path);
      // A few commits more each time, so that the kills fall on different moments.
      for (let commits = 0; commits <= kill % 5; commits += 1) atLeast = Number(await child.nextLine());
      await child.kill();
      const { report, status } = verifyFile(path);
      const transactions = status.coverage?.transactions ?? 0;
      expect(report.faults).toEqual([]);
      expect(transactions % 3).toBe(0);
      expect(transactions).toBeGreaterThanOrEqual(atLeast);
      expect(status.checkpoint?.gtid_set).toBe(checkpointAt(transactions).gtid_set);
      expect(report.change_events).toBe(2 * transactions + Math.floor(transactions / 5));
    }
  });

  it("that may not write more, as on a full disk, says so and has stored everything it said it had", async () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    await using child = startStoreProcess("fill", path, { fileKibMax: 800 });
    const lines = await child.ended;
    expect(lines.at(-1)).toBe("store.write_failed");
    const last = Number(lines.at(-2));
    expect(last).toBeGreaterThan(3);
    const { report, status } = verifyFile(path);
    expect(report).toMatchObject({ ok: true, entries: last + 1 });
    expect(status.checkpoint).toMatchObject(checkpointAt(last));
    // With room again it goes on from there.
    using store = openStore(path);
    expect(store.append([transactionOf(last + 1)], checkpointAt(last + 1), now)).toBe(1);
    expect(verifyFile(path).report.ok).toBe(true);
    expect(gtid(last + 1)).toContain(`:${last + 1}`);
  });
});
