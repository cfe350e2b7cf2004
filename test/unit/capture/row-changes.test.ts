// One rows event and its table's description to row changes: absent is not null, and no name is special.
import { describe, expect, it } from "vitest";
import type { BinlogEvent } from "../../../src/capture/binlog-client.ts";
import { type RowsEvent, toRawTable, toRowChanges } from "../../../src/capture/row-changes.ts";
import { rows, type TableFields, tableMap } from "../../support/binlog-events.ts";

type TableMap = Extract<BinlogEvent, { getTypeName(): "TableMap" }>;

const tableOf = (fields: TableFields = {}) => toRawTable(tableMap(fields) as TableMap);
const changesOf = (event: BinlogEvent, fields: TableFields = {}) => toRowChanges(event as RowsEvent, tableOf(fields));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("toRawTable", () => {
  it("gives the columns with their types, and the primary key by name", () => {
    expect(tableOf({ columnNames: ["a", "b", "c"], primaryKey: [2, 0] })).toEqual({
      database: "shop",
      table: "sales",
      columns: ["a", "b", "c"].map((name) => ({ name, sqlType: "int", charset: null })),
      primaryKey: ["c", "a"],
    });
  });

  it("gives no key for a table that has none", () => expect(tableOf({ primaryKey: undefined }).primaryKey).toEqual([]));
});

describe("toRowChanges", () => {
  const columnNames = ["id", "a", "b"];

  it("leaves out what the bitmap says was not logged, and keeps null as a value", () => {
    const [insert] = changesOf(rows("WriteRows", [{ id: 1, a: null, b: null }], { before: 0b011 }), { columnNames });
    expect(plain(insert)).toMatchObject({ operation: "insert", before: null, after: { id: 1, a: null } });
    expect(insert?.after).not.toHaveProperty("b");
  });

  it("has a bitmap of its own for each image of an update", () => {
    const update = rows("UpdateRows", [{ before: { id: 1, a: null, b: null }, after: { id: null, a: "x", b: null } }], {
      before: 0b001,
      after: 0b010,
    });
    expect(plain(changesOf(update, { columnNames })[0])).toMatchObject({
      operation: "update",
      before: { id: 1 },
      after: { a: "x" },
    });
  });

  it("takes the one bitmap for both images where there is only one", () => {
    const update = rows("UpdateRows", [{ before: { id: 1, a: 1, b: 1 }, after: { id: 1, a: 2, b: 2 } }], {
      before: 0b011,
    });
    expect(plain(changesOf(update, { columnNames })[0])).toMatchObject({
      before: { id: 1, a: 1 },
      after: { id: 1, a: 2 },
    });
  });

  it("gives a delete its before image", () => {
    expect(plain(changesOf(rows("DeleteRows", [{ id: 1, a: 2, b: 3 }]), { columnNames })[0])).toMatchObject({
      operation: "delete",
      before: { id: 1, a: 2, b: 3 },
      after: null,
    });
  });

  it("finds the bits of tables with more than eight columns", () => {
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const row = Object.fromEntries(names.map((name) => [name, name]));
    const event = rows("WriteRows", [row]);
    Object.assign(event, { columns_present_bitmap: Buffer.of(0x01, 0x80, 0x08) });
    expect(plain(changesOf(event, { columnNames: names })[0]?.after)).toEqual({ c0: "c0", c15: "c15", c19: "c19" });
  });

  it("gives one change per row, none for no rows", () => {
    expect(changesOf(rows("WriteRows", [{ id: 1 }, { id: 2 }, { id: 3 }]))).toHaveLength(3);
    expect(changesOf(rows("WriteRows", []))).toEqual([]);
  });

  it("keeps a column called __proto__, which a plain object loses, by calling it otherwise in the library", () => {
    const map = tableMap({ columnNames: ["id", "__proto__"] }) as TableMap;
    const table = toRawTable(map);
    // What the library now does with each column of the table.
    const row: Record<string, unknown> = {};
    for (const { name } of map.tableMap[1]?.columns ?? []) row[name] = name === "id" ? 1 : "kept";
    const [change] = toRowChanges(rows("WriteRows", [row]) as RowsEvent, table);
    expect(JSON.stringify(change?.after)).toBe('{"id":1,"__proto__":"kept"}');
  });

  it("does not invent a column called constructor that was not logged", () => {
    const names = ["id", "constructor"];
    const [change] = changesOf(rows("WriteRows", [{ id: 1, constructor: null }], { before: 0b01 }), {
      columnNames: names,
    });
    expect("constructor" in (change?.after ?? {})).toBe(false);
  });
});
