// Changes that wait for the decision on a distributed (XA) transaction: tampered with, and every call into SQLite made to fail.
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { handlerOf, ingest, look, raw } from "../support/distributed.ts";
import { checkpointAt, dumpEvents, gtid, startLedger, tamper } from "../support/ledger.ts";
import { armSqliteFault } from "../support/sqlite-fault.ts";
import { openTempFolder } from "../support/temp-folder.ts";

function errorOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a waiting change that was tampered with", () => {
  const damages: [string, string, RegExp][] = [
    [
      "a change",
      "UPDATE prepared_change SET change = replace(change, 'n1', 'n9') WHERE seq = 0",
      /digest does not match/,
    ],
    ["an ordinal", "UPDATE prepared_change SET seq = 7 WHERE seq = 1", /digest does not match/],
    ["a removed change", "DELETE FROM prepared_change WHERE seq = 1", /has 1 waiting changes, was written with 2/],
    ["the salt", "UPDATE prepared_transaction SET salt = zeroblob(16)", /digest does not match/],
    ["an id", "UPDATE prepared_transaction SET xid = '''other'''", /has another id than/],
    ["a removed transaction", "DELETE FROM prepared_transaction", /is missing, though the ledger does not say/],
    ["no JSON", "UPDATE prepared_change SET change = '{'", /digest does not match/],
  ];

  it.each(damages)("is found by verify and never published: %s", (_what, statement, message) => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, [1, 2], ["prepare", "'a','',1"]), raw(2, [3]));
    tamper(path, statement);
    expect(look(path).faults[0]).toMatchObject({
      table: "prepared_transaction",
      entry_id: 2,
      place: `prepared_transaction 2 (XA 'a','',1, ${gtid(1)})`,
      message: expect.stringMatching(message) as string,
    });
    const before = dumpEvents(path);
    for (const step of ["commit", "rollback"] as const) {
      expect(errorOf(() => ingest(path, raw(3, [], [step, "'a','',1"])))).toMatchObject({
        code: "store.damaged",
        message: expect.stringContaining(
          `XA 'a','',1, which wait since ${gtid(1)} prepared them, are not as they were`,
        ) as string,
        hint: expect.stringContaining("auditctl verify") as string,
      });
    }
    expect(dumpEvents(path)).toBe(before);
  });

  it("is found where one is added to a transaction that has been decided, or to none", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, [1], ["prepare", "'a','',1"]), raw(2, [], ["commit", "'a','',1"]));
    tamper(path, "INSERT INTO prepared_change VALUES (2, 0, '{}'), (77, 0, '{}')");
    expect(look(path).faults.map(({ place, message }) => `${place}: ${message}`)).toEqual([
      "prepared_change 2: belongs to no transaction that waits for its decision",
      "prepared_change 77: belongs to no transaction that waits for its decision",
    ]);
  });

  it("does not hide that its entry was changed: a rewritten digest breaks the chain", () => {
    using folder = openTempFolder();
    const path = folder.file("s.db");
    ingest(path, raw(1, [1], ["prepare", "'a','',1"]));
    tamper(
      path,
      "UPDATE ledger_entry SET detail = replace(detail, 'changes\":1', 'changes\":2') WHERE kind = 'prepared'",
    );
    expect(look(path).faults.map(({ table: where }) => where)).toEqual(
      expect.arrayContaining(["ledger_entry", "prepared_transaction"]),
    );
  });
});

describe("a call into SQLite that fails", () => {
  const steps = [
    raw(1, [1, 2], ["prepare", "'a','',1"]),
    raw(2, [3], ["prepare", "'b','',1"]),
    raw(3, [4]),
    raw(4, [], ["commit", "'a','',1"]),
    raw(5, [], ["rollback", "'b','',1"]),
  ];
  const whole = (path: string) => {
    const { kinds, changes, waiting, faults, coverage } = look(path);
    return { kinds, changes, waiting, faults, prepared: coverage?.prepared };
  };

  /** In one store: its opening has faults of its own, which are tested elsewhere. Gives what was thrown. */
  const ingestFaulty = (path: string, atCall: number): { error: unknown; hit: string | undefined } => {
    using store = openStore(path);
    const { onBatch } = handlerOf(store);
    using fault = armSqliteFault({ code: "SQLITE_FULL", atCall });
    let error: unknown;
    try {
      steps.forEach((step, index) => onBatch({ transactions: [step], checkpoint: checkpointAt(index + 1) }));
    } catch (thrown) {
      error = thrown;
    }
    return { error, hit: fault.hit() };
  };

  it("leaves no step half done, at whichever call; the next run completes it", () => {
    using folder = openTempFolder();
    ingest(folder.file("clean.db"), ...steps);
    const expected = whole(folder.file("clean.db"));
    expect(expected).toMatchObject({ waiting: 0, faults: [], prepared: [] });
    let failed = 0;
    for (let atCall = 1; ; atCall += 1) {
      const path = folder.file(`s${atCall}.db`);
      using store = openStore(path);
      startLedger(store);
      store[Symbol.dispose]();
      const { error, hit } = ingestFaulty(path, atCall);
      if (hit === undefined) break;
      failed += 1;
      expect({ hit, error }).toMatchObject({ hit, error: { code: "store.write_failed" } });
      const { kinds, faults } = look(path);
      expect({ hit, faults }).toEqual({ hit, faults: [] });
      ingest(path, ...steps.slice(kinds.length));
      expect({ hit, ...whole(path) }).toEqual({ hit, ...expected });
    }
    expect(failed).toBeGreaterThan(40);
  });
});
