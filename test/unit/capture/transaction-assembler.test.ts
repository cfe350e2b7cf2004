// Decoded binlog events to whole transactions: what ends one, what is kept of it, and what is refused by name.
import { describe, expect, it } from "vitest";
import type { BinlogEvent } from "../../../src/capture/binlog-client.ts";
import { AppError } from "../../../src/model/app-error.ts";
import { assemble, outline } from "../../support/assemble.ts";
import { event, gtid, query, rows, rowsQuery, serverUuid, tableMap, xid } from "../../support/binlog-events.ts";

const insert = (...list: object[]) => rows("WriteRows", list.length === 0 ? [{ id: 1, total: 2 }] : list);

const begun = [gtid(1), query("BEGIN")];

describe("a transaction", () => {
  it("ends with Xid and carries its times, its connection and its rows", () => {
    const { transactions, error } = assemble([gtid(1), query("BEGIN"), tableMap(), insert(), xid()]);
    expect(error).toBeUndefined();
    expect(transactions).toMatchObject([
      {
        gtid: `${serverUuid}:1`,
        timestamp: "2026-03-01T12:00:00.000000Z",
        receivedAt: "2026-03-01T12:00:01.500000Z",
        connectionId: 8,
        events: [
          {
            kind: "row",
            operation: "insert",
            table: { database: "shop", table: "sales", primaryKey: ["id"] },
            before: null,
            after: { id: 1, total: 2 },
          },
        ],
      },
    ]);
  });

  it.each<[string, BinlogEvent[], string[]]>([
    [
      "with a COMMIT statement (tables without transactions)",
      [gtid(1), query("BEGIN"), tableMap(), insert(), query("COMMIT")],
      ["1 | insert sales"],
    ],
    [
      "at once, when it is one DDL statement",
      [gtid(1), query("DROP TABLE t"), gtid(2), query("TRUNCATE t")],
      ["1 | DROP TABLE t", "2 | TRUNCATE t"],
    ],
    [
      "with Xid, when its DDL stands inside BEGIN (CREATE TABLE … SELECT)",
      [gtid(1), query("BEGIN"), query("CREATE TABLE t (a INT) START TRANSACTION"), tableMap(), insert(), xid()],
      ["1 | CREATE TABLE t (a INT) START TRANSACTION | insert sales"],
    ],
    [
      "once, whatever savepoints were set and taken back",
      [
        gtid(1),
        query("BEGIN"),
        query("SAVEPOINT `a`"),
        tableMap(),
        insert(),
        query("ROLLBACK TO `a`"),
        query("RELEASE SAVEPOINT `a`"),
        xid(),
      ],
      ["1 | insert sales"],
    ],
    ["empty, when it was rolled back without rows", [gtid(1), query("BEGIN"), query("ROLLBACK")], ["1"]],
    [
      "empty, when the server wrote nothing into it",
      [gtid(1), query("BEGIN"), query("COMMIT"), gtid(2), query("BEGIN"), xid()],
      ["1", "2"],
    ],
    ["not before its end: half of one is not handed on", [gtid(1), query("BEGIN"), tableMap(), insert()], []],
    [
      "whatever stands between: heartbeats, formats, texts of statements, comments",
      [
        event("Format"),
        event("PreviousGtids"),
        gtid(1),
        event("Heartbeat"),
        query("BEGIN"),
        rowsQuery("INSERT INTO sales VALUES (1, 2)"),
        query("# Dummy event"),
        event("AnnotateRows", { statement: "INSERT INTO sales VALUES (1, 2)" }),
        tableMap(),
        insert(),
        xid(),
        event("BinlogCheckpoint"),
        event("MariadbGtidList"),
      ],
      ["1 | insert sales"],
    ],
  ])("ends %s", (_how, events, expected) => {
    const { transactions, error } = assemble(events);
    expect(error).toBeUndefined();
    expect(outline(transactions)).toEqual(expected);
  });

  it("may be followed by the end of the file of a server that shut down in peace", () => {
    const stop = event("Unknown", { size: 0, nextPosition: 360 });
    const { transactions, error, position } = assemble([
      gtid(1),
      query("DROP TABLE t"),
      stop,
      gtid(2),
      query("DROP TABLE u"),
    ]);
    expect(error).toBeUndefined();
    expect(outline(transactions)).toEqual(["1 | DROP TABLE t", "2 | DROP TABLE u"]);
    expect(position.position).toBe(360);
  });

  it("of MariaDB needs no BEGIN, and its standalone DDL no end", () => {
    const maria = (number: number, standalone: boolean) =>
      event("MariadbGtid", { gtid: `0-1:${number}`, standalone, preparedXa: false, completedXa: false });
    const createAsSelect = [maria(3, false), query("CREATE TABLE t (a INT)"), tableMap(), insert(), xid()];
    const { transactions, error } = assemble([
      maria(1, false),
      tableMap(),
      insert(),
      xid(),
      maria(2, true),
      query("DROP TABLE t"),
      ...createAsSelect,
    ]);
    expect(error).toBeUndefined();
    expect(outline(transactions)).toEqual([
      "1 | insert sales",
      "2 | DROP TABLE t",
      "3 | CREATE TABLE t (a INT) | insert sales",
    ]);
    expect(transactions[0]?.connectionId).toBeNull();
  });

  it("takes each table's description from its own log, also when ids are used again", () => {
    const other = tableMap({ tableName: "stock", schemaName: "store" });
    const { transactions } = assemble([
      gtid(1),
      query("BEGIN"),
      tableMap(),
      insert(),
      xid(),
      gtid(2),
      query("BEGIN"),
      other,
      insert(),
      xid(),
    ]);
    expect(outline(transactions)).toEqual(["1 | insert sales", "2 | insert stock"]);
  });

  it("keeps rows of several tables apart by id, in the order of the log", () => {
    const maps = [tableMap(), tableMap({ tableId: 2, tableName: "stock" })];
    const list = [
      rows("UpdateRows", [{ before: { id: 1, total: 5 }, after: { id: 1, total: 4 } }], { tableId: 2 }),
      insert({ id: 1 }, { id: 2 }),
      rows("DeleteRows", [{ id: 3 }]),
    ];
    const { transactions } = assemble([gtid(1), query("BEGIN"), ...maps, ...list, xid()]);
    expect(outline(transactions)).toEqual(["1 | update stock | insert sales | insert sales | delete sales"]);
  });
});

