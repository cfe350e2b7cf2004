// The story of an entity: business events with their changes, changes nobody explains, lineage to other entities, limits and coverage.
import { describe, expect, it } from "vitest";
import type { TimelineItem } from "../../src/model/trace.ts";
import type { LedgerTransaction } from "../../src/store/ledger-step.ts";
import { type OpenLedgerWriter, openStore, openStoreReader } from "../../src/store/open-store.ts";
import {
  changeOf,
  checkpointAt,
  createLedgerFile,
  now,
  saleOf,
  startLedger,
  transactionOf,
} from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

/** What a person would see of each item: its type or table, and the ordinals of the changes under it. */
function outline(timeline: readonly TimelineItem[] | undefined): string[] | undefined {
  return timeline?.map((item) =>
    item.kind === "business_event"
      ? `${item.type} [${item.change_events.map(({ seq }) => seq).join(" ")}]`
      : `${item.source_table} ${item.seq}`,
  );
}

function inStore<T>(fill: (store: OpenLedgerWriter) => void, ask: (path: string) => T): T {
  using folder = openTempFolder();
  {
    using store = openStore(folder.file("store.db"));
    startLedger(store);
    fill(store);
  }
  return ask(folder.file("store.db"));
}

function outlineOf(transactions: readonly LedgerTransaction[], type: string, id: string, limit = 100) {
  return inStore(
    (store) => store.append(transactions, checkpointAt(99), now),
    (path) => {
      using reader = openStoreReader(path);
      const trace = reader.trace(type, id, limit);
      return { items: outline(trace?.timeline), truncated: trace?.truncated };
    },
  );
}

const stockChange = (number: number, seq: number) =>
  changeOf(number, seq, { entity_type: "product", entity_id: "P", source_table: "stock" });

describe("a trace", () => {
  it("gives back every field of what was stored", () => {
    const [sale] = [transactionOf(3)];
    const [event] = sale.businessEvents;
    const item = inStore(
      (store) => store.append([sale], checkpointAt(3), now),
      (path) => {
        using reader = openStoreReader(path);
        return reader.trace("sale", "S-3", 10)?.timeline;
      },
    );
    expect(item).toEqual([{ kind: "business_event", ...event, change_events: sale.changes }]);
  });

  it("keeps the changes of an event in the order the rule gave them, not that of the log", () => {
    const changes = [changeOf(1, 0), changeOf(1, 1), changeOf(1, 2)];
    const event = saleOf(1, [changes[2]!, changes[0]!, changes[1]!]);
    expect(outlineOf([{ ...transactionOf(1), changes, businessEvents: [event] }], "sale", "S-1").items).toEqual([
      "sale.completed [2 0 1]",
    ]);
  });

  it("shows in the story of a product the sales that took stock, and the change that no rule explains, oldest first", () => {
    const { items } = outlineOf([transactionOf(1), transactionOf(5), transactionOf(9)], "product", "P-1");
    expect(items).toEqual(["sale.completed [0 1]", "sale.completed [0 1]", "prices 2", "sale.completed [0 1]"]);
  });

  it("shows an event about the entity that rests on no change of it", () => {
    const taken = stockChange(1, 0);
    const event = saleOf(1, [taken], { entity_type: "customer", entity_id: "C" });
    const transactions = [{ ...transactionOf(1), changes: [taken], businessEvents: [event] }];
    expect(outlineOf(transactions, "customer", "C").items).toEqual(["sale.completed [0]"]);
    expect(outlineOf(transactions, "product", "P").items).toEqual(["sale.completed [0]"]);
  });

  it("shows an event once, though it is about the entity and rests on several changes of it", () => {
    const changes = [stockChange(1, 0), stockChange(1, 1)];
    const event = saleOf(1, changes, { entity_type: "product", entity_id: "P" });
    expect(outlineOf([{ ...transactionOf(1), changes, businessEvents: [event] }], "product", "P").items).toEqual([
      "sale.completed [0 1]",
    ]);
  });

  it("keeps entities apart whose type or id only looks alike", () => {
    const changes = [
      stockChange(1, 0),
      changeOf(1, 1, { entity_type: "Product", entity_id: "P" }),
      changeOf(1, 2, { entity_type: "product", entity_id: "P " }),
    ];
    expect(outlineOf([{ ...transactionOf(1), changes, businessEvents: [] }], "product", "P").items).toEqual([
      "stock 0",
    ]);
  });

  it("is nothing for an entity that is not in the trail", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 3);
    using reader = openStoreReader(folder.file("store.db"));
    expect(reader.trace("sale", "S-99", 10)).toBeUndefined();
    expect(reader.trace("", "", 10)).toBeUndefined();
    expect(reader.trace("sale' OR '1'='1", "S-1", 10)).toBeUndefined();
    expect(reader.entityTypes()).toEqual(["product", "sale"]);
  });
});

