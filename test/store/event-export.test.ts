// Exports from real stores: every event once and in order, as of the moment it was opened, with each filter; and the three formats read back.
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { ListedEvent } from "../../src/model/answer-schema.ts";
import { createExport, type ExportManifest, type ExportRequest } from "../../src/serve/export/event-stream.ts";
import { type ExportPage, type ExportRange, toListedEvent } from "../../src/store/event-export.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import type { StoreReader } from "../../src/store/store-reader.ts";
import {
  appendReplay,
  changeOf,
  checkpointAt,
  createLedgerFile,
  now,
  saleOf,
  startLedger,
  transactionOf,
} from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

function eventsOf(reader: StoreReader, range: Partial<ExportRange>): ListedEvent[] {
  const found = reader.exportEvents({ kind: "business_event", lineage: true, ...range });
  return [...found.pages()].flatMap(({ events }) => events.map(toListedEvent));
}

const idsOf = (events: readonly ListedEvent[]): string[] =>
  events.map((event) => `${event.entity_id} ${event.kind === "change_event" ? event.seq : event.type}`);

async function write(
  reader: StoreReader,
  request: ExportRequest,
): Promise<{ bytes: Buffer; manifest: ExportManifest }> {
  const stream = createExport(reader, request);
  expect(stream.manifest()).toBeUndefined();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream.chunks) chunks.push(chunk);
  return { bytes: Buffer.concat(chunks), manifest: stream.manifest()! };
}

/** A store of sales whose text is not harmless. */
function createHostileFile(path: string, payloads: readonly Record<string, unknown>[]): void {
  using store = openStore(path);
  startLedger(store);
  payloads.forEach((payload, index) => {
    const transaction = transactionOf(index + 1);
    const businessEvents = [saleOf(index + 1, transaction.changes.slice(0, 2), { payload: payload as never })];
    store.append([{ ...transaction, businessEvents }], checkpointAt(index + 1), now);
  });
}

describe("which events an export holds", () => {
  it("every business event once, in the order of the ledger, over many pages", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("s.db"), 4_500);
    using reader = openStoreReader(folder.file("s.db"));
    const found = reader.exportEvents({ kind: "business_event", lineage: true });
    const pages = [...found.pages()];
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.at(-1)?.done).toBe(1);
    const events = pages.flatMap((page) => page.events.map(toListedEvent));
    expect(events.map(({ entity_id }) => entity_id)).toEqual(
      Array.from({ length: 4_500 }, (_, index) => `S-${index + 1}`),
    );
    expect(events[7]).toEqual({ kind: "business_event", ...transactionOf(8).businessEvents[0] });
    expect(found.payloadFields).toEqual(["total", "lines"]);
    const changes = eventsOf(reader, { kind: "change_event" });
    expect(changes).toHaveLength(4_500 * 2 + 900);
    expect(new Set(changes.map((change) => ("event_id" in change ? change.event_id : ""))).size).toBe(changes.length);
  });

  it("those that each filter means", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("s.db"), 10);
    using reader = openStoreReader(folder.file("s.db"));
    const business = (range: Partial<ExportRange>) => idsOf(eventsOf(reader, range));
    const changes = (range: Partial<ExportRange>) => idsOf(eventsOf(reader, { kind: "change_event", ...range }));
    expect(business({ type: ["sale.completed"], entity_id: "S-3" })).toEqual(["S-3 sale.completed"]);
    expect(business({ type: ["sale.*"] })).toHaveLength(10);
    expect(business({ type: ["sale"] })).toEqual([]);
    expect(business({ type: ["stock.*"] })).toEqual([]);
    expect(business({ entity_type: "product" })).toEqual([]);
    expect(business({ actor: "nobody" })).toEqual([]);
    expect(business({ from: now })).toHaveLength(10);
    expect(business({ to: now })).toEqual([]);
    expect(changes({ entity_type: "product", entity_id: "P-1" })).toEqual(["P-1 1", "P-1 1", "P-1 2", "P-1 1"]);
    expect(changes({ entity_type: "sale" })).toHaveLength(10);
    expect(changes({ table: "prices" })).toHaveLength(2);
    expect(changes({ table: "shop.prices" })).toHaveLength(2);
    expect(changes({ table: "other.prices" })).toEqual([]);
    expect(changes({ operation: "insert", actor: "clerk-1" })).toEqual(["S-1 0", "S-4 0", "S-7 0", "S-10 0"]);
    expect(changes({ to: now })).toEqual([]);
  });

  it("what the trail said when it was opened, whatever is stored while it is read", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    createLedgerFile(path, 3);
    using reader = openStoreReader(path);
    const before = reader.exportEvents({ kind: "business_event", lineage: true });
    const changesBefore = reader.exportEvents({ kind: "change_event", lineage: false });
    appendReplay(path, 2, 2);
    {
      using store = openStore(path);
      store.append([transactionOf(4)], checkpointAt(4), now);
    }
    const confidences = (pages: Iterable<ExportPage>) =>
      [...pages].flatMap(({ events }) => events.map(({ row }) => ("confidence" in row ? row.confidence : null)));
    expect(confidences(before.pages())).toEqual([0.9, 0.9, 0.9]);
    expect([...changesBefore.pages()].flatMap(({ events }) => events)).toHaveLength(6);
    expect(confidences(reader.exportEvents({ kind: "business_event", lineage: true }).pages())).toEqual([
      0.9, 0.5, 0.9, 0.9,
    ]);
  });

  it("nothing, of a store in which nothing has happened", async () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("s.db"), 0);
    using reader = openStoreReader(folder.file("s.db"));
    expect(eventsOf(reader, {})).toEqual([]);
    expect(eventsOf(reader, { kind: "change_event" })).toEqual([]);
    for (const format of ["csv", "ndjson", "parquet"] as const) {
      const { bytes, manifest } = await write(reader, { format, range: { kind: "business_event" } });
      expect(manifest).toMatchObject({ events: 0, bytes: bytes.length });
    }
  });

  it("one row at a time where rows are large", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    {
      using store = openStore(path);
      startLedger(store);
      for (let number = 1; number <= 4; number += 1) {
        const large = changeOf(number, 0, { after: { id: number, note: "x".repeat(3_000_000) } });
        store.append([{ ...transactionOf(number), changes: [large], businessEvents: [] }], checkpointAt(number), now);
      }
    }
    using reader = openStoreReader(path);
    const sizes = [...reader.exportEvents({ kind: "change_event", lineage: false }).pages()].map(
      ({ events }) => events.length,
    );
    expect(sizes).toEqual([2, 2]);
  });
});

