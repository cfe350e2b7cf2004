// POST /ingest over a real server and a real thread: what is posted is stored once, whole or not at all, and is traced.
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/lib/canonical-json.ts";
import type { Trace } from "../../src/model/trace.ts";
import { connectors, gtidServer, lucia, mysqlMessage, postgresMessage, toBody, withKey } from "../support/debezium.ts";
import { openIngestService } from "../support/ingest-service.ts";
import { createLedgerFile, dumpEvents, gtid } from "../support/ledger.ts";
import { runAuditctl, runAuditctlProcess } from "../support/run-auditctl.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readDetails, readEvents, readNotes, readStatus, verifyStore } from "../support/trail.ts";
import { waitFor } from "../support/wait-for.ts";

const salePack = `pack: till
version: 1
entities:
  sales: { entity: sale, id: [id], actor: user_id, mask: [card] }
  sale_items: { entity: sale, id: [sale_id] }
rules:
  - name: sold
    version: 1
    type: sale.completed
    on: { table: sales, operation: insert }
    group:
      items: { table: sale_items, operation: insert, match: { sale_id: id }, min: 1 }
    confidence: 0.9
    payload: { total: after.total, lines: size(items) }
`;

const sale = (number: number, source: JsonObject = {}) =>
  mysqlMessage("c", {
    fields: null,
    after: { id: number, total: "24.00", user_id: 3, card: "4111111111111111" },
    source: { db: "shop", table: "sales", gtid: `${gtidServer}:${number}`, pos: number * 100, ...source },
  });
const item = (number: number, line: number, source: JsonObject = {}) =>
  mysqlMessage("c", {
    fields: null,
    after: { id: number * 10 + line, sale_id: number },
    source: { db: "shop", table: "sale_items", gtid: `${gtidServer}:${number}`, pos: number * 100 + line, ...source },
  });
const end = (number: number): JsonObject => ({
  status: "END",
  id: `${gtidServer}:${number}`,
  event_count: 3,
  ts_ms: 1,
});

async function trace(store: string, type: string, id: string): Promise<Trace> {
  const { status, stdout, stderr } = await runAuditctl(["trace", type, id, "--json", "--store", store]);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Trace;
}

