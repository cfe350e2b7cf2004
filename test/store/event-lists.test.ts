// The questions `events`, `feed` and `event` over real files: filters, pages while a writer appends, cursors, replays.
import { expect, it } from "vitest";
import type { ListedEvent } from "../../src/model/answer-schema.ts";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
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

function idOf(event: ListedEvent): string {
  return event.kind === "business_event" ? event.business_event_id : event.event_id;
}

const sale = (number: number) => transactionOf(number).businessEvents[0]!.business_event_id;

it("lists business events and row changes, newest first, page by page, each once, while a writer appends", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 12);
  using store = openStore(path);
  await using answerer = createLocalAnswerer(openStoreReader(path));
  let number = 13;
  for (const kind of ["business_event", "change_event"] as const) {
    const expected = (await answerer.ask("events", { kind, limit: 1_000 })).items.map(idOf);
    expect(new Set(expected).size).toBe(expected.length);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await answerer.ask("events", { kind, limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(idOf));
      cursor = page.next_cursor ?? undefined;
      store.append([transactionOf(number)], checkpointAt(number), now);
      number += 1;
    } while (cursor !== undefined);
    expect(seen).toEqual(expected);
  }
  const { items, coverage } = await answerer.ask("events", { limit: 2 });
  expect(items.map(idOf)[0]).toBe(sale(number - 1));
  expect(items[0]).toMatchObject({
    kind: "business_event",
    change_event_ids: transactionOf(number - 1).changes.map(({ event_id }) => event_id),
  });
  expect(coverage.business_events).toBe(number - 1);
});

it("lists an event of a type and a change of a table that were not there when it was first asked", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 3);
  using store = openStore(path);
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const ask = async () => [
    (await answerer.ask("events", { type: "sale.*" })).items.map(idOf)[0],
    (await answerer.ask("events", { kind: "change_event", table: "later" })).items.map(idOf)[0],
  ];
  expect(await ask()).toEqual([sale(3), undefined]);
  const change = changeOf(4, 0, { source_table: "later" });
  const event = saleOf(4, [change], { type: "sale.later" });
  store.append([{ ...transactionOf(4), changes: [change], businessEvents: [event] }], checkpointAt(4), now);
  expect(await ask()).toEqual([event.business_event_id, change.event_id]);
});

it.each([
  [{ type: "sale.*" }, 12],
  [{ type: "sale.completed,other" }, 12],
  [{ type: ["sale"] }, 0],
  [{ type: "sale%" }, 0],
  [{ entity_type: "sale" }, 12],
  [{ entity_type: "sale", entity_id: "S-7" }, 1],
  [{ entity_id: "S-7" }, 1],
  [{ entity_id: "S-7", type: "sale.*" }, 1],
  [{ actor: "clerk-1" }, 0],
  [{ actor: "' OR 1=1 --" }, 0],
  [{ kind: "change_event" as const }, 26],
  [{ kind: "change_event" as const, table: "stock" }, 12],
  [{ kind: "change_event" as const, table: "shop.stock" }, 12],
  [{ kind: "change_event" as const, table: "other.stock" }, 0],
  [{ kind: "change_event" as const, operation: "update" as const }, 14],
  [{ kind: "change_event" as const, operation: "insert" as const, table: "stock" }, 0],
  [{ kind: "change_event" as const, entity_type: "product" }, 14],
  [{ kind: "change_event" as const, entity_type: "product", entity_id: "P-1" }, 4],
  [{ kind: "change_event" as const, entity_id: "P-1" }, 4],
  [{ kind: "change_event" as const, actor: "clerk-1" }, 9],
  [{ kind: "change_event" as const, actor: "clerk-1", table: "sales" }, 4],
  [{ from: now }, 12],
  [{ to: now }, 0],
  [{ from: "2026-03-02" }, 0],
])("%j finds %i of twelve sales, in a list and in a feed", async (filter, count) => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 0);
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const kind = "kind" in filter ? filter.kind : "business_event";
  const { cursor: beginning } = await answerer.ask("feed", { kind });
  using store = openStore(path);
  for (let number = 1; number <= 12; number += 1) store.append([transactionOf(number)], checkpointAt(number), now);
  const { items, next_cursor } = await answerer.ask("events", filter);
  expect([items.length, next_cursor]).toEqual([count, null]);
  if ("from" in filter || "to" in filter) return;
  const { items: fed } = await answerer.ask("feed", { ...filter, after: beginning });
  expect(fed.map(idOf)).toEqual(items.map(idOf).toReversed());
});

