// Every call into SQLite of an ingest run made to fail, one after the other: nothing is lost, no transaction is half there,
// the error has a name and a hint, and the next run comes to the identical content. Then the same with real faults.
import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/model/app-error.ts";
import type { RawBatch } from "../../src/model/raw-transaction.ts";
import { openStoreReader } from "../../src/store/open-store.ts";
import { checkpointAt } from "../support/ledger.ts";
import {
  ingestRecorded,
  readContent,
  recordBatches,
  type StoredContent,
  transactionsPerBatch,
} from "../support/recorded-ingest.ts";
import { openSmallDisk } from "../support/small-disk.ts";
import { armSqliteFault, type SqliteFault, sqliteFaults } from "../support/sqlite-fault.ts";
import { startStoreProcess } from "../support/store-process.ts";
import { openTempFolder } from "../support/temp-folder.ts";

const batches = recordBatches(3);
const codeOf: Record<SqliteFault, string> = {
  SQLITE_FULL: "store.write_failed",
  SQLITE_IOERR_WRITE: "store.write_failed",
  SQLITE_BUSY: "store.in_use",
  SQLITE_READONLY: "store.write_failed",
};

/** How long to wait, and the emptying itself. */
const emptyLogCalls = 2;

/** What a run without faults leaves, and how many calls it makes. */
function undisturbed(): { content: StoredContent | undefined; calls: number } {
  using folder = openTempFolder({ small: true });
  using counter = armSqliteFault({ code: "SQLITE_FULL", atCall: Number.POSITIVE_INFINITY });
  ingestRecorded(folder.file("s.db"), batches);
  const calls = counter.calls();
  return { content: readContent(folder.file("s.db")), calls };
}

/** Whole batches, each with its checkpoint, and a chain that verifies. Gives how many transactions are there. */
function expectWhole(path: string, all: readonly RawBatch[]): number {
  const content = existsSync(path) ? readContent(path) : undefined;
  if (content === undefined) return 0;
  const stored = content.transactions.length;
  expect(stored % transactionsPerBatch).toBe(0);
  expect(content.transactions).toEqual(
    all.flatMap(({ transactions }) => transactions.map(({ gtid }) => gtid)).slice(0, stored),
  );
  expect(content.checkpoint ?? "").toBe(stored === 0 ? "" : checkpointAt(stored).gtid_set);
  using reader = openStoreReader(path);
  expect(reader.verify().faults).toEqual([]);
  return stored;
}

function errorOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

function expectNamed(error: unknown, code: string, what: string): void {
  if (!(error instanceof AppError)) throw new Error(`${what}: ${String(error)} has no name of ours`);
  expect({ what, code: error.code, hint: error.hint }).toEqual({
    what,
    code,
    hint: expect.stringMatching(/\w{3}/) as string,
  });
}

describe("an ingest run in which one call into SQLite fails", () => {
  const whole = undisturbed();

  it("makes many calls, or this proves little", () => {
    expect(whole.calls).toBeGreaterThan(50);
    expect(whole.content?.transactions).toHaveLength(batches.length * transactionsPerBatch);
  });

  it.each(sqliteFaults.flatMap((code) => [false, true].map((forGood) => ({ code, forGood }))))(
    "with $code (from then on: $forGood) says so, and is completed by the next run",
    ({ code, forGood }) => {
      const progress = new Set<number>();
      for (let atCall = 1; atCall <= whole.calls; atCall += 1) {
        using folder = openTempFolder({ small: true });
        const path = folder.file("s.db");
        {
          using fault = armSqliteFault({ code, atCall, forGood });
          const ingest = (): void => ingestRecorded(path, batches);
          // At the very end the log is emptied into the file. Where that fails nothing is lost, and nobody is told.
          if (atCall > whole.calls - emptyLogCalls) ingest();
          else expectNamed(errorOf(ingest), codeOf[code], `call ${atCall} of ${whole.calls}, ${fault.hit()}`);
          expect(/busy_timeout|wal_checkpoint/.test(fault.hit() ?? "")).toBe(atCall > whole.calls - emptyLogCalls);
        }
        progress.add(expectWhole(path, batches));
        ingestRecorded(path, batches);
        expectWhole(path, batches);
        expect(readContent(path)).toEqual(whole.content);
      }
      // The calls reached every stage: before the first batch, between batches, after the last.
      expect([...progress].sort((a, b) => a - b)).toEqual([0, 2, 4, 6]);
    },
  );
});

/** Runs `pragma` on each connection that is opened as a store's writer: a limit that SQLite itself then keeps. */
function onWriter(pragma: string): Disposable & { met: () => boolean } {
  const prototype = Database.prototype as { pragma: (this: Database.Database, ...args: unknown[]) => unknown };
  const real = prototype.pragma;
  let met = false;
  prototype.pragma = function limited(...args) {
    const result = real.apply(this, args);
    // The last setting of openStore; its migrations, which come after it, are to meet the limit too.
    if (args[0] === "foreign_keys = ON") {
      real.call(this, pragma);
      met = true;
    }
    return result;
  };
  return { met: () => met, [Symbol.dispose]: () => void (prototype.pragma = real) };
}

describe("a real fault", () => {
  const large = recordBatches(40, 30_000);

  function expectResumed(path: string): void {
    using other = openTempFolder();
    ingestRecorded(other.file("s.db"), large);
    ingestRecorded(path, large);
    expect(expectWhole(path, large)).toBe(large.length * transactionsPerBatch);
    expect(readContent(path)).toEqual(readContent(other.file("s.db")));
  }

  it.each([10, 60, 200, 500])(
    "a database that may have no more than %d pages is full, as SQLite says itself",
    (pages) => {
      using folder = openTempFolder();
      const path = folder.file("s.db");
      {
        using limit = onWriter(`max_page_count = ${pages}`);
        const error = errorOf(() => ingestRecorded(path, large));
        expect(limit.met()).toBe(true);
        expectNamed(error, "store.write_failed", `${pages} pages`);
        expect(String(error)).toContain("SQLITE_FULL");
      }
      expectWhole(path, large);
      expectResumed(path);
    },
  );

  it("a file that may only be read is told as such", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingestRecorded(path, large.slice(0, 2));
    {
      using limit = onWriter("query_only = ON");
      const error = errorOf(() => ingestRecorded(path, large));
      expect(limit.met()).toBe(true);
      expectNamed(error, "store.write_failed", "query_only");
      expect(String(error)).toContain("SQLITE_READONLY");
    }
    expect(expectWhole(path, large)).toBe(4);
    expectResumed(path);
  });

  it("another program that writes into the file is waited for, then told", async () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingestRecorded(path, large.slice(0, 2));
    {
      await using child = startStoreProcess("block", path);
      expect(await child.nextLine()).toBe("blocking");
      expectNamed(
        errorOf(() => ingestRecorded(path, large)),
        "store.in_use",
        "a second writer",
      );
    }
    expect(expectWhole(path, large)).toBe(4);
    expectResumed(path);
  });

  it("a disk that is full is told as such, and the run goes on when there is room", ({ skip }) => {
    using folder = openTempFolder();
    using disk = openSmallDisk(folder.file("disk"), 2);
    if (!disk.mounted) skip("this machine does not let us mount a small disk");
    const path = `${disk.path}/s.db`;
    const error = errorOf(() => ingestRecorded(path, large));
    expect(String(error)).toMatch(/SQLITE_(FULL|IOERR)/);
    expectNamed(error, "store.write_failed", "a full disk");
    expectWhole(path, large);
    disk.enlarge(64);
    expectResumed(path);
  });
});