function openShop(): Disposable & { store: string; pack: string } {
  const folder = openTempFolder();
  const pack = folder.file("till.yaml");
  writeFileSync(pack, salePack);
  return { store: folder.file("s.db"), pack, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe.each(["mysql", "postgresql", "sqlserver"] as const)(
  "the messages of %s, as its connector writes them",
  (connector) => {
    const message = connectors[connector];
    const at = (place: number, parts: Parameters<typeof message>[1] = {}) => ({
      ...parts,
      source: { pos: place, lsn: place, change_lsn: `00000027:00000758:000${place}` },
    });
    const renamed = { ...lucia, first_name: "Lucía María" };
    const key = { id: 1004 };

    test("are accepted, stored once, traced by auditctl, and verify", async () => {
      using folder = openTempFolder();
      const store = folder.file("s.db");
      const messages: JsonValue[] = [
        withKey(key, message("r", at(0, { after: lucia }))),
        withKey(key, message("c", at(1, { after: lucia }))),
        withKey(key, message("u", at(2, { before: lucia, after: renamed }))),
        withKey(key, message("d", at(3, { before: renamed }))),
        withKey(key, null),
        { key: null, value: message("t", at(4)) },
        { schema: null, payload: { ts_ms: 1_767_605_400_120 } },
      ];
      {
        await using service = await openIngestService(store);
        expect(await service.post(toBody(messages))).toEqual({
          status: 200,
          received: 7,
          stored_transactions: 1,
          stored_changes: 5,
          business_events: 0,
          waiting: 0,
          duplicates: 0,
          ignored: { tombstone: 1, heartbeat: 1, schema_change: 0, transaction_metadata: 0, message: 0 },
        });
        const stored = dumpEvents(store);
        expect(await service.post(toBody(messages))).toMatchObject({
          stored_transactions: 0,
          stored_changes: 0,
          duplicates: 5,
        });
        expect(dumpEvents(store)).toBe(stored);
      }
      const { timeline, coverage } = await trace(store, "customers", "1004");
      expect(timeline.map((each) => (each.kind === "change_event" ? each.operation : each.kind))).toEqual([
        "snapshot",
        "insert",
        "update",
        "delete",
      ]);
      expect(timeline[2]).toMatchObject({ changed: ["first_name"], before: lucia, after: renamed });
      expect(coverage).toMatchObject({
        transactions: 1,
        gaps: [],
        limits: [expect.stringContaining("come through Debezium")],
      });
      const table =
        connector === "mysql"
          ? "inventory.customers"
          : connector === "postgresql"
            ? "postgres.customers"
            : "testDB.customers";
      const erased = await trace(store, "table", table);
      expect(erased.timeline).toMatchObject([{ operation: "truncate", metadata: { bulk_erase: true } }]);
      const words = await runAuditctl(["trace", "table", table, "--store", store]);
      expect(words.stdout).toContain("bulk erase");
      expect(verifyStore(store)).toMatchObject({ ok: true, change_events: 5 });
    });
  },
);

describe("a transaction that comes one change at a time, as Debezium Server's HTTP sink sends it", () => {
  test("waits until the next one begins; its rules see it whole", async () => {
    using shop = openShop();
    {
      await using service = await openIngestService(shop.store, { rules: [shop.pack] });
      expect(await service.post(toBody(sale(1)))).toMatchObject({ stored_transactions: 0, waiting: 1 });
      expect(await service.post(toBody(item(1, 1)))).toMatchObject({ waiting: 2 });
      expect(await service.post(toBody(item(1, 1)))).toMatchObject({ waiting: 2, duplicates: 1 });
      expect(await service.post(toBody(item(1, 2)))).toMatchObject({ waiting: 3 });
      expect(await service.post(toBody(sale(2)))).toMatchObject({ stored_changes: 3, business_events: 1, waiting: 1 });
    }
    const { timeline } = await trace(shop.store, "sale", "1");
    expect(timeline).toMatchObject([
      { type: "sale.completed", payload: { total: "24.00", lines: 2 }, actor: { id: "3", grade: "column" } },
    ]);
    expect(dumpEvents(shop.store)).not.toContain(Buffer.from("4111111111111111").toString("hex").toUpperCase());
    expect(verifyStore(shop.store).ok).toBe(true);
  });

  test("ends with the connector's own word", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store, { rules: [shop.pack] });
    for (const message of [sale(1), item(1, 1)]) await service.post(toBody(message));
    expect(await service.post(toBody(end(1)))).toMatchObject({
      stored_transactions: 1,
      business_events: 1,
      waiting: 0,
    });
    expect(await service.post(toBody(sale(2)))).toMatchObject({ status: 200, stored_transactions: 0, waiting: 1 });
  });

  test("is stored when its feed is quiet, also when the service was restarted meanwhile", async () => {
    using shop = openShop();
    {
      await using service = await openIngestService(shop.store, { rules: [shop.pack] });
      await service.post(toBody(sale(1)));
      await service.post(toBody(item(1, 1)));
    }
    expect(readStatus(shop.store)?.coverage?.transactions).toBe(0);
    await using service = await openIngestService(shop.store, { rules: [shop.pack] });
    await waitFor("the sale", () => readStatus(shop.store)?.coverage?.business_events === 1);
    // What comes later of it is a part of its own.
    expect(await service.post(`[${toBody(item(1, 2))}]`)).toMatchObject({ stored_changes: 1, business_events: 0 });
    expect(readDetails(shop.store)).toEqual([{ via: "debezium" }, { part: 2, via: "debezium" }]);
    expect(readEvents(shop.store, "shop").map((event) => event["transaction_id"])).toEqual([
      `debezium:mysql:till:${gtidServer}:1`,
      `debezium:mysql:till:${gtidServer}:1`,
      `debezium:mysql:till:${gtidServer}:1#2`,
    ]);
  });

  test("is ordered as Debezium tells it, however it comes", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store);
    const place = (total_order: number) =>
      postgresMessage("c", {
        fields: null,
        after: { id: total_order },
        source: { lsn: 7 },
        transaction: { id: "571:9", total_order, data_collection_order: 1 },
      });
    await service.post(toBody([place(3), place(1), place(2)]));
    expect(readEvents(shop.store, "postgres").map((event) => event["source_pk"])).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]);
  });

  test("two feeds do not disturb each other", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store, { rules: [shop.pack] });
    await service.post(toBody(sale(1)));
    await service.post(toBody(sale(1, { name: "other" })));
    expect(await service.post(toBody([item(1, 1)]))).toMatchObject({
      stored_transactions: 1,
      business_events: 1,
      waiting: 1,
    });
    expect(readNotes(shop.store).filter(({ kind }) => kind === "start")).toHaveLength(2);
  });
});

