// Decoded binlog events to what tells who made a transaction: the tags of its statements, and its connection.
import { describe, expect, it } from "vitest";
import type { BinlogEvent } from "../../../src/capture/binlog-client.ts";
import { assemble } from "../../support/assemble.ts";
import { event, gtid, query, rows, rowsQuery, tableMap, xid } from "../../support/binlog-events.ts";

const insert = (...list: object[]) => rows("WriteRows", list.length === 0 ? [{ id: 1, total: 2 }] : list);

const begun = [gtid(1), query("BEGIN")];

describe("the tags of a statement", () => {
  const tagged = (user: string) => rowsQuery(`INSERT INTO sales VALUES (1, 2) /* user='${user}' */`);
  /** Per row: the user that the tags name. */
  const usersOf = (...events: BinlogEvent[]): unknown[] => {
    const { transactions } = assemble([...begun, tableMap(), ...events, xid()]);
    return transactions.flatMap((each) => each.events.map((change) => change.tags?.["user"]));
  };
  const piece = () => rows("WriteRows", [{ id: 1 }], { endsStatement: false });

  it("are on each of its rows, also when they come in several events", () => {
    expect(usersOf(tagged("ann"), piece(), piece(), insert({ id: 1 }, { id: 2 }))).toEqual([
      "ann",
      "ann",
      "ann",
      "ann",
    ]);
  });

  it("come from MariaDB's event too", () => {
    expect(usersOf(event("AnnotateRows", { statement: "DELETE FROM sales /* user:ann */" }), insert())).toEqual([
      "ann",
    ]);
  });

  it("end with it: the next statement may come without its text", () => {
    expect(usersOf(tagged("ann"), insert(), insert())).toEqual(["ann", undefined]);
    expect(usersOf(tagged("ann"), insert(), tagged("bob"), insert())).toEqual(["ann", "bob"]);
    expect(usersOf(tagged("ann"), piece(), rowsQuery("UPDATE sales SET total = 1"), insert())).toEqual([
      "ann",
      undefined,
    ]);
  });

  it("end with the transaction", () => {
    const { transactions } = assemble([
      ...begun,
      tagged("ann"),
      xid(),
      gtid(2),
      query("BEGIN"),
      tableMap(),
      insert(),
      xid(),
    ]);
    expect(transactions[1]?.events[0]).not.toHaveProperty("tags");
  });

  it("are those of a logged statement itself, too", () => {
    const { transactions } = assemble([
      gtid(1),
      query("TRUNCATE sales /* user='ann' */"),
      gtid(2),
      query("TRUNCATE sales"),
    ]);
    expect(transactions.map(({ events }) => events[0]?.tags?.["user"])).toEqual(["ann", undefined]);
  });

  it("count as what waits in memory", () => {
    const events = Array.from({ length: 8_000 }, () => [
      rowsQuery(`DELETE FROM sales /* route='${"x".repeat(4_000)}',user='ann' */`),
      insert(),
    ]);
    const { parts } = assemble([...begun, tableMap(), ...events.flat(), xid()]);
    expect(parts.length).toBeGreaterThan(0);
  });
});

describe("the connection", () => {
  const connectionOf = (...events: BinlogEvent[]) => assemble(events).transactions[0]?.connectionId;

  it("is the one that MariaDB names in the GTID event, else in any statement", () => {
    const begin = (fields: object) => event("MariadbGtid", { gtid: "0-1-1", standalone: false, ...fields });
    expect(connectionOf(begin({ threadId: 77 }), query("SAVEPOINT `a`"), xid())).toBe(77);
    expect(connectionOf(begin({}), query("SAVEPOINT `a`"), xid())).toBe(8);
    expect(connectionOf(begin({}), query("COMMIT"))).toBe(8);
    expect(connectionOf(begin({}), xid())).toBeNull();
  });
});
