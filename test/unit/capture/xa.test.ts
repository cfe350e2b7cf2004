// Distributed (XA) transactions: their ids, the steps they are assembled into, and what of them is refused by name.
import { describe, expect, it } from "vitest";
import type { BinlogEvent } from "../../../src/capture/binlog-client.ts";
import { createTransactionAssembler } from "../../../src/capture/transaction-assembler.ts";
import { formatXid, parseXaStatement, type XidParts } from "../../../src/capture/xa.ts";
import type { RawTransaction, RawTransactionPart } from "../../../src/model/raw-transaction.ts";
import { event, gtid, query, rows, serverUuid, tableMap, xid } from "../../support/binlog-events.ts";

const parts = (gtrid: string, bqual = "", xidFormatId = 1): XidParts => ({
  xidGtrid: Buffer.from(gtrid, "latin1"),
  xidBqual: Buffer.from(bqual, "latin1"),
  xidFormatId,
});

describe("an XA id", () => {
  it.each<[string, XidParts, string]>([
    ["is text where it is printable", parts("order-17", "shop 2", 7), "'order-17','shop 2',7"],
    ["is hexadecimal where it is not", parts("\0\xff", "\x7f\n"), "X'00ff',X'7f0a',1"],
    ["is hexadecimal where SQL would want an escape", parts("a'b", "c\\d"), "X'612762',X'635c64',1"],
    ["may have no second part", parts("x"), "'x','',1"],
  ])("%s", (_what, id, text) => expect(formatXid(id)).toBe(text));

  it.each<[string, ReturnType<typeof parseXaStatement>]>([
    ["XA START X'6b656570',X'622771',7", { verb: "START", xid: "'keep',X'622771',7" }],
    ["XA END X'6B',X'',1", { verb: "END", xid: "'k','',1" }],
    ["XA COMMIT X'6b',X'',1", { verb: "COMMIT", xid: "'k','',1" }],
    ["XA ROLLBACK X'',X'00',4294967295", { verb: "ROLLBACK", xid: "'',X'00',4294967295" }],
    ["XA COMMIT 'k'", null],
    ["XA COMMIT X'6b',X'',1 ONE PHASE", null],
    ["XA START X'6',X'',1", null],
    ["XA RECOVER", null],
  ])("is read from %s", (sql, expected) => expect(parseXaStatement(sql)).toEqual(expected));
});

function assemble(events: readonly BinlogEvent[]) {
  const transactions: RawTransaction[] = [];
  const pieces: RawTransactionPart[] = [];
  const assembler = createTransactionAssembler({
    flavor: "mysql",
    clock: { now: () => 1_772_366_401_500 },
    databases: new Set(),
    onTransaction: (transaction) => transactions.push(transaction),
    onPart: (part) => pieces.push(part),
    onIncident: () => false,
  });
  let error: unknown;
  try {
    for (const each of events) assembler.push(each, null);
  } catch (thrown) {
    error = thrown;
  }
  return { transactions, pieces, error };
}

/** Number, step and number of events of each transaction. */
const outline = (transactions: readonly RawTransaction[]): string[] =>
  transactions.map(({ gtid: id, xa, events }) =>
    [id.split(":").at(-1), xa === undefined ? "transaction" : `${xa.step} ${xa.xid}`, events.length].join(" | "),
  );

const sql = (verb: string, id: string): BinlogEvent => query(`XA ${verb} X'${Buffer.from(id).toString("hex")}',X'',1`);
const insert = (...ids: number[]) =>
  rows(
    "WriteRows",
    (ids.length === 0 ? [1] : ids).map((id) => ({ id, total: 2 })),
  );
const prepare = (id: string, onePhase = false): BinlogEvent => event("XaPrepare", { ...parts(id), onePhase });
const group = (number: number, id: string, onePhase = false): BinlogEvent[] => [
  gtid(number),
  sql("START", id),
  tableMap(),
  insert(),
  sql("END", id),
  prepare(id, onePhase),
];

