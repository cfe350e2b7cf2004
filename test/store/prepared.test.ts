// Distributed (XA) transactions in the store: put aside, published, voided, delivered again, larger than memory should hold.
import { describe, expect, it } from "vitest";
import type { ChangeEvent } from "../../src/model/change-event.ts";
import { createEventId } from "../../src/normalize/event-id.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { handlerOf, ingest, insertOf, later, look, raw } from "../support/distributed.ts";
import { changeOf, checkpointAt, dumpEvents, gtid, now, startLedger } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

describe("a prepared transaction", () => {
  it("waits outside of the trail, named in the coverage, with its count and digest in the chain", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, [1, 2], ["prepare", "'a','',1"]), raw(2, [3]));
    const { kinds, details, ids, waiting, coverage, faults } = look(path);
    expect(kinds).toEqual(["prepared 1", "transaction 2"]);
    expect(details[0]).toEqual({
      xid: "'a','',1",
      changes: 2,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect({ ids, waiting, faults }).toEqual({ ids: [3], waiting: 2, faults: [] });
    expect(coverage).toMatchObject({ transactions: 1, change_events: 1 });
    expect(coverage?.prepared).toEqual([{ xid: "'a','',1", transaction_id: gtid(1), prepared_at: now, changes: 2 }]);
  });

  it("is published by its commit: as that transaction's own changes, at its time, shown to the rules", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, [1, 2], ["prepare", "'a','',1"]), raw(2, [3]), raw(5, [], ["commit", "'a','',1"]));
    const { kinds, details, changes, waiting, coverage, faults } = look(path);
    expect(kinds).toEqual(["prepared 1", "transaction 2", "transaction 5"]);
    expect(details[2]).toEqual({ xid: "'a','',1", prepared_transaction_id: gtid(1) });
    expect({ waiting, faults, prepared: coverage?.prepared }).toEqual({ waiting: 0, faults: [], prepared: [] });
    const source = { source_db: "shop", source_table: "users", transaction_id: gtid(5) };
    expect(changes.filter((change) => change.transaction_id === gtid(5))).toEqual(
      [1, 2].map((id, seq) => ({
        event_id: createEventId({ ...source, source_pk: { id }, seq }),
        source_pk: `{"id":${id}}`,
        transaction_id: gtid(5),
        timestamp: later,
        seq,
      })),
    );
    using reader = openStoreReader(path);
    expect(reader.newestOfType("sale.completed", 1)).toMatchObject([
      { transaction_id: gtid(5), payload: { seen: 2, at: later }, change_events: [{ after: { id: 1, name: "n1" } }] },
    ]);
  });

  it("is published the same within one batch", () => {
    using folder = openTempFolder();
    using store = openStore(folder.file("s.db"));
    startLedger(store);
    const transactions = [raw(1, [1], ["prepare", "'a','',1"]), raw(2, [3]), raw(3, [], ["commit", "'a','',1"])];
    handlerOf(store).onBatch({ transactions, checkpoint: checkpointAt(3) });
    expect(look(folder.file("s.db"))).toMatchObject({ ids: [3, 1], waiting: 0, faults: [] });
  });

  it("is voided by its rollback: the chain keeps that it was, not what", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, [1, 2], ["prepare", "'a','',1"]), raw(2, [], ["rollback", "'a','',1"]));
    const { kinds, details, ids, waiting, coverage, faults } = look(path);
    expect(kinds).toEqual(["prepared 1", "voided 2"]);
    expect(details[1]).toEqual({ xid: "'a','',1", prepared_transaction_id: gtid(1), changes: 2 });
    expect({ ids, waiting, faults, prepared: coverage?.prepared }).toEqual({
      ids: [],
      waiting: 0,
      faults: [],
      prepared: [],
    });
  });

  it("leaves its id free for another", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    const id = "'a','',1";
    ingest(path, raw(1, [1], ["prepare", id]), raw(2, [], ["rollback", id]));
    ingest(path, raw(3, [2], ["prepare", id]), raw(4, [], ["commit", id]));
    expect(look(path)).toMatchObject({ ids: [2], waiting: 0, faults: [] });
  });

  it("may be without changes, as one of databases that are not audited", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, [], ["prepare", "'a','',1"]), raw(2, [], ["commit", "'a','',1"]));
    const { kinds, coverage, faults } = look(path);
    expect({ kinds, gaps: coverage?.gaps, faults }).toEqual({
      kinds: ["prepared 1", "transaction 2"],
      gaps: [],
      faults: [],
    });
  });

  it("changes nothing when any step is delivered again", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    const steps = [
      raw(1, [1], ["prepare", "'a','',1"]),
      raw(2, [2], ["prepare", "'b','',1"]),
      raw(3, [], ["commit", "'a','',1"]),
      raw(4, [], ["rollback", "'b','',1"]),
    ];
    ingest(path, ...steps);
    const before = dumpEvents(path);
    ingest(path, ...steps);
    expect(dumpEvents(path)).toBe(before);
    expect(look(path)).toMatchObject({ waiting: 0, faults: [], coverage: { prepared: [] } });
  });
});

