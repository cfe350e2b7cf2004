// Whose account a transaction was made with: only where it is certain that the connection seen is the one that made it.
import { describe, expect, it } from "vitest";
import { type AccountBook, createAccountBook } from "../../../src/capture/account-book.ts";
import { parseGtidSet } from "../../../src/model/gtid-set.ts";
import { serverUuid } from "../../support/binlog-events.ts";

const otherUuid = "11111111-71ca-11e1-9e33-c80aa9429562";

function mysqlBook(since = `${serverUuid}:1-100`): AccountBook {
  return createAccountBook({ flavor: "mysql", sourceId: serverUuid, since: parseGtidSet(since) });
}
const after = (connectionId: number | null) => ({ gtid: `${serverUuid}:101`, connectionId });

describe("the account behind a connection", () => {
  it("is the one that was seen on it", () => {
    const book = mysqlBook();
    book.remember([
      [8, "shop@10.0.0.5"],
      [9, "batch@10.0.0.6"],
    ]);
    book.remember([[9, "batch@10.0.0.6"]]);
    expect(book.accountOf(after(8))).toBe("shop@10.0.0.5");
    expect(book.accountOf(after(9))).toBe("batch@10.0.0.6");
    expect(book.accountOf({ gtid: `${serverUuid}:night:1`, connectionId: 9 })).toBe("batch@10.0.0.6");
  });

  it("is not known of a connection that was never seen, or that the log does not name", () => {
    const book = mysqlBook();
    book.remember([[8, "shop@10.0.0.5"]]);
    expect(book.accountOf(after(7))).toBeUndefined();
    expect(book.accountOf(after(null))).toBeUndefined();
  });

  it("is not known any more once two were seen on one connection", () => {
    const book = mysqlBook();
    for (const account of ["shop@10.0.0.5", "root@localhost", "shop@10.0.0.5"]) book.remember([[8, account]]);
    expect(book.accountOf(after(8))).toBeUndefined();
  });

  it("is not known of what was made before anyone looked: the id may have been another's", () => {
    const book = mysqlBook(`${serverUuid}:1-90:95`);
    book.remember([[8, "shop@10.0.0.5"]]);
    const accountOf = (number: number) => book.accountOf({ gtid: `${serverUuid}:${number}`, connectionId: 8 });
    expect([90, 95].map(accountOf)).toEqual([undefined, undefined]);
    expect([91, 96].map(accountOf)).toEqual(["shop@10.0.0.5", "shop@10.0.0.5"]);
  });

  it("is not known of what was made on another server", () => {
    const book = mysqlBook();
    book.remember([[8, "shop@10.0.0.5"]]);
    expect(book.accountOf({ gtid: `${otherUuid}:5000`, connectionId: 8 })).toBeUndefined();
  });

  it("goes by domain and server on MariaDB", () => {
    const book = createAccountBook({ flavor: "mariadb", sourceId: "3", since: parseGtidSet("0-3-100,1-4-7") });
    book.remember([[8, "shop@10.0.0.5"]]);
    const accountOf = (gtid: string) => book.accountOf({ gtid, connectionId: 8 });
    expect(["0-3-100", "0-3-101", "0-4-101", "1-3-7", "1-3-8", "2-3-1"].map(accountOf)).toEqual([
      undefined,
      "shop@10.0.0.5",
      undefined,
      undefined,
      "shop@10.0.0.5",
      "shop@10.0.0.5",
    ]);
  });

  it("is forgotten of the connections not seen for longest, when there are too many", () => {
    const book = mysqlBook();
    book.remember(Array.from({ length: 65_536 }, (_, id) => [id, "a@b"] as const));
    book.remember([
      [0, "a@b"],
      [70_000, "a@b"],
    ]);
    expect([0, 1, 2, 70_000].map((id) => book.accountOf(after(id)))).toEqual(["a@b", undefined, "a@b", "a@b"]);
  });
});