it.each([
  ["events", { type: "sale.*", kind: "change_event" }],
  ["events", { table: "sales" }],
  ["feed", { operation: "delete" }],
  ["events", { cursor: "" }],
  ["events", { cursor: "%%%" }],
  ["events", { cursor: Buffer.from('["events/change_event",1,1]').toString("base64url") }],
  ["events", { cursor: Buffer.from('["events/business_event",1.5,1]').toString("base64url") }],
  ["events", { cursor: Buffer.from('["events/business_event",-1,1]').toString("base64url") }],
  ["events", { cursor: `${Buffer.from('["events/business_event",1,1]').toString("base64url")}=` }],
  ["feed", { after: Buffer.from('["events/business_event",1,1]').toString("base64url") }],
  // Of a trail that had more than this one.
  ["feed", { after: Buffer.from('["feed/business_event",0,4]').toString("base64url") }],
] as const)("%s of %j is refused as a mistake of whoever asks", async (name, input) => {
  using folder = openTempFolder();
  createLedgerFile(folder.file("store.db"), 3);
  await using answerer = createLocalAnswerer(openStoreReader(folder.file("store.db")));
  await expect(answerer.ask<"events" | "feed">(name, input)).rejects.toMatchObject({ code: "usage.query" });
});

it("follows the trail from its end, with what a replay adds; a list has what counts in its place", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 3);
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const start = await answerer.ask("feed", {});
  expect(start.items).toEqual([]);
  expect(await answerer.ask("feed", { after: start.cursor })).toEqual(start);
  const before = await answerer.ask("events", {});
  appendReplay(path, 1, 1);
  const { items, cursor } = await answerer.ask("feed", { after: start.cursor });
  expect(items).toMatchObject([{ business_event_id: sale(1), confidence: 0.5 }]);
  expect((await answerer.ask("feed", { after: cursor })).items).toEqual([]);
  const after = await answerer.ask("events", {});
  expect(after.items.map(idOf)).toEqual(before.items.map(idOf));
  expect(after.items[2]).toMatchObject({ confidence: 0.5 });
  expect(after.coverage.business_events).toBe(3);
  expect((await answerer.ask("status", {})).business_events_by_type).toEqual({ "sale.completed": 3 });
  expect(await answerer.ask("event", { id: sale(1) })).toMatchObject({ event: { confidence: 0.5 } });
});

it("finds an event by its id: a business event with its changes, a change with the events on it", async () => {
  using folder = openTempFolder();
  createLedgerFile(folder.file("store.db"), 5);
  await using answerer = createLocalAnswerer(openStoreReader(folder.file("store.db")));
  const { changes, businessEvents } = transactionOf(5);
  expect(await answerer.ask("event", { id: sale(5).toUpperCase() })).toMatchObject({
    event: { kind: "business_event", ...businessEvents[0], change_events: changes.slice(0, 2) },
    business_event_ids: [],
  });
  expect(await answerer.ask("event", { id: changes[1]!.event_id })).toMatchObject({
    event: { kind: "change_event", ...changes[1] },
    business_event_ids: [sale(5)],
  });
  expect(await answerer.ask("event", { id: changes[2]!.event_id })).toMatchObject({ business_event_ids: [] });
  const nobody = "00000000-0000-4000-8000-000000000000";
  await expect(answerer.ask("event", { id: nobody })).rejects.toMatchObject({ code: "trace.not_found" });
});

it("finds times that step back in the log", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  {
    using store = openStore(path);
    startLedger(store);
    const times = ["2026-01-03", "2026-01-01", "2026-01-04", "2026-01-02"].map((day) => `${day}T10:00:00.000000Z`);
    for (const [index, timestamp] of times.entries())
      store.append([{ ...transactionOf(index + 1), timestamp }], checkpointAt(index + 1), now);
  }
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const { items } = await answerer.ask("events", { from: "2026-01-02", to: "2026-01-04" });
  expect(items.map(idOf)).toEqual([sale(4), sale(1)]);
});

it("ends a page that finds little where its budget ends, and goes on from there", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  {
    using store = openStore(path);
    startLedger(store);
    const rare = { actor: { id: "rare", kind: "app_user", grade: "tag" } as const };
    for (let number = 1; number <= 24; number += 1) {
      const changes = Array.from({ length: 1_000 }, (_, seq) =>
        changeOf(number, seq, { source_pk: { id: seq }, ...(seq === 0 && number % 12 === 1 ? rare : {}) }),
      );
      const businessEvents = number === 1 ? [saleOf(number, [changes[0]!])] : [];
      store.append([{ ...transactionOf(number), changes, businessEvents }], checkpointAt(number), now);
    }
  }
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const found: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await answerer.ask("events", {
      kind: "change_event",
      actor: "rare",
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items.map(({ transaction_id }) => transaction_id));
    cursor = page.next_cursor ?? undefined;
    pages += 1;
  } while (cursor !== undefined);
  expect(found).toEqual([13, 1].map((number) => transactionOf(number).transaction_id));
  expect(pages).toBe(3);
});