describe("idempotence", () => {
  test("overlapping posts and posts at the same time store each change once", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store, { rules: [shop.pack] });
    const sales = Array.from({ length: 30 }, (_, index) => [sale(index + 1), item(index + 1, 1), item(index + 1, 2)]);
    const posts = Array.from({ length: 24 }, (_, index) => sales.slice(index, index + 7).flat());
    const answers = await Promise.all(posts.map((post) => service.post(toBody(post))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.reduce((all, { stored_changes = 0 }) => all + stored_changes, 0)).toBe(90);
    expect(answers.reduce((all, { duplicates = 0 }) => all + duplicates, 0)).toBe(24 * 21 - 90);
    expect(readStatus(shop.store)?.coverage).toMatchObject({
      transactions: 30,
      change_events: 90,
      business_events: 30,
    });
    expect(verifyStore(shop.store).ok).toBe(true);
  });

  test("what the trail has from the server's own log is a duplicate", async () => {
    using shop = openShop();
    createLedgerFile(shop.store, 3);
    const before = dumpEvents(shop.store);
    await using service = await openIngestService(shop.store);
    expect(await service.post(toBody([sale(1, { gtid: gtid(2).toUpperCase() })]))).toMatchObject({
      stored_changes: 0,
      duplicates: 1,
    });
    expect(dumpEvents(shop.store)).toBe(before);
    expect(await service.post(toBody([sale(9, { gtid: gtid(9) })]))).toMatchObject({
      stored_changes: 1,
      duplicates: 0,
    });
    expect(readStatus(shop.store)?.checkpoint?.gtid_set).toBe(`${gtid(1).slice(0, -2)}:1-3`);
    expect(verifyStore(shop.store).ok).toBe(true);
  });
});

describe("auditctl ingest", () => {
  const rows = (shop: { store: string }) => readEvents(shop.store, "shop").length;
  test("stores JSON lines, a JSON array and one message from a file, each once, and tells every fault", async () => {
    using shop = openShop();
    const file = `${shop.store}.json`;
    const run = async (text: string, ...args: string[]) => {
      writeFileSync(file, text);
      return await runAuditctlProcess(["ingest", file, "--store", shop.store, "--rules", shop.pack, ...args]);
    };
    const lines = await run([sale(1), item(1, 1), sale(2), null].map((message) => toBody(message)).join("\n"));
    expect(lines.stdout).toContain(
      "2 transactions with 3 changes stored, 1 business event; 0 known already, 1 message of no row",
    );
    expect((await run(toBody([sale(2), sale(3)]))).stdout).toContain("1 transaction with 1 change stored");
    const one = await run(JSON.stringify(sale(4), null, 2).replaceAll('"TS_NS"', "1"), "--json");
    expect(JSON.parse(one.stdout)).toMatchObject({ received: 1, stored_changes: 1, waiting: 0 });
    const bad = await run(`${toBody(sale(5))}\n{"op":"c"}`);
    expect([bad.status, bad.stderr]).toEqual([2, expect.stringContaining("line 2.source: must be an object")]);
    expect((await runAuditctl(["ingest", `${file}x`, "--store", shop.store])).stderr).toContain("there is no file");
    expect(rows(shop)).toBe(5);
    expect(verifyStore(shop.store).ok).toBe(true);
  });
});

