// What the assembler keeps of rows in statement format, and the commit time it believes.
import { describe, expect, it } from "vitest";
import { assemble, outline } from "../../support/assemble.ts";
import { event, gtid, query, serverUuid, xid } from "../../support/binlog-events.ts";

const begun = [gtid(1), query("BEGIN")];

describe("rows changed in statement format", () => {
  const update = query("/* x */ UPDATE sales SET total=1");

  it("are kept as the statement, which is marked", () => {
    const { transactions, error } = assemble([
      ...begun,
      event("StatementContext"),
      update,
      query("DROP TEMPORARY TABLE t"),
      xid(),
    ]);
    expect(error).toBeUndefined();
    expect(transactions.map(({ events }) => events)).toEqual([
      [
        { kind: "statement", database: "shop", sql: "/* x */ UPDATE sales SET total=1", changesRows: true },
        { kind: "statement", database: "shop", sql: "DROP TEMPORARY TABLE t" },
      ],
    ]);
  });

  it("are kept when a ROLLBACK could not undo all of them, which the server logs", () => {
    expect(outline(assemble([...begun, update, query("ROLLBACK")]).transactions)).toEqual([
      "1 | /* x */ UPDATE sales SET total=1",
    ]);
  });

  it("are none of ours in a database that is not audited", () => {
    expect(outline(assemble([...begun, update, xid()], { databases: ["blog"] }).transactions)).toEqual(["1"]);
  });
});

describe("the commit time", () => {
  it("is the server's own where the log tells it, whatever clock the session pretends to have", () => {
    const commitTime = { immediateUs: 1_772_366_400_123_456n, originalUs: 1_772_366_400_123_456n };
    const { transactions } = assemble([...begun, xid()], { commitTime });
    expect(transactions).toMatchObject([{ timestamp: "2026-03-01T12:00:00.123456Z" }]);
    expect(transactions[0]).not.toHaveProperty("sessionClock");
  });

  it("stays so when the session's clock is forged, which is told", () => {
    const commitTime = { immediateUs: 1_772_366_400_123_456n, originalUs: 1_772_366_400_123_456n };
    const { transactions } = assemble([...begun, event("Xid", { timestamp: 1_000_000_000_000 })], { commitTime });
    expect(transactions).toMatchObject([
      { timestamp: "2026-03-01T12:00:00.123456Z", sessionClock: "2001-09-09T01:46:40.000000Z" },
    ]);
  });

  it("is ours where the log does not tell it and the session's clock is older than the log file", () => {
    const { transactions } = assemble([event("Format"), ...begun, event("Xid", { timestamp: 1_000_000_000_000 })]);
    expect(transactions).toMatchObject([
      { timestamp: "2026-03-01T12:00:01.500000Z", sessionClock: "2001-09-09T01:46:40.000000Z" },
    ]);
  });
});

describe("an incident", () => {
  it("of MySQL has a transaction of its own, which is handed on as nothing else", () => {
    const { transactions, incidents, error } = assemble([gtid(1), event("Incident"), gtid(2), query("DROP TABLE t")]);
    expect(error).toBeUndefined();
    expect(incidents).toEqual([`${serverUuid}:1`]);
    expect(outline(transactions)).toEqual(["2 | DROP TABLE t"]);
  });

  it("of MariaDB stands between transactions", () => {
    const { transactions, incidents } = assemble([gtid(1), query("DROP TABLE t"), event("Incident"), ...begun, xid()]);
    expect(incidents).toEqual([null]);
    expect(outline(transactions)).toEqual(["1 | DROP TABLE t", "1"]);
  });
});