describe("the limit of a trace", () => {
  const sales = [1, 5, 9, 13].map(transactionOf);

  it.each([
    [1, ["sale.completed [0 1]"], true],
    [2, ["sale.completed [0 1]", "sale.completed [0 1]"], true],
    [3, ["prices 2", "sale.completed [0 1]", "sale.completed [0 1]"], true],
    [4, ["sale.completed [0 1]", "prices 2", "sale.completed [0 1]", "sale.completed [0 1]"], true],
    [
      5,
      ["sale.completed [0 1]", "sale.completed [0 1]", "prices 2", "sale.completed [0 1]", "sale.completed [0 1]"],
      false,
    ],
  ])("of %i keeps the newest and says whether older ones are missing", (limit, items, truncated) => {
    expect(outlineOf(sales, "product", "P-1", limit)).toEqual({ items, truncated });
  });

  it("never shows as unexplained a change that an event beyond the limit explains", () => {
    const changes = [0, 1, 2].map((seq) => stockChange(1, seq));
    const businessEvents = [2, 1, 0].map((seq) => saleOf(1, [changes[seq]!], { business_event_id: `event-${seq}` }));
    const { items, truncated } = outlineOf([{ ...transactionOf(1), changes, businessEvents }], "product", "P", 1);
    expect(items).toHaveLength(1);
    expect(items?.[0]).toContain("sale.completed");
    expect(truncated).toBe(true);
  });

  it.each([0, -1, 1.5, Number.NaN])("of %d is refused", (limit) => {
    expect(() => outlineOf(sales, "product", "P-1", limit)).toThrow("limit");
  });
});

describe("coverage", () => {
  it("tells what an answer rests on, with every gap", () => {
    const gap = { reason: "purged", from_gtid_set: "a:1-2", to_gtid_set: "a:1-9" };
    const undecided = { reason: "server was reset", from_gtid_set: "a:1-9", to_gtid_set: null };
    const later = "2026-03-02T00:00:00.000000Z";
    const coverage = inStore(
      (store) => {
        store.append([transactionOf(1)], checkpointAt(1), now);
        store.note("gap", gap, later, { gtid_set: "a:1-9", binlog_file: null, binlog_position: null });
        store.note("stop", { reason: "asked to stop" }, later);
        store.note("start", { from_gtid_set: "a:1-9", version: "test" }, later);
        store.note("gap", undecided, later);
      },
      (path) => {
        using reader = openStoreReader(path);
        return reader.trace("sale", "S-1", 10)?.coverage;
      },
    );
    expect(coverage).toEqual({
      from_gtid_set: "",
      from_time: now,
      to_gtid_set: "a:1-9",
      to_time: now,
      transactions: 1,
      change_events: 2,
      business_events: 1,
      gaps: [
        { entry_id: 3, recorded_at: later, ...gap, accepted_at: null },
        { entry_id: 6, recorded_at: later, ...undecided, accepted_at: null },
      ],
      limits: [],
      baselines: [],
      prepared: [],
    });
  });

  it("tells the limits of the newest start that found any: no later start cures what is stored already", () => {
    const start = (limits: string[]) => ({ from_gtid_set: "a:1-2", version: "test", limits });
    const limits = inStore(
      (store) => {
        store.note("start", start(["a foreign key"]), now);
        store.note("start", start(["two foreign keys"]), now);
        store.note("start", start([]), now);
      },
      (path) => {
        using reader = openStoreReader(path);
        return reader.status().coverage?.limits;
      },
    );
    expect(limits).toEqual(["two foreign keys"]);
  });

  it("tells a gap and its acceptance as one", () => {
    const at = (day: number): string => `2026-03-0${day}T00:00:00.000000Z`;
    const open = { reason: "purged", from_gtid_set: "a:1-2", to_gtid_set: null };
    const other = { reason: "reset", from_gtid_set: "a:1-1", to_gtid_set: null };
    const coverage = inStore(
      (store) => {
        store.note("gap", other, at(2));
        store.note("gap", open, at(3));
        store.note("gap", { ...open, reason: "purged again" }, at(4));
        store.note("gap", { ...open, to_gtid_set: "a:1-9", accepted: true }, at(5));
        store.note("gap", { ...open, from_gtid_set: "a:1-9" }, at(6));
        store.note("gap", { ...open, from_gtid_set: "a:1-9", to_gtid_set: "a:1-9" }, at(7));
      },
      (path) => {
        using reader = openStoreReader(path);
        return reader.status().coverage;
      },
    );
    expect(coverage?.gaps).toEqual([
      { entry_id: 2, recorded_at: at(2), ...other, accepted_at: null },
      { entry_id: 3, recorded_at: at(3), ...open, to_gtid_set: "a:1-9", accepted_at: at(5) },
      { entry_id: 6, recorded_at: at(6), ...open, from_gtid_set: "a:1-9", accepted_at: null },
      { entry_id: 7, recorded_at: at(7), ...open, from_gtid_set: "a:1-9", to_gtid_set: "a:1-9", accepted_at: null },
    ]);
  });
});