describe("a decision on what the trail cannot be sure of", () => {
  const gapOf = (path: string) => look(path).coverage?.gaps ?? [];

  it("leaves a gap when it commits what was prepared before the trail began", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(4, [], ["commit", "'old','',1"]), raw(5, [1]));
    expect(look(path)).toMatchObject({ kinds: ["transaction 4", "gap", "transaction 5"], ids: [1], faults: [] });
    expect(gapOf(path)).toMatchObject([{ from_gtid_set: gtid(4), to_gtid_set: gtid(4) }]);
    expect(gapOf(path)[0]?.reason).toBe(
      `transaction ${gtid(4)} commits XA 'old','',1, which was prepared before the trail began or within a gap: its row changes are not in the trail`,
    );
  });

  it("leaves none when it rolls it back: nothing took effect", () => {
    using folder = openTempFolder();
    ingest(folder.file("s.db"), raw(4, [], ["rollback", "'old','',1"]));
    expect(look(folder.file("s.db"))).toMatchObject({ kinds: ["transaction 4"], faults: [], coverage: { gaps: [] } });
  });

  it.each(["commit", "rollback"] as const)(
    "publishes nothing by a %s over a gap, where the id may have a new owner",
    (step) => {
      using folder = openTempFolder();
      const path = folder.file("s.db");
      ingest(path, raw(1, [1], ["prepare", "'a','',1"]));
      using store = openStore(path);
      store.note("gap", { reason: "stopped", from_gtid_set: "1", to_gtid_set: null }, now);
      store.note(
        "gap",
        { reason: "purged", from_gtid_set: "1", to_gtid_set: "4", accepted: true },
        now,
        checkpointAt(4),
      );
      handlerOf(store).onBatch({ transactions: [raw(5, [], [step, "'a','',1"])], checkpoint: checkpointAt(5) });
      expect(look(path)).toMatchObject({ ids: [], waiting: 0, faults: [], coverage: { prepared: [] } });
      expect(gapOf(path).at(-1)?.reason).toMatch(/'a','',1, which \S+:1 prepared before a gap; .* not in the trail$/);
    },
  );

  it("is sure over a gap within another transaction, of which the log is all there is", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    const unlogged = { kind: "statement", database: "shop", sql: "UPDATE t SET a = 1", changesRows: true } as const;
    ingest(path, raw(1, [1], ["prepare", "'a','',1"]), { ...raw(2, []), events: [unlogged] });
    ingest(path, raw(3, [], ["commit", "'a','',1"]));
    expect(look(path)).toMatchObject({ kinds: ["prepared 1", "transaction 2", "gap", "transaction 3"], faults: [] });
    expect(look(path).changes.map((change) => change.transaction_id)).toContain(gtid(3));
  });

  it("tells of rows in statement format only when they take effect", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    const unlogged = { kind: "statement", database: "shop", sql: "UPDATE t SET a = 1", changesRows: true } as const;
    for (const [number, id] of [
      [1, "'a','',1"],
      [2, "'b','',1"],
    ] as const)
      ingest(path, { ...raw(number, [], ["prepare", id]), events: [unlogged] });
    ingest(path, raw(3, [], ["rollback", "'a','',1"]));
    expect(gapOf(path)).toEqual([]);
    ingest(path, raw(4, [], ["commit", "'b','',1"]));
    expect(gapOf(path)).toMatchObject([
      { reason: expect.stringMatching(/:4 changed rows of shop in statement format/) as string, to_gtid_set: gtid(4) },
    ]);
    expect(look(path)).toMatchObject({
      kinds: ["prepared 1", "prepared 2", "voided 3", "transaction 4", "gap"],
      faults: [],
    });
  });

  it("leaves a gap when the same id is prepared again though nothing had decided on it", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    const id = "'a','',1";
    ingest(path, raw(1, [1, 2], ["prepare", id]), raw(2, [3], ["prepare", id]), raw(3, [], ["commit", id]));
    expect(look(path)).toMatchObject({
      kinds: ["prepared 1", "prepared 2", "gap", "transaction 3"],
      ids: [3],
      waiting: 0,
      faults: [],
      coverage: { prepared: [] },
    });
    expect(gapOf(path)[0]?.reason).toMatch(
      /prepared by \S+:1 and again by \S+:2, .* row changes \(2\) are not in the trail/,
    );
  });
});