describe("formats", () => {
  const hostile = [
    { total: "-12.50", note: '=HYPERLINK("http://x","y")' },
    { total: "+3e2", note: "@SUM(1,2)\nsecond line" },
    { total: null, note: "" },
    { total: -5, note: { deep: ["a", 1] } },
    { total: "-1+1", note: "\tTab \u001b[2J" },
  ];

  it("CSV: payload in columns, quotes where needed, formulas made text, numbers left alone, null and empty told apart", async () => {
    using folder = openTempFolder();
    createHostileFile(folder.file("s.db"), hostile);
    using reader = openStoreReader(folder.file("s.db"));
    const range: ExportRequest["range"] = { kind: "business_event", type: ["sale.completed"] };
    const { bytes, manifest } = await write(reader, { format: "csv", range });
    const text = bytes.toString();
    expect(text.split("\r\n")[0]).toBe(
      "business_event_id,type,entity_type,entity_id,occurred_at,timestamp,transaction_id,actor_id,actor_kind,actor_grade,confidence,rule_pack,rule_name,rule_version,payload.total,payload.note",
    );
    const ends = text
      .split("\r\n")
      .slice(1, -1)
      .map((row) => row.slice(row.indexOf(",shop,sale,1,") + 13));
    expect(ends).toEqual([
      `-12.50,"'=HYPERLINK(""http://x"",""y"")"`,
      `+3e2,"'@SUM(1,2)\nsecond line"`,
      `,""`,
      `-5,"{""deep"":[""a"",1]}"`,
      `'-1+1,'\tTab \u001b[2J`,
    ]);
    expect(manifest).toMatchObject({ events: 5, bytes: bytes.length, filters: range, format: "csv" });
    const raw = (await write(reader, { format: "csv", range, rawCells: true })).bytes.toString();
    expect(raw).toContain(`,-1+1,\tTab`);
    expect(raw).not.toContain("'=");
  });

  it("CSV: the payload of several types in one cell, as JSON", async () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    createLedgerFile(path, 2);
    {
      using store = openStore(path);
      const transaction = transactionOf(3);
      const businessEvents = [saleOf(3, transaction.changes, { type: "sale.voided", payload: { why: "x" } })];
      store.append([{ ...transaction, businessEvents }], checkpointAt(3), now);
    }
    using reader = openStoreReader(path);
    const { bytes } = await write(reader, { format: "csv", range: { kind: "business_event", type: ["sale.*"] } });
    expect(bytes.toString().split("\r\n")[0]).toMatch(/,rule_version,payload$/);
    expect(bytes.toString()).toContain(`"{""why"":""x""}"\r\n`);
  });

  it("NDJSON: an event a line, in the shape of every face, nothing in it that moves a cursor", async () => {
    using folder = openTempFolder();
    createHostileFile(folder.file("s.db"), [{ note: "\u001b[2J\u009b2J\u202eevil\u2028" }]);
    using reader = openStoreReader(folder.file("s.db"));
    const { bytes, manifest } = await write(reader, { format: "ndjson", range: { kind: "business_event" } });
    expect(bytes.toString()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(
      bytes
        .toString()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(eventsOf(reader, {}));
    const { createHash } = await import("node:crypto");
    expect(manifest.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("Parquet: what another reader reads is what the trail holds", async () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("s.db"), 50);
    using reader = openStoreReader(folder.file("s.db"));
    const { bytes } = await write(reader, {
      format: "parquet",
      range: { kind: "business_event", type: ["sale.completed"] },
    });
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    });
    expect(rows).toHaveLength(50);
    const [first] = eventsOf(reader, {});
    expect(rows[0]).toMatchObject({
      business_event_id: first?.kind === "business_event" ? first.business_event_id : "",
      entity_id: "S-1",
      timestamp: new Date(now),
      confidence: 0.9,
      "payload.total": "1.50",
      actor_id: null,
    });
    const changes = await write(reader, { format: "parquet", range: { kind: "change_event" } });
    const read = await parquetReadObjects({
      file: changes.bytes.buffer.slice(
        changes.bytes.byteOffset,
        changes.bytes.byteOffset + changes.bytes.length,
      ) as ArrayBuffer,
    });
    expect(read).toHaveLength(110);
  });
});