describe("the databases that are kept", () => {
  it("decide which rows are kept, though never which transactions", () => {
    const other = tableMap({ schemaName: "blog", tableId: 2 });
    const events = [
      gtid(1),
      query("BEGIN"),
      other,
      rows("WriteRows", [{ id: 1 }], { tableId: 2 }),
      xid(),
      gtid(2),
      query("BEGIN"),
      tableMap(),
      insert(),
      xid(),
    ];
    expect(outline(assemble(events, { databases: ["shop"] }).transactions)).toEqual(["1", "2 | insert sales"]);
  });

  it("decide by name exactly: another case is another database", () => {
    const events = [gtid(1), query("BEGIN"), tableMap({ schemaName: "Shop" }), insert(), xid()];
    expect(outline(assemble(events, { databases: ["shop"] }).transactions)).toEqual(["1"]);
  });

  it("keep a statement of a session elsewhere that names them", () => {
    const events = [
      gtid(1),
      query("TRUNCATE shop.sales", "blog"),
      gtid(2),
      query("DROP DATABASE `SHOP`", ""),
      gtid(3),
      query("TRUNCATE posts", "blog"),
    ];
    expect(outline(assemble(events, { databases: ["shop"] }).transactions)).toEqual([
      "1 | TRUNCATE shop.sales",
      "2 | DROP DATABASE `SHOP`",
      "3",
    ]);
  });
});