describe("a distributed transaction", () => {
  it("is a step with rows and a later one with the decision, whatever lies between", () => {
    const { transactions, error } = assemble([
      ...group(1, "keep"),
      ...group(2, "void"),
      gtid(3),
      query("BEGIN"),
      tableMap(),
      insert(),
      xid(),
      gtid(4),
      sql("ROLLBACK", "void"),
      gtid(5),
      sql("COMMIT", "keep"),
    ]);
    expect(error).toBeUndefined();
    expect(outline(transactions)).toEqual([
      "1 | prepare 'keep','',1 | 1",
      "2 | prepare 'void','',1 | 1",
      "3 | transaction | 1",
      "4 | rollback 'void','',1 | 0",
      "5 | commit 'keep','',1 | 0",
    ]);
    expect(transactions[0]).toMatchObject({ gtid: `${serverUuid}:1`, connectionId: 8, firstSeq: 0 });
  });

  it("in one phase is a transaction like any other", () => {
    const { transactions } = assemble(group(1, "one", true));
    expect(outline(transactions)).toEqual(["1 | transaction | 1"]);
    expect(transactions[0]).not.toHaveProperty("xa");
  });

  it("of MariaDB has its id in the flags of the GTID, and no XA START", () => {
    const maria = (number: number, flags: object) =>
      event("MariadbGtid", {
        gtid: `0-1:${number}`,
        standalone: false,
        preparedXa: false,
        completedXa: false,
        ...flags,
      });
    const { transactions, error } = assemble([
      maria(1, { preparedXa: true, ...parts("keep", "b", 7) }),
      tableMap(),
      insert(),
      query("XA END X'6b656570',X'62',7"),
      event("XaPrepare", { ...parts("keep", "b", 7), onePhase: false }),
      maria(2, { completedXa: true, standalone: true, ...parts("keep", "b", 7) }),
      query("XA COMMIT X'6b656570',X'62',7"),
    ]);
    expect(error).toBeUndefined();
    expect(outline(transactions)).toEqual(["1 | prepare 'keep','b',7 | 1", "2 | commit 'keep','b',7 | 0"]);
  });

  it.each([false, true])("comes in parts that say what they are, where it is large (one phase: %s)", (onePhase) => {
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    const { transactions, pieces } = assemble([
      gtid(1),
      sql("START", "big"),
      tableMap(),
      insert(...many),
      insert(),
      sql("END", "big"),
      prepare("big", onePhase),
    ]);
    expect(pieces.map(({ xid: id, firstSeq, events }) => [id, firstSeq, events.length])).toEqual([
      ["'big','',1", 0, 20_000],
    ]);
    expect(transactions).toMatchObject([{ firstSeq: 20_000, events: { length: 1 } }]);
    expect(transactions[0]?.xa).toEqual(onePhase ? undefined : { step: "prepare", xid: "'big','',1" });
  });

  it.each<[string, BinlogEvent[], RegExp]>([
    [
      "prepared without a beginning",
      [gtid(1), query("BEGIN"), prepare("a")],
      /:1 begins as XA null and is prepared as/,
    ],
    [
      "prepared as another",
      [gtid(1), sql("START", "a"), prepare("b")],
      /as XA 'a','',1 and is prepared as XA 'b','',1/,
    ],
    ["that ends as another", [gtid(1), sql("START", "a"), sql("END", "b")], /begins as XA 'a','',1 and ends as/],
    ["that begins inside another", [gtid(1), sql("START", "a"), sql("START", "b")], /begins twice/],
    ["that decides among its own rows", [gtid(1), query("BEGIN"), sql("COMMIT", "a")], /decides on XA 'a'/],
    [
      "that ends with a common commit",
      [gtid(1), sql("START", "a"), xid()],
      /as XA 'a','',1 and ends without XA PREPARE/,
    ],
    ["prepared outside of any", [prepare("a")], /an XA PREPARE outside a transaction/],
    ["in words that no server writes", [gtid(1), query("XA COMMIT 'a'")], /:1 holds XA COMMIT 'a'/],
  ])("is refused, one %s", (_what, events, message) => {
    const { error, transactions } = assemble(events);
    expect(error).toMatchObject({
      code: "capture.undecodable",
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/nothing was guessed/) as string,
    });
    expect(transactions).toEqual([]);
  });
});
