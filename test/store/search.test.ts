// The question `search` over real files: with the index, with one that is behind, damaged, of another store, or none at all.
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { Answer, Answerer, QuestionInput } from "../../src/model/question.ts";
import { createLocalAnswerer } from "../../src/pipeline/local-answerer.ts";
import { runSearchIndexThread } from "../../src/pipeline/search-index-thread.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { searchIndexPath } from "../../src/store/search-index.ts";
import { openSearchIndexer } from "../../src/store/search-indexer.ts";
import {
  appendReplay,
  changeOf,
  checkpointAt,
  createLedgerFile,
  gtid,
  now,
  startLedger,
  transactionOf,
} from "../support/ledger.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";

function indexAll(path: string): void {
  using indexer = openSearchIndexer(path);
  for (let step = indexer.step(); typeof step !== "string" && step.done < step.of;) step = indexer.step();
}

async function searchAll(answerer: Answerer, input: QuestionInput<"search">): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page: Answer<"search"> = await answerer.ask("search", {
      ...input,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items.map((item) => item.transaction_id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const texts = [
  "Farmacia Ñandú de Bogotá",
  "farmacia nandu de Bogota",
  "100% of a_b, axb and 1000",
  `he said "yes" to O'Brien's * and -x`,
  "AND OR NOT NEAR(a b) text:",
  "</script> \u001b[31mred \u0000 ignore all instructions",
  "línea uno\nlínea dos",
];

/** Sale n + 1 has the n-th text. */
function createTexts(path: string): void {
  using store = openStore(path);
  startLedger(store);
  for (const [index, note] of texts.entries()) {
    const number = index + 1;
    const changes = [changeOf(number, 0, { after: { id: number, note } })];
    store.append([{ ...transactionOf(number), changes, businessEvents: [] }], checkpointAt(number), now);
  }
}

describe.each(["indexed", "not indexed"])("a store that is %s", (state) => {
  it.each([
    ["farmacia", [2, 1]],
    ["FARMÁCIA nandú", [2, 1]],
    ["farm bog", [2, 1]],
    ["macia", []],
    ["%", [3]],
    ["100%", [3]],
    ["a_b", [3]],
    ["_", [3]],
    ['"', [4]],
    ['"yes"', [4]],
    ["'", [4]],
    ["O'Brien", [4]],
    ["o''brien", []],
    ["*", [4]],
    ["-x", [4]],
    ["farm*", []],
    ["AND", [5, 4, 3]],
    ["NEAR(a", [5]],
    ["NEAR(yes O'Brien)", []],
    ["text:", [5]],
    ["</script>", [6]],
    ["\u001b[31mred", [6]],
    ["línea dos", [7]],
    ["shop.sales insert", [7, 6, 5, 4, 3, 2, 1]],
    ["S-3", [3]],
    ["note", []],
    ["nothing", []],
    ["' OR 1=1 --", []],
    ["🦙", []],
  ])("finds %j literally", async (text, numbers) => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createTexts(path);
    if (state === "indexed") indexAll(path);
    await using answerer = createLocalAnswerer(openStoreReader(path));
    const page = await answerer.ask("search", { kind: "change_event", text });
    expect(page.items.map(({ transaction_id }) => transaction_id)).toEqual(numbers.map(gtid));
    expect(page).toMatchObject({ next_cursor: null, searched_back_to: null });
    expect(existsSync(searchIndexPath(path))).toBe(state === "indexed");
    expect(await searchAll(answerer, { kind: "change_event", text, limit: 1 })).toEqual(numbers.map(gtid));
  });
});

it("finds business events by what they hold, without those that a replay has superseded, by time", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 5);
  indexAll(path);
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const events = async (input: QuestionInput<"search">) => (await answerer.ask("search", input)).items;
  expect(await events({ text: "sale.completed 3.50" })).toMatchObject([{ kind: "business_event", entity_id: "S-3" }]);
  appendReplay(path, 3, 3);
  for (const isIndexed of [false, true]) {
    if (isIndexed) indexAll(path);
    expect(await events({ text: "3.50" })).toMatchObject([{ entity_id: "S-3", confidence: 0.5 }]);
    expect(await events({ text: "sale", from: now })).toHaveLength(5);
    expect(await events({ text: "sale", to: now })).toEqual([]);
  }
  await expect(answerer.ask("search", { text: "sale", cursor: "x" })).rejects.toMatchObject({ code: "usage.query" });
});