describe("what is refused", () => {
  it.each<[string, BinlogEvent[], AppError["code"], RegExp]>([
    ["an event of a type nobody knows", [...begun, event("Unknown")], "capture.undecodable", /not known/],
    [
      "an event without content inside a transaction",
      [...begun, event("Unknown", { size: 0 })],
      "capture.undecodable",
      /not known/,
    ],
    [
      "an event of a type nobody knows between transactions",
      [event("Unknown", { size: 3 })],
      "capture.undecodable",
      /not known/,
    ],
    ["a transaction without a GTID", [event("AnonymousGtid")], "source.misconfigured", /without a GTID/],
    ["rows without their table's description", [...begun, insert()], "capture.undecodable", /table id 1 without/],
    [
      "rows with a description from an earlier transaction",
      [...begun, tableMap(), xid(), gtid(2), query("BEGIN"), insert()],
      "capture.undecodable",
      /table id 1/,
    ],
    ["rows outside a transaction", [tableMap(), insert()], "capture.undecodable", /outside a transaction/],
    ["a commit outside a transaction", [xid()], "capture.undecodable", /a commit outside/],
    ["a second commit", [...begun, xid(), xid()], "capture.undecodable", /a commit outside/],
    [
      "a statement outside a transaction",
      [query("DROP TABLE t")],
      "capture.undecodable",
      /statement DROP TABLE t outside/,
    ],
    ["a transaction inside another", [...begun, gtid(2)], "capture.undecodable", /:2 begins before .*:1 has ended/],
    [
      "rows that were rolled back",
      [...begun, tableMap(), insert(), query("ROLLBACK")],
      "capture.undecodable",
      /ROLLBACK after row changes/,
    ],
    [
      "a table whose columns the log does not name",
      [...begun, tableMap({ described: false })],
      "source.misconfigured",
      /columns of shop.sales/,
    ],
    [
      "a table of which the log tells only half",
      [...begun, tableMap({ described: false })],
      "source.misconfigured",
      /columns of shop.sales/,
    ],
  ])("is %s", (_what, events, code, message) => {
    const { error, transactions } = assemble(events);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect((error as AppError).hint).not.toBe("");
    // Nothing of the refused transaction was handed on.
    expect(transactions.every(({ events: kept }) => kept.length === 0)).toBe(true);
  });
});

describe("a large transaction", () => {
  const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => ({ id: from + index }));

  it("is handed on in parts before its end, in order and without a hole", () => {
    const pieces = [many(600), many(600, 600), many(100, 1_200)];
    const { parts, transactions } = assemble([
      ...begun,
      tableMap(),
      ...pieces.map((each) => rows("WriteRows", each)),
      xid(),
    ]);
    expect(parts).toMatchObject([{ gtid: `${serverUuid}:1`, connectionId: 8, firstSeq: 0 }]);
    expect(parts[0]?.events).toHaveLength(1_200);
    expect(transactions).toMatchObject([{ gtid: `${serverUuid}:1`, firstSeq: 1_200 }]);
    const all = [...(parts[0]?.events ?? []), ...(transactions[0]?.events ?? [])];
    expect(all.map((each) => each.kind === "row" && each.after?.["id"])).toEqual(many(1_300).map(({ id }) => id));
  });

  it("is handed on by its size too: few events of many bytes", () => {
    const big = { ...query("CREATE TEMPORARY TABLE t (id INT)"), size: 600 * 1024 };
    const { parts, transactions } = assemble([...begun, big, big, big, xid()]);
    expect(parts.map(({ firstSeq, events }) => [firstSeq, events.length])).toEqual([[0, 2]]);
    expect(transactions).toMatchObject([{ firstSeq: 2 }]);
  });

  it("may not be rolled back after its parts were handed on", () => {
    const { error } = assemble([...begun, tableMap(), rows("WriteRows", many(1_000)), query("ROLLBACK")]);
    expect(error).toMatchObject({ message: expect.stringContaining("ROLLBACK after row changes") as string });
  });
});

describe("the position", () => {
  it("is that after the last event, in the file the server named", () => {
    const rotate = event("Rotate", { binlogName: "binlog.000007", position: 4 });
    const { position } = assemble([
      rotate,
      { ...gtid(1), nextPosition: 120 },
      { ...query("BEGIN"), nextPosition: 200 },
    ]);
    expect(position).toEqual({ file: "binlog.000007", position: 200 });
    expect(assemble([]).position).toEqual({ file: null, position: null });
  });

  it("does not move to 0 with events that have none", () => {
    const { position } = assemble([
      event("Rotate", { binlogName: "b", position: 4 }),
      event("Heartbeat", { nextPosition: 0 }),
    ]);
    expect(position).toEqual({ file: "b", position: 4 });
  });
});