describe("a large distributed transaction", () => {
  const idsOf = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
  const part = (number: number, firstSeq: number, count: number, xid: string) => ({
    gtid: gtid(number),
    connectionId: 8,
    firstSeq,
    events: idsOf(firstSeq, count).map(insertOf),
    xid,
  });

  it("is put aside part by part and published piece by piece, in order", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    {
      using store = openStore(path);
      startLedger(store);
      const { onPart, onBatch } = handlerOf(store);
      onPart(part(1, 0, 3_000, "'a','',1"));
      onPart(part(1, 3_000, 2_000, "'a','',1"));
      onBatch({ transactions: [raw(1, [5_000], ["prepare", "'a','',1"], 5_000)], checkpoint: checkpointAt(1) });
    }
    expect(look(path)).toMatchObject({
      ids: [],
      waiting: 5_001,
      faults: [],
      coverage: { prepared: [{ changes: 5_001 }] },
    });
    ingest(path, raw(2, [], ["commit", "'a','',1"]));
    expect(look(path)).toMatchObject({ ids: idsOf(0, 5_001), waiting: 0, faults: [] });
    using reader = openStoreReader(path);
    expect(reader.newestOfType("sale.completed", 1)).toMatchObject([{ payload: { seen: 5_001, at: later } }]);
  });

  it("of more changes than rules are shown says so in the entry that publishes it", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, idsOf(0, 20_001), ["prepare", "'a','',1"]), raw(2, [], ["commit", "'a','',1"]));
    const { details, ids, faults } = look(path);
    expect(details[1]).toEqual({
      xid: "'a','',1",
      prepared_transaction_id: gtid(1),
      rules: "not applied: more than 20000 changes",
    });
    expect({ count: ids.length, faults }).toEqual({ count: 20_001, faults: [] });
  });

  it("in one phase is published at its end, from where its parts wait", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    using store = openStore(path);
    startLedger(store);
    const { onPart, onBatch } = handlerOf(store);
    onPart(part(1, 0, 3_000, "'a','',1"));
    onBatch({ transactions: [raw(1, [3_000], undefined, 3_000)], checkpoint: checkpointAt(1) });
    const { kinds, details, changes, ...rest } = look(path);
    expect({ kinds, details }).toEqual({ kinds: ["transaction 1"], details: [{}] });
    expect(rest).toMatchObject({ ids: idsOf(0, 3_001), waiting: 0, faults: [] });
    const { source_db, source_table } = { source_db: "shop", source_table: "users" };
    expect(changes[7]?.event_id).toBe(
      createEventId({ source_db, source_table, source_pk: { id: 7 }, transaction_id: gtid(1), seq: 7 }),
    );
  });

  it("leaves no trace when it is abandoned, and comes whole the next time", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    using store = openStore(path);
    startLedger(store);
    const { onPart, onBatch, onAbandoned } = handlerOf(store);
    onPart(part(1, 0, 3_000, "'a','',1"));
    onAbandoned();
    expect(look(path)).toMatchObject({ kinds: [], waiting: 0, faults: [] });
    onPart(part(1, 0, 3_000, "'a','',1"));
    onBatch({ transactions: [raw(1, [3_000], ["prepare", "'a','',1"], 3_000)], checkpoint: checkpointAt(1) });
    expect(look(path)).toMatchObject({ kinds: ["prepared 1"], waiting: 3_001, faults: [] });
  });

  it("that is no distributed one cannot be prepared", () => {
    using folder = openTempFolder();
    using store = openStore(folder.file("s.db"));
    startLedger(store);
    const stream = store.openStream(gtid(1));
    const step = { transaction_id: gtid(1), timestamp: now, received_at: now, xa: "prepare", xid: "'a','',1" } as const;
    const changes: ChangeEvent[] = [changeOf(1, 0)];
    expect(() => stream.commit({ ...step, changes }, checkpointAt(1), now)).toThrow(/bug: changes of .* are to wait/);
    stream.abandon();
  });
});