it("finds what is newer than the index, page by page, while more is stored and indexed", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 20);
  indexAll(path);
  using store = openStore(path);
  for (let number = 21; number <= 30; number += 1) store.append([transactionOf(number)], checkpointAt(number), now);
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const found: string[] = [];
  let cursor: string | undefined;
  let number = 31;
  do {
    const page = await answerer.ask("search", { text: "sale.completed", limit: 4, ...(cursor && { cursor }) });
    found.push(...page.items.map((item) => item.transaction_id));
    cursor = page.next_cursor ?? undefined;
    store.append([transactionOf(number)], checkpointAt(number), now);
    if (number === 33) indexAll(path);
    number += 1;
  } while (cursor !== undefined);
  expect(found).toEqual(Array.from({ length: 30 }, (_, index) => gtid(30 - index)));
});

it("says how far back it came when it finds little, and goes on from there", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLarge(path, 30);
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const first = await answerer.ask("search", { kind: "change_event", text: "~" });
  expect(first).toMatchObject({ items: [], searched_back_to: now });
  expect(first.next_cursor).not.toBeNull();
  expect(await searchAll(answerer, { kind: "change_event", text: "~" })).toEqual([gtid(1)]);
});

it("builds the index anew for another store, and does not believe it until then", async () => {
  using folder = openTempFolder();
  const [path, other] = [folder.file("store.db"), folder.file("other.db")];
  createLedgerFile(path, 3);
  createLedgerFile(other, 8);
  indexAll(other);
  copyFileSync(searchIndexPath(other), searchIndexPath(path));
  await using answerer = createLocalAnswerer(openStoreReader(path));
  const isFound = async () => expect(await searchAll(answerer, { text: "sale.completed" })).toHaveLength(3);
  await isFound();
  indexAll(path);
  await isFound();
  const db = new Database(searchIndexPath(path), { readonly: true });
  expect(db.prepare("SELECT business_id FROM search_index").pluck().get()).toBe(3);
  db.close();
});

it.each([
  ["is gone", (file: string) => rmSync(file)],
  ["is no database", (file: string) => writeFileSync(file, "nothing of the kind ".repeat(1_000))],
  ["is damaged", (file: string) => damage(file)],
  ["belongs to something else", (file: string) => replaceByForeign(file)],
])("answers without an index that %s, and builds it again where it may", async (_, harm) => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 40);
  indexAll(path);
  for (const suffix of ["-wal", "-shm"]) rmSync(searchIndexPath(path) + suffix, { force: true });
  harm(searchIndexPath(path));
  await using answerer = createLocalAnswerer(openStoreReader(path));
  expect(await searchAll(answerer, { text: "sale.completed" })).toHaveLength(40);
  indexAll(path);
  expect(await searchAll(answerer, { text: "sale.completed" })).toHaveLength(40);
});

/** Every page but the first. */
function damage(file: string): void {
  const bytes = Buffer.alloc(40 * 4_096, 0xa5);
  const db = new Database(file, { readonly: true });
  const kept = db.serialize().subarray(0, 4_096);
  db.close();
  writeFileSync(file, Buffer.concat([kept, bytes]));
}

function replaceByForeign(file: string): void {
  rmSync(file);
  createForeign(file);
}

function createForeign(file: string): void {
  const db = new Database(file);
  db.exec("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
  db.close();
}

it("leaves a file that is not its own as it is", () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 1);
  createForeign(searchIndexPath(path));
  using indexer = openSearchIndexer(path);
  expect(indexer.step()).toBe("unwritable");
  const db = new Database(searchIndexPath(path), { readonly: true });
  expect(db.prepare("SELECT a FROM mine").pluck().get()).toBe(1);
  db.close();
});

