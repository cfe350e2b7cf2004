// The bytes of a table's description and of its rows to row changes: absent is not null, no name is special, and what is
// cut, or lies about its length, is refused by the name of its table.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnType } from "../../../src/capture/column-type.ts";
import { eventType } from "../../../src/capture/event-packet.ts";
import { readRowChanges, rowsEventTypes } from "../../../src/capture/row-changes.ts";
import { createTableReader, createTableReaders } from "../../../src/capture/table-reader.ts";
import { AppError } from "../../../src/model/app-error.ts";
import type { RawRowChange } from "../../../src/model/raw-transaction.ts";
import { type HandmadeTable, tableMapBody } from "../../support/log-bytes.ts";
import { type HandmadeRows, integersImage, rowsBody } from "../../support/row-bytes.ts";

const readerOf = (fields: HandmadeTable = {}) => createTableReader(tableMapBody(fields), "mysql");
const three = ["id", "a", "b"].map((name) => ({ name }));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function changesOf(rows: HandmadeRows, table: HandmadeTable = {}): RawRowChange[] {
  const columns = table.columns?.length ?? 2;
  return readRowChanges(rows.type ?? eventType.writeRows, rowsBody({ columns, ...rows }), readerOf(table));
}

function refusal(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("a table's description", () => {
  it("gives the columns with their types, and the primary key by name", () => {
    const { table } = readerOf({ columns: three, primaryKey: [2, 0] });
    expect(table).toEqual({
      database: "shop",
      table: "sales",
      columns: ["id", "a", "b"].map((name) => ({ name, sqlType: "int", charset: null })),
      primaryKey: ["b", "id"],
    });
    expect(readerOf({ primaryKey: [] }).table.primaryKey).toEqual([]);
  });

  it("is read once for as long as it stays the same", () => {
    const read = createTableReaders("mysql", () => true);
    const first = read(tableMapBody());
    expect(read(tableMapBody())).toBe(first);
    expect(read(tableMapBody({ table: "stock" })).table?.table).toBe("stock");
  });

  it("of a database that is not kept may hold anything", () => {
    const read = createTableReaders("mysql", (database) => database !== "other");
    const body = tableMapBody({ database: "other", columns: [{ name: "x", type: 99 }] });
    expect(read(body)).toEqual({ tableId: 1, table: undefined });
  });

  it.each<[string, HandmadeTable, AppError["code"], RegExp]>([
    ["without names", { named: false }, "source.misconfigured", /columns of shop.sales/],
    [
      "with an unknown type",
      { columns: [{ name: "x" }, { name: "odd", type: 99 }] },
      "capture.undecodable",
      /column odd of shop.sales has type 99/,
    ],
    [
      "with times of MySQL 5.5",
      { columns: [{ name: "at", type: columnType.datetime }] },
      "capture.undecodable",
      /column at of shop.sales has type 12/,
    ],
    ["with a key that is not there", { primaryKey: [2] }, "capture.undecodable", /shop.sales/],
    ["with metadata left over", { columns: [{ name: "id", metadata: [1] }] }, "capture.undecodable", /1 bytes/],
    [
      "with a decimal of more digits than there are",
      { columns: [{ name: "d", type: columnType.newDecimal, metadata: [200, 3] }] },
      "capture.undecodable",
      /column d .*shop.sales/,
    ],
    ["with collations of too many columns", { more: [[3, Buffer.of(8)]] }, "capture.undecodable", /shop.sales/],
  ])("%s is refused by name", (_what, table, code, message) => {
    const error = refusal(() => readerOf(table));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(error.hint).not.toBe("");
  });
});

describe("row changes", () => {
  it("leave out what the bitmap says was not logged, and keep null as a value", () => {
    const [insert] = changesOf({ before: [0b011], images: [integersImage(1, null)] }, { columns: three });
    expect(plain(insert)).toMatchObject({ operation: "insert", before: null, after: { id: 1, a: null } });
    expect(Object.hasOwn(insert?.after ?? {}, "b")).toBe(false);
  });

  it("have a bitmap of their own for each image of an update", () => {
    const update = {
      type: eventType.updateRows,
      before: [0b001],
      after: [0b010],
      images: [integersImage(1), integersImage(7)],
    };
    expect(plain(changesOf(update, { columns: three })[0])).toMatchObject({
      operation: "update",
      before: { id: 1 },
      after: { a: 7 },
    });
  });

  it("give a delete its before image, and one change per row", () => {
    const images = [integersImage(1, 2), integersImage(3, -4)];
    const deletes = changesOf({ type: eventType.deleteRows, images });
    expect(plain(deletes)).toMatchObject([
      { before: { id: 1, total: 2 }, after: null },
      { before: { id: 3, total: -4 } },
    ]);
    expect(changesOf({ images: [] })).toEqual([]);
  });

  it("keep columns called __proto__ and constructor, and invent none", () => {
    const columns = ["__proto__", "constructor"].map((name) => ({ name }));
    const [both] = changesOf({ images: [integersImage(1, 2)] }, { columns });
    expect(JSON.stringify(both?.after)).toBe('{"__proto__":1,"constructor":2}');
    const [one] = changesOf({ before: [0b01], images: [integersImage(1)] }, { columns });
    expect("constructor" in (one?.after ?? {})).toBe(false);
  });

  it.each<[string, HandmadeRows, HandmadeTable]>([
    ["of more columns than the table has", { columns: 3, images: [integersImage(1, 2, 3)] }, {}],
    ["whose last value is cut", { images: [integersImage(1, 2).subarray(0, 8)] }, {}],
    ["with a byte too many", { images: [integersImage(1, 2), Buffer.of(0)] }, {}],
    ["without a column", { before: [0], images: [Buffer.of(0)] }, {}],
    [
      "whose text is longer than the event",
      { images: [Buffer.of(0, 200, 97)] },
      { columns: [{ name: "t", type: columnType.blob, metadata: [1] }] },
    ],
    [
      "with a double that is no number",
      { images: [Buffer.of(0, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)] },
      { columns: [{ name: "d", type: columnType.double, metadata: [8] }] },
    ],
    [
      "with a JSON document that is none",
      { images: [Buffer.of(0, 2, 0x77, 1)] },
      { columns: [{ name: "j", type: columnType.json, metadata: [1] }] },
    ],
  ])("%s are refused by the name of their table", (_what, rows, table) => {
    const error = refusal(() => changesOf(rows, table));
    expect(error).toMatchObject({
      code: "capture.undecodable",
      message: expect.stringContaining("shop.sales") as string,
    });
  });
});

describe("any bytes at all", () => {
  const outcome = (action: () => unknown): unknown => {
    try {
      return action();
    } catch (error) {
      return error;
    }
  };

  it("are a description of a table, or are refused", () => {
    const body = tableMapBody({ columns: three });
    const damaged = fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(damaged, fc.nat(body.length), (changes, length) => {
        const bytes = Buffer.from(body);
        for (const [at, byte] of changes) bytes[at] = byte;
        const result = outcome(() => createTableReader(bytes.subarray(0, length), "mysql"));
        expect(result instanceof AppError || (result as { table?: unknown }).table !== undefined).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("are rows of a table with every kind of column, or are refused", () => {
    const kinds = Object.values(columnType).filter(
      (type) => ![columnType.timestamp, columnType.time, columnType.datetime].includes(type as 7),
    );
    const metadata: Record<number, number[]> = {
      1: [],
      2: [],
      3: [],
      8: [],
      9: [],
      10: [],
      13: [],
      14: [],
      15: [9, 0],
      16: [3, 1],
      141: [9, 0],
      246: [20, 9],
      247: [],
      248: [],
      254: [254, 9],
    };
    const readers = kinds
      .filter((type) => type !== columnType.enum && type !== columnType.set)
      .map((type) => {
        const collations = Buffer.of(8);
        const isText = [15, 140, 141, 249, 250, 251, 252, 254, 242].includes(type);
        return readerOf({
          columns: [{ name: "c", type, metadata: metadata[type] ?? [2] }],
          ...(isText ? { more: [[3, collations] as const] } : {}),
          primaryKey: [],
        });
      });
    fc.assert(
      fc.property(
        fc.constantFrom(...readers),
        fc.constantFrom(...rowsEventTypes),
        fc.uint8Array({ maxLength: 60 }),
        (reader, type, image) => {
          const result = outcome(() =>
            readRowChanges(type, rowsBody({ type, columns: 1, images: [Buffer.from(image)] }), reader),
          );
          expect(result instanceof AppError || Array.isArray(result)).toBe(true);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