describe("bad posts", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, string, string]>([
    ["no JSON", "{", "application/json", "(body): is not JSON"],
    ["a bad line", `${toBody(sale(1))}\n{`, "application/x-ndjson", "line 2: is not JSON"],
    ["a fault in a line", `${toBody(sale(1))}\n5`, "application/json", "line 2: must be an object"],
    ["too deep", `[${"[".repeat(200_000)}`, "application/json", "(body): "],
    [
      "a deep value",
      `[${toBody(sale(1)).replace('"24.00"', `${"[".repeat(50_000)}${"]".repeat(50_000)}`)}]`,
      "application/json",
      "is nested too deep",
    ],
    ["bytes", new Uint8Array([0x5b, 0xff, 0x5d]), "application/json", "is not UTF-8"],
    ["nothing", "", "application/json", "(body): is not JSON"],
  ])("%s", async (_, body, type, message) => {
    using shop = openShop();
    await using service = await openIngestService(shop.store);
    const answer = await service.post(body, { type });
    expect(answer).toMatchObject({ status: 400, error: { code: "ingest.invalid" } });
    expect(answer.error?.message).toContain(message);
    expect(readStatus(shop.store)?.coverage ?? null).toBeNull();
  });

  test("every fault is told with its path, twenty at most, and nothing is stored", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store);
    const bad = { ...(sale(2) as { op: string }), op: "x" };
    const answer = await service.post(toBody([sale(1), ...Array.from({ length: 30 }, () => bad)]));
    expect(answer.error?.details).toHaveLength(20);
    expect(answer.error?.details?.[0]).toBe("[1].op: must be c, u, d, r, t or m");
    expect(answer.error?.message).toContain("(and 29 more)");
    expect(readStatus(shop.store)?.coverage ?? null).toBeNull();
  });

  test("more than is taken at once, or in another form, is refused", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store);
    expect(await service.post(`[${"null,".repeat(10_000)}null]`)).toMatchObject({ status: 413 });
    const large = await service.post("x".repeat(17 * 1024 * 1024));
    expect(large).toMatchObject({ status: 413, error: { code: "service.too_large" } });
    const form = await service.post("[]", { type: "application/x-www-form-urlencoded" });
    expect(form).toMatchObject({ status: 415, error: { code: "service.media_type" } });
  });

  test("while the store cannot be written: 503, and when to come back; then it is stored once", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store);
    const body = toBody([sale(1)]);
    {
      await using blocking = startStoreProcess("block", shop.store);
      await blocking.nextLine();
      const refused = await fetch(`${service.url}/ingest`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    }
    expect(await service.post(body)).toMatchObject({ status: 200, stored_changes: 1 });
    expect(verifyStore(shop.store).ok).toBe(true);
  });

  test("a store that another process writes is not opened", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store);
    await expect(openIngestService(shop.store)).rejects.toThrow("another process is writing");
    const { status } = await runAuditctlProcess(["ingest", shop.pack, "--store", shop.store]);
    expect([status, (await service.post("[]")).status]).toEqual([6, 200]);
  });

  test("key_columns that are none are told", async () => {
    using shop = openShop();
    await using service = await openIngestService(shop.store);
    expect(await service.post("[]", { query: "?key_columns=sales" })).toMatchObject({ status: 400 });
  });
});