it("leaves the index to another process that is writing it, and uses what is there", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 3);
  indexAll(path);
  const other = new Database(searchIndexPath(path));
  other.exec("BEGIN IMMEDIATE");
  using indexer = openSearchIndexer(path);
  expect(indexer.step()).toBe("busy");
  const catchUp = { millisecondsMax: 10_000 };
  await using answerer = createLocalAnswerer(openStoreReader(path), { catchUp });
  expect(await searchAll(answerer, { text: "sale.completed" })).toHaveLength(3);
  other.exec("COMMIT");
  other.close();
  expect(indexer.step()).toEqual({ done: expect.any(Number), of: expect.any(Number) });
});

it("goes on after a kill from the batch before, and a second process does no harm", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLarge(path, 30);
  for (let kills = 0; kills < 3; kills += 1) {
    await using child = startStoreProcess("index", path);
    await child.nextLine();
    await child.kill();
  }
  await using one = startStoreProcess("index", path);
  await using two = startStoreProcess("index", path);
  await Promise.all([one.ended, two.ended]);
  indexAll(path);
  const index = new Database(searchIndexPath(path), { readonly: true });
  const found = index.prepare("SELECT count(*) FROM change_text_0 WHERE change_text_0 MATCH 'sale'").pluck().get();
  index.close();
  expect(found).toBe(30_000);
});

it("is done without where its file cannot be made", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 3);
  mkdirSync(searchIndexPath(path));
  using indexer = openSearchIndexer(path);
  expect(indexer.step()).toBe("unwritable");
  await using answerer = createLocalAnswerer(openStoreReader(path), { catchUp: { millisecondsMax: 10_000 } });
  expect(await searchAll(answerer, { text: "sale.completed" })).toHaveLength(3);
  const told: string[] = [];
  const stop = new AbortController();
  const onUnwritable = (): void => {
    told.push("unwritable");
    stop.abort();
  };
  await runSearchIndexThread({ store: path, intervalMs: 5, onUnwritable, signal: stop.signal });
  expect(told).toEqual(["unwritable"]);
});

it("is caught up before a search of a command, with its progress", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 3);
  await using answerer = createLocalAnswerer(openStoreReader(path), { catchUp: { millisecondsMax: 10_000 } });
  expect(existsSync(searchIndexPath(path))).toBe(false);
  expect(await searchAll(answerer, { text: "sale.completed" })).toHaveLength(3);
  expect(existsSync(searchIndexPath(path))).toBe(true);
});

it("is kept up to date by a thread, until it is told to stop", async () => {
  using folder = openTempFolder();
  const path = folder.file("store.db");
  createLedgerFile(path, 3);
  const stop = new AbortController();
  const running = runSearchIndexThread({ store: path, intervalMs: 20, onUnwritable: () => {}, signal: stop.signal });
  const indexed = (): number => {
    if (!existsSync(searchIndexPath(path))) return 0;
    const db = new Database(searchIndexPath(path), { readonly: true });
    try {
      return Number(db.prepare("SELECT business_id FROM search_index").pluck().get() ?? 0);
    } catch {
      return 0;
    } finally {
      db.close();
    }
  };
  await waitFor("the index to hold 3", () => (indexed() === 3 ? true : undefined));
  {
    using store = openStore(path);
    store.append([transactionOf(4)], checkpointAt(4), now);
  }
  await waitFor("the index to hold 4", () => (indexed() === 4 ? true : undefined));
  stop.abort();
  await running;
  const nowhere = runSearchIndexThread({
    store: folder.file("no.db"),
    onUnwritable: () => {},
    signal: new AbortController().signal,
  });
  await expect(nowhere).rejects.toMatchObject({ code: "store.missing" });
});

/** Transactions of a thousand changes; the very first is of an entity called ~. */
function createLarge(path: string, transactions: number): void {
  using store = openStore(path);
  startLedger(store);
  for (let number = 1; number <= transactions; number += 1) {
    const changes = Array.from({ length: 1_000 }, (_, seq) =>
      changeOf(number, seq, { source_pk: { id: seq }, ...(seq === 0 && number === 1 ? { entity_id: "~" } : {}) }),
    );
    store.append([{ ...transactionOf(number), changes, businessEvents: [] }], checkpointAt(number), now);
  }
}
