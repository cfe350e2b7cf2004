// Rules over a stored history: what they would tell otherwise, and the correction in the chain.
import { writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { ReplayReport } from "../../src/model/replay.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { changeOf, checkpointAt, createLedgerFile, dumpEvents, gtid, now, transactionOf } from "../support/ledger.ts";
import { type AuditctlResult, runAuditctl, startAuditctl } from "../support/run-auditctl.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

/** Sales of which the test's own ledger holds an event each, by a rule of another name: they are lost, and found anew. */
const pack = `pack: shop
version: 1
entities:
  sales: { entity: sale, id: [id] }
  stock: { entity: product, id: [product] }
rules:
  - name: sold
    version: 1
    type: sale.completed
    on: { table: sales, operation: insert }
    confidence: 0.9
    payload: { total: after.total }
`;

interface Shop extends Disposable {
  store: string;
  pack: string;
  write(change?: (text: string) => string): void;
  replay(...args: string[]): Promise<AuditctlResult>;
  report(...args: string[]): Promise<ReplayReport>;
}

function openShop(sales: number): Shop {
  const folder = openTempFolder();
  const store = folder.file("store.db");
  const path = folder.file("shop.yaml");
  createLedgerFile(store, sales);
  const replay = (...args: string[]): Promise<AuditctlResult> =>
    runAuditctl(["rules", "replay", "--store", store, "--rules", path, ...args]);
  const write = (change: (text: string) => string = (text) => text): void => writeFileSync(path, change(pack));
  write();
  return {
    store,
    pack: path,
    write,
    replay,
    report: async (...args) => {
      const { status, stdout, stderr } = await replay("--json", ...args);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      return JSON.parse(stdout) as ReplayReport;
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function verify(store: string) {
  using reader = openStoreReader(store);
  return reader.verify();
}

function query<Row>(store: string, sql: string): Row[] {
  using cleanup = new DisposableStack();
  const db = cleanup.adopt(new Database(store, { readonly: true }), (open) => open.close());
  return db.prepare<[], Row>(sql).all();
}

describe("a dry run", () => {
  it("counts what is gained and lost, with examples, and writes nothing", async () => {
    using shop = openShop(12);
    const before = dumpEvents(shop.store);
    const report = await shop.report();
    expect(report).toMatchObject({
      applied: false,
      complete: true,
      packs: [{ name: "shop", version: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
      transactions: 12,
      change_events: 26,
      too_large: 0,
      counts: { gained: 12, lost: 12, changed: 0, unchanged: 0 },
      rules: [
        { pack: "shop", name: "sale", type: "sale.completed", counts: { lost: 12 } },
        { pack: "shop", name: "sold", type: "sale.completed", counts: { gained: 12 } },
      ],
    });
    expect(report.rules[1]!.examples).toHaveLength(3);
    expect(report.rules[1]!.examples[0]).toMatchObject({
      outcome: "gained",
      entity_type: "sale",
      entity_id: "1",
      transaction_id: gtid(1),
      timestamp: now,
    });
    expect(dumpEvents(shop.store)).toBe(before);
  });

  it("says it in words", async () => {
    using shop = openShop(3);
    const { stdout } = await shop.replay("--dry-run");
    expect(stdout).toContain("6 changes in 3 transactions seen with shop 1");
    expect(stdout).toContain("sale.completed  3 gained  (rule shop/sold)\n  + sale 1  2026-03-01 12:00:00Z");
    expect(stdout).toContain("in all: 3 gained, 3 lost\nA dry run: nothing was written. --apply lets it count.");
  });

  it("sees only transactions of the range, and compares only events of the packs named", async () => {
    using shop = openShop(4);
    {
      using store = openStore(shop.store);
      store.append([{ ...transactionOf(5), timestamp: "2026-03-02T00:00:00.000000Z" }], checkpointAt(5), now);
    }
    expect((await shop.report("--from", "2026-03-02")).counts).toMatchObject({ gained: 1, lost: 1 });
    expect((await shop.report("--end", "2026-03-01")).counts).toMatchObject({ gained: 4, lost: 4 });
    // A day is taken whole, and is one of the user's zone: there it was the first of March for five hours more.
    expect((await shop.report("--to", "2026-03-02")).counts).toMatchObject({ gained: 5, lost: 5 });
    expect((await shop.report("--start", "2026-03-02", "--zone", "America/Lima")).counts).toMatchObject({ gained: 0 });
    expect((await shop.report("--from", "2026-03-01T12:00", "--to", "2026-03-01 12:00:01")).transactions).toBe(4);
    shop.write((text) => text.replace("pack: shop", "pack: other"));
    expect((await shop.report()).counts).toMatchObject({ gained: 5, lost: 0 });
  });

  it("leaves out snapshots, and transactions of more changes than rules are shown", async () => {
    using shop = openShop(1);
    {
      using store = openStore(shop.store);
      const changes = Array.from({ length: 20_001 }, (_, seq) => changeOf(2, seq));
      store.append([{ ...transactionOf(2), changes, businessEvents: [] }], checkpointAt(2), now);
      const row = changeOf(3, 0, { operation: "snapshot", transaction_id: "snapshot:a:shop.sales:0" });
      const chunk = { snapshot_id: "a", table: "shop.sales", chunk: 0, phase: "chunk" } as never;
      store.appendSnapshot({
        transaction_id: "snapshot:a:shop.sales:0",
        timestamp: now,
        received_at: now,
        detail: chunk,
        changes: [row],
      });
    }
    expect(await shop.report()).toMatchObject({ transactions: 2, too_large: 1, counts: { gained: 1, lost: 1 } });
  });

  it("looks back over transactions as reading does, also at those before its range", async () => {
    using shop = openShop(0);
    shop.write((text) =>
      text.replace(
        /  - name: sold[^]*$/,
        `  - name: moved
    version: 1
    type: stock.moved
    on: { table: stock, operation: update, when: after.quantity > before.quantity }
    preceded_by:
      out:
        table: stock
        operation: update
        when: after.quantity < before.quantity
        match: { product: product }
        differs: [branch]
        within: 2h
    confidence: 0.9
    payload: { from: out.after.branch, to: after.branch }
`,
      ),
    );
    /** Stock of one product: branch 1 sends at 12:00, 2 receives at 13:00, 3 at 14:00, which nobody has sent. */
    {
      using store = openStore(shop.store);
      const moves = [-1, 1, 1].entries();
      for (const [index, difference] of moves) {
        const timestamp = `2026-03-01T1${2 + index}:00:00.000000Z`;
        const row = { product: "A", branch: index + 1, quantity: 5 };
        const change = changeOf(index + 1, 0, {
          source_table: "stock",
          operation: "update",
          before: row,
          after: { ...row, quantity: 5 + difference },
          changed: ["quantity"],
          timestamp,
        });
        const transaction = { ...transactionOf(index + 1), timestamp, changes: [change], businessEvents: [] };
        store.append([transaction], checkpointAt(index + 1), now);
      }
    }
    expect((await shop.report()).counts).toMatchObject({ gained: 1 });
    expect((await shop.report("--apply")).counts).toMatchObject({ gained: 1 });
    expect(verify(shop.store)).toMatchObject({ ok: true });
    expect((await shop.report()).counts).toMatchObject({ gained: 0, lost: 0, unchanged: 1 });
    expect((await shop.report("--from", "2026-03-01T12:30")).counts).toMatchObject({
      gained: 0,
      lost: 0,
      unchanged: 1,
    });
    // What the second one used up is not there for the third.
    expect((await shop.report("--from", "2026-03-01T13:30")).counts).toEqual({
      gained: 0,
      lost: 0,
      changed: 0,
      unchanged: 0,
    });
  });

  it.each([
    [["--from", "soon"], "usage.argument"],
    [["--from", "2026-13-01"], "usage.argument"],
    [["--apply", "--dry-run"], "usage.argument"],
    [["--rules", "nowhere.yaml"], "rules.invalid"],
    [["--rules", ""], "usage"],
    [["--store", "nowhere.db", "--apply"], "store.missing"],
  ])("refuses %j", async (args, code) => {
    using shop = openShop(1);
    const { status, stderr } = await shop.replay(...args, "--json");
    expect(status).not.toBe(0);
    expect(stderr).toContain(code);
  });
});

describe("--apply", () => {
  it("writes the correction into the chain, and only it counts from then on", async () => {
    using shop = openShop(12);
    const { head } = verify(shop.store);
    expect((await shop.report("--apply")).counts).toMatchObject({ gained: 12, lost: 12 });
    expect(verify(shop.store)).toMatchObject({ ok: true, business_events: 24, superseded_events: 12 });
    using reader = openStoreReader(shop.store);
    expect(reader.verify({ anchor: head }).ok).toBe(true);
    expect(reader.status()).toMatchObject({
      business_events_by_type: { "sale.completed": 12 },
      coverage: { transactions: 12, business_events: 12 },
    });
    expect((await shop.report()).counts).toEqual({ gained: 0, lost: 0, changed: 0, unchanged: 12 });
    const [entry] = query<{ kind: string; detail: string }>(
      shop.store,
      "SELECT kind, detail FROM ledger_entry ORDER BY entry_id DESC LIMIT 1",
    );
    expect(entry?.kind).toBe("replay");
    expect(JSON.parse(entry!.detail)).toMatchObject({
      packs: [{ name: "shop", version: 1 }],
      from: null,
      to: null,
      through_entry: 13,
      gained: 12,
      lost: 12,
      changed: 0,
      complete: true,
    });
  });

  it("keeps the time and transaction of what it tells of, and the id of what it corrects", async () => {
    using shop = openShop(5);
    await shop.report("--apply");
    const ids = "SELECT business_event_id AS id FROM current_business_event ORDER BY transaction_entry";
    const before = query(shop.store, ids);
    shop.write((text) => text.replace("confidence: 0.9", "confidence: 0.5"));
    const { counts, rules } = await shop.report("--apply");
    expect(counts).toEqual({ gained: 0, lost: 0, changed: 5, unchanged: 0 });
    expect(rules[0]!.examples[0]!.differs).toEqual([{ field: "confidence", before: "0.9", after: "0.5" }]);
    expect(query(shop.store, ids)).toEqual(before);
    using reader = openStoreReader(shop.store);
    expect(reader.newestOfType("sale.completed", 2)).toMatchObject([
      { transaction_id: gtid(5), timestamp: now, confidence: 0.5 },
      { transaction_id: gtid(4), timestamp: now, confidence: 0.5 },
    ]);
    const trace = reader.trace("sale", "S-3", 10);
    expect(trace?.timeline).toMatchObject([{ kind: "business_event", transaction_id: gtid(3), confidence: 0.5 }]);
    expect(query(shop.store, "SELECT confidence FROM canonical_event WHERE source_table = 'sales'")).toEqual(
      Array.from({ length: 5 }, () => ({ confidence: 0.5 })),
    );
    expect(verify(shop.store)).toMatchObject({ ok: true, superseded_events: 10 });
  });

  it("takes back what no rule tells any more: its changes are unexplained again", async () => {
    using shop = openShop(3);
    shop.write((text) => text.replace(/rules:[^]*/, "rules: []\n"));
    expect((await shop.report("--apply")).counts).toMatchObject({ gained: 0, lost: 3 });
    using reader = openStoreReader(shop.store);
    expect(reader.status().business_events_by_type).toEqual({});
    expect(reader.trace("sale", "S-2", 10)?.timeline).toMatchObject([{ kind: "change_event" }]);
    expect(query(shop.store, "SELECT 1 FROM canonical_event WHERE business_event_type IS NOT NULL")).toEqual([]);
    expect(verify(shop.store).ok).toBe(true);
  });

  it("tells the entity as the pack names it, though the change was stored before there was a pack", async () => {
    using shop = openShop(1);
    {
      using store = openStore(shop.store);
      const change = changeOf(2, 0, {
        source_table: "orders",
        entity_type: "orders",
        after: { id: 7, clerk: 3, card: "4111" },
        changed: ["id", "clerk", "card"],
        actor: { id: null, kind: "unknown", grade: "unknown" },
      });
      store.append([{ ...transactionOf(2), changes: [change], businessEvents: [] }], checkpointAt(2), now);
    }
    shop.write(() =>
      [
        "pack: orders",
        "version: 1",
        "entities: { orders: { entity: order, id: [id], actor: clerk, mask: [card] } }",
        "rules:",
        "  - { name: placed, version: 1, type: order.placed, on: { table: orders, operation: insert }, confidence: 1.0, payload: { card: after.card } }",
      ].join("\n"),
    );
    await shop.report("--apply");
    using reader = openStoreReader(shop.store);
    expect(reader.newestOfType("order.placed", 1)).toMatchObject([
      { entity_type: "order", entity_id: "7", actor: { id: "3", grade: "column" }, payload: { card: "[REDACTED]" } },
    ]);
  });

  it("is refused while something writes to the store, with the cure; a dry run is not", async () => {
    using shop = openShop(2);
    await using holder = startStoreProcess("hold", shop.store);
    await holder.nextLine();
    const { status, stderr } = await shop.replay("--apply");
    expect({ status, stderr }).toEqual({ status: 6, stderr: expect.stringContaining("Stop `auditctl run`") as string });
    expect((await shop.report()).counts).toMatchObject({ gained: 2 });
  });

  it("killed in the middle leaves a chain that verifies, and goes on with the rest", async () => {
    const sales = 5_000;
    using shop = openShop(0);
    {
      using store = openStore(shop.store);
      const all = Array.from({ length: sales }, (_, index) => transactionOf(index + 1));
      store.append(all, checkpointAt(sales), now);
    }
    const written = "SELECT entry_id FROM ledger_entry WHERE kind = 'replay'";
    await using child = startAuditctl(["rules", "replay", "--store", shop.store, "--rules", shop.pack, "--apply"]);
    await waitFor("a chunk of the replay", () => query(shop.store, written).length > 0 || undefined, { everyMs: 2 });
    child.child.kill("SIGKILL");
    await child.ended;
    const { ok, superseded_events } = verify(shop.store);
    expect(ok).toBe(true);
    expect(superseded_events).toBeGreaterThan(0);
    expect(superseded_events).toBeLessThan(sales);
    const { counts } = await shop.report("--apply");
    expect(counts).toEqual({
      gained: sales - superseded_events,
      lost: sales - superseded_events,
      changed: 0,
      unchanged: superseded_events,
    });
    expect(verify(shop.store)).toMatchObject({ ok: true, superseded_events: sales, business_events: 2 * sales });
    using reader = openStoreReader(shop.store);
    expect(reader.status().business_events_by_type).toEqual({ "sale.completed": sales });
  });
});
