// A byte changed anywhere in the event data of a store: verify fails and names the place, or nothing that can be read has changed.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VerifyReport } from "../../src/model/trace.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import { createRandom } from "../../generator/random.ts";
import {
  changeOf,
  checkpointAt,
  createLedgerFile,
  dumpEvents,
  appendReplay,
  eventTables,
  now,
  transactionOf,
} from "../support/ledger.ts";
import { findColumns, listPages, type StoredColumn } from "../support/sqlite-cells.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const folder = openTempFolder({ small: true });
const path = folder.file("store.db");
let bytes: Buffer;
let answers: string;

/** All rows, and what readers get to see of them through the indexes. */
function readAnswers(): string {
  using reader = openStoreReader(path);
  const traces = Array.from({ length: 31 }, (_, number) => reader.trace("sale", `S-${number}`, 100));
  const stock = Array.from({ length: 4 }, (_, number) => reader.trace("product", `P-${number}`, 100));
  return (
    dumpEvents(path) +
    JSON.stringify([traces, stock, reader.newestOfType("sale.completed", 100), reader.status().coverage])
  );
}

function verify(): VerifyReport {
  using reader = openStoreReader(path);
  return reader.verify();
}

/** Verifies with one byte of the file changed; `ask` is for questions while it is. */
function withByte<T>(at: number, value: number, ask: () => T): T {
  const put = (byte: number): void => {
    const file = openSync(path, "r+");
    writeSync(file, Buffer.of(byte), 0, 1, at);
    closeSync(file);
  };
  put(value);
  try {
    return ask();
  } finally {
    put(bytes[at]!);
  }
}

function columnsOf(table: string): string[] {
  using stack = new DisposableStack();
  const db = stack.adopt(new Database(path, { readonly: true }), (open) => open.close());
  return (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
}

beforeAll(() => {
  createLedgerFile(path, 30);
  {
    using store = openStore(path);
    // A row that needs overflow pages, and text that holds the sign for unreadable bytes.
    const changes = [changeOf(31, 0, { after: { text: "long ".repeat(3_000), odd: "\ufffd" } })];
    store.append([{ ...transactionOf(31), changes, businessEvents: [] }], checkpointAt(31), now);
    store.note("stop", { reason: "asked to stop" }, now);
  }
  appendReplay(path, 5, 5);
  bytes = readFileSync(path);
  answers = readAnswers();
});

afterAll(() => folder[Symbol.dispose]());

describe("verify", () => {
  it("passes an untouched store, twice", () => {
    expect(verify()).toMatchObject({ ok: true, faults: [], entries: 34 });
    expect(verify().ok).toBe(true);
  });

  it.each(eventTables)("finds a byte changed in any column of %s, and names the table and the entry", (table) => {
    const columns = columnsOf(table);
    const stored = findColumns(path, bytes, table, columns);
    const rows = Math.max(...stored.map(({ row }) => row)) + 1;
    const chosen = stored.filter(({ row }) => [0, Math.floor(rows / 2), rows - 1].includes(row));
    const missed: string[] = [];
    for (const column of chosen) {
      for (const at of new Set([column.start, (column.start + column.end) >> 1, column.end - 1])) {
        for (const value of [bytes[at]! ^ 0x01, bytes[at]! ^ 0x80]) {
          const report = withByte(at, value, verify);
          if (!namesPlace(report, column))
            missed.push(`${table}.${column.column} of row ${column.row} at ${at}: ${JSON.stringify(report.faults)}`);
        }
      }
    }
    expect(missed).toEqual([]);
    // Each column was really reached; those that are 0, 1 or null have no bytes of their own.
    const reached = new Set(chosen.map(({ column }) => column));
    const bodiless = new Set(
      "entry_id change_id business_id change_count business_count before rule_version ordinal position seq transaction_id".split(
        " ",
      ),
    );
    expect(columns.filter((column) => !reached.has(column) && !bodiless.has(column))).toEqual([]);
  });

  it("finds bytes that read as the same text: another way to write the sign for unreadable bytes", () => {
    const at = bytes.indexOf(Buffer.from("\ufffd"));
    const report = withByte(at, 0xf1, verify);
    expect(report.faults).toMatchObject([{ table: "change_event", entry_id: 32 }]);
  });

  it("finds whatever 500 random changes of the tables and their indexes did to any answer", () => {
    const random = createRandom(20_260_301);
    const pages = listPages(path, eventTables);
    const missed: string[] = [];
    let found = 0;
    for (let flip = 0; flip < 500; flip += 1) {
      const page = pages[random.int(0, pages.length - 1)]!;
      const at = (page - 1) * 4096 + random.int(0, 4095);
      const outcome = withByte(at, bytes[at]! ^ random.int(1, 255), judge);
      if (outcome === "found") found += 1;
      if (outcome === "missed") missed.push(`byte ${at} of page ${page}`);
    }
    expect(missed).toEqual([]);
    // The rest were bytes that hold nothing.
    expect(found).toBeGreaterThan(200);
  }, 180_000);
});

/** The faults lead a person to the table and to an entry (of the lineage: to the business event, which names its entry, or to the row that an index has otherwise). */
function namesPlace({ faults }: VerifyReport, { table: changed }: StoredColumn): boolean {
  const isLineage = changed === "business_event_change";
  // What a replay supersedes is part of its entry.
  const isSuperseded = changed === "business_event_superseded";
  return (
    faults.some(
      ({ table, place }) =>
        (table === changed ||
          (isLineage && table === "business_event") ||
          (isSuperseded && table === "ledger_entry")) &&
        place.includes(table),
    ) &&
    faults.some(
      ({ entry_id, place }) =>
        entry_id !== null ||
        (isLineage && /lineage of business event row -?\d|business_event_change \d+ \(index/.test(place)),
    )
  );
}

function judge(): "found" | "harmless" | "missed" {
  const report = verify();
  if (!report.ok)
    return report.faults.every(({ place, message }) => place !== "" && message !== "") ? "found" : "missed";
  return readAnswers() === answers ? "harmless" : "missed";
}
