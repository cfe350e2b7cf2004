// What someone with the file and SQLite could do to the trail, and what verify says to it; with an anchor and without.
import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { VerifyReport } from "../../src/model/trace.ts";
import { type BusinessEventRow, businessColumns } from "../../src/store/business-event.ts";
import { type ChangeEventRow, changeColumns } from "../../src/store/change-event.ts";
import { entryHash, eventDigest } from "../../src/store/hash-chain.ts";
import { entryHeader, type LedgerEntryRow } from "../../src/store/ledger-entry.ts";
import { openStore, openStoreReader } from "../../src/store/open-store.ts";
import type { VerifyOptions } from "../../src/store/verify.ts";
import { appendReplay, checkpointAt, createLedgerFile, now, tamper, transactionOf } from "../support/ledger.ts";
import { openTempFolder } from "../support/temp-folder.ts";

function verifyFile(path: string, options?: VerifyOptions): VerifyReport {
  using reader = openStoreReader(path);
  return reader.verify(options);
}

/** A store of 12 sales, changed by SQL behind its back, and what verify says to it. */
function verifyAfter(...statements: string[]): VerifyReport {
  using folder = openTempFolder();
  createLedgerFile(folder.file("store.db"), 12);
  tamper(folder.file("store.db"), ...statements);
  return verifyFile(folder.file("store.db"));
}

const otherValue: Record<string, string> = { INTEGER: "+ 100", REAL: "/ 2", TEXT: "|| ' '", BLOB: "" };

describe("verify", () => {
  it.each([
    ["ledger_entry", "entry_id = 6"],
    ["ledger_entry", "entry_id = 14"],
    ["change_event", "change_id = 9"],
    ["business_event", "business_id = 5"],
    ["business_event", "business_id = 13"],
    ["business_event_change", "business_id = 5"],
    ["business_event_change", "business_id = 13"],
    ["business_event_earlier", "business_id = 13"],
    ["business_event_superseded", "business_id = 5"],
  ] as const)("finds every column of %s that was changed by SQL where %s", (table, target) => {
    using folder = openTempFolder();
    const clean = folder.file("clean.db");
    createLedgerFile(clean, 12);
    appendReplay(clean, 5, 5);
    expect(verifyFile(clean)).toMatchObject({ ok: true, business_events: 13, superseded_events: 1 });
    const db = new Database(clean);
    const columns = db.pragma(`table_info(${table})`) as { name: string; type: string }[];
    db.close();
    for (const { name, type } of columns) {
      const path = folder.file(`${name}.db`);
      copyFileSync(clean, path);
      // An operation must stay one of five; a kind one of four; bytes are flipped at the end.
      const fixed: Record<string, string> = {
        operation: "'delete'",
        kind: "'gap'",
        before: "'{}'",
        transaction_id: "'x:1'",
      };
      const value = fixed[name] ?? (type === "BLOB" ? `zeroblob(length(${name}))` : `${name} ${otherValue[type]}`);
      tamper(path, `UPDATE ${table} SET ${name} = ${value} WHERE ${target}`);
      const report = verifyFile(path);
      const places = report.faults.map(({ place }) => place).join("; ");
      expect(`${name}: ${places}`).toMatch(/: (ledger_entry|change_event|business_event) \d+ |business event row \d+/);
    }
  });

  it.each<[string, string[], string, number | null]>([
    ["a deleted change", ["DELETE FROM change_event WHERE change_id = 9"], "ledger_entry", 6],
    [
      "a deleted business event",
      ["DELETE FROM business_event_change WHERE business_id = 5", "DELETE FROM business_event WHERE business_id = 5"],
      "ledger_entry",
      6,
    ],
    [
      "a deleted link of the lineage",
      ["DELETE FROM business_event_change WHERE business_id = 5 AND position = 1"],
      "business_event",
      6,
    ],
    [
      "a swapped lineage",
      ["UPDATE business_event_change SET change_id = 21 - change_id WHERE business_id = 5"],
      "business_event",
      6,
    ],
    [
      "a lineage with holes in its numbers",
      ["UPDATE business_event_change SET position = 7 WHERE business_id = 5 AND position = 1"],
      "business_event",
      6,
    ],
    [
      "an inserted change",
      [
        `INSERT INTO change_event SELECT 1000, entry_id, 77, 'e', source_db, source_table, source_pk, operation, before, after, changed,
         entity_type, entity_id, actor, metadata, salt, digest FROM change_event WHERE change_id = 9`,
      ],
      "change_event",
      6,
    ],
    [
      "an inserted change of no entry",
      [
        `INSERT INTO change_event SELECT 1000, 999, 77, 'e', source_db, source_table, source_pk, operation, before, after, changed,
         entity_type, entity_id, actor, metadata, salt, digest FROM change_event WHERE change_id = 9`,
      ],
      "change_event",
      null,
    ],
    [
      "an inserted link of no business event",
      ["INSERT INTO business_event_change VALUES (999, 0, 3)"],
      "business_event_change",
      null,
    ],
    [
      "an inserted earlier change",
      ["INSERT INTO business_event_earlier VALUES ('sale', 'S-1', 6, 5)"],
      "business_event_earlier",
      6,
    ],
    [
      "an inserted entry",
      [
        "INSERT INTO ledger_entry SELECT 14, kind, 'x:1', timestamp, received_at, 0, 0, detail, hash, hash FROM ledger_entry WHERE entry_id = 13",
      ],
      "ledger_entry",
      14,
    ],
    [
      "two changes in the other order",
      [
        "UPDATE change_event SET seq = 9 WHERE change_id = 9",
        "UPDATE change_event SET seq = 0 WHERE change_id = 10",
        "UPDATE change_event SET seq = 1 WHERE change_id = 9",
      ],
      "change_event",
      6,
    ],
    [
      "two rows that changed places with all that leads to them",
      [
        "UPDATE change_event SET change_id = 1000 WHERE change_id = 3",
        "UPDATE change_event SET change_id = 3 WHERE change_id = 9",
        "UPDATE change_event SET change_id = 9 WHERE change_id = 1000",
        "UPDATE business_event_change SET change_id = CASE change_id WHEN 3 THEN 9 WHEN 9 THEN 3 ELSE change_id END",
      ],
      "change_event",
      3,
    ],
    [
      "two business events that changed places with all that leads to them",
      [
        "UPDATE business_event SET business_id = 1000 WHERE business_id = 3",
        "UPDATE business_event SET business_id = 3 WHERE business_id = 5",
        "UPDATE business_event SET business_id = 5 WHERE business_id = 1000",
        "UPDATE business_event_change SET business_id = business_id + 1000 WHERE business_id IN (3, 5)",
        "UPDATE business_event_change SET business_id = 1008 - business_id WHERE business_id > 1000",
      ],
      "business_event",
      4,
    ],
    [
      "an entry cut out of the middle with its events",
      [
        "DELETE FROM business_event_change WHERE business_id = 5",
        "DELETE FROM business_event WHERE entry_id = 6",
        "DELETE FROM change_event WHERE entry_id = 6",
        "DELETE FROM ledger_entry WHERE entry_id = 6",
      ],
      "ledger_entry",
      7,
    ],
    [
      "an entry cut out of the middle without its events",
      ["DELETE FROM ledger_entry WHERE entry_id = 6"],
      "ledger_entry",
      7,
    ],
    [
      "an event that moved to another entry",
      ["UPDATE change_event SET entry_id = 4, seq = 5 WHERE change_id = 9"],
      "ledger_entry",
      4,
    ],
    [
      "an event that no longer counts, though no replay says so",
      ["INSERT INTO business_event_superseded VALUES (5, 6)"],
      "ledger_entry",
      6,
    ],
    [
      "an event superseded by no entry",
      ["INSERT INTO business_event_superseded VALUES (5, 999)"],
      "business_event_superseded",
      null,
    ],
    ["a missing checkpoint", ["DELETE FROM checkpoint"], "checkpoint", null],
  ])("finds %s", (_what, statements, table, entry) => {
    const report = verifyAfter(...statements);
    expect(report.ok).toBe(false);
    expect(report.faults).toContainEqual(
      expect.objectContaining({ table, entry_id: entry, place: expect.stringMatching(/\S/) as string }),
    );
  });

  it("finds an event that counts again, and one that stopped counting in its place", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("clean.db"), 12);
    appendReplay(folder.file("clean.db"), 5, 5);
    for (const statement of [
      "DELETE FROM business_event_superseded",
      "UPDATE business_event_superseded SET business_id = 4",
    ]) {
      copyFileSync(folder.file("clean.db"), folder.file("store.db"));
      tamper(folder.file("store.db"), statement);
      expect(verifyFile(folder.file("store.db")).faults).toMatchObject([
        { table: "ledger_entry", entry_id: 14, message: "hash does not match its content" },
      ]);
    }
  });

  it("says which entries are missing", () => {
    const { faults } = verifyAfter("DELETE FROM ledger_entry WHERE entry_id IN (6, 7)");
    expect(faults.map(({ message }) => message)).toContain("entries between 5 and 8 are missing");
  });

  it("lists some faults and says that there are more", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 60);
    tamper(path, "UPDATE change_event SET after = '{}'");
    const report = verifyFile(path);
    expect(report.faults).toHaveLength(50);
    expect(report.truncated).toBe(true);
  });

  it("tells how far it is, and is not misled by what a writer adds meanwhile", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 3);
    using store = openStore(path);
    const seen: number[][] = [];
    const report = verifyFile(path, {
      onProgress: (done, total) => {
        seen.push([done, total]);
        store.append([transactionOf(4)], checkpointAt(4), now);
      },
    });
    expect(report).toMatchObject({ ok: true, entries: 4, faults: [] });
    expect(seen).toEqual([[4, 4]]);
    expect(verifyFile(path)).toMatchObject({ ok: true, entries: 5 });
  });
});

describe("the hash chain", () => {
  it("catches a payload that was changed together with its digest", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 12);
    forge(path, false);
    expect(verifyFile(path).faults).toEqual([
      expect.objectContaining({ table: "ledger_entry", entry_id: 6, message: "hash does not match its content" }),
    ]);
  });

  it("catches an entry that was changed together with its hash", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 12);
    const db = new Database(path);
    const entry = db.prepare<[], LedgerEntryRow>("SELECT * FROM ledger_entry WHERE kind = 'start'").get()!;
    const detail = '{"from_gtid_set":"","version":"forged"}';
    const hash = entryHash(entry.prev_hash, [], entryHeader({ ...entry, detail }));
    db.close();
    tamper(path, `UPDATE ledger_entry SET detail = '${detail}', hash = x'${hash.toString("hex")}' WHERE entry_id = 1`);
    expect(verifyFile(path).faults).toEqual([
      expect.objectContaining({
        entry_id: 2,
        message: "does not follow the entry before it: the chain is broken here",
      }),
    ]);
  });

  it("that was computed anew from the change on is caught by an anchor, and by nothing else", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 12);
    const anchor = verifyFile(path).head;
    forge(path, true);
    expect(verifyFile(path).ok).toBe(true);
    expect(verifyFile(path, { anchor }).faults).toEqual([
      {
        table: "ledger_entry",
        entry_id: 13,
        place: "ledger_entry 13",
        message: "is not the entry that was anchored: the trail was rewritten",
      },
    ]);
  });
});

describe("an anchor", () => {
  it("shows that the end was cut off, which nothing else can", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 12);
    const anchor = verifyFile(path).head;
    tamper(
      path,
      "DELETE FROM business_event_change WHERE business_id IN (SELECT business_id FROM business_event WHERE entry_id > 10)",
      "DELETE FROM business_event WHERE entry_id > 10",
      "DELETE FROM change_event WHERE entry_id > 10",
      "DELETE FROM ledger_entry WHERE entry_id > 10",
    );
    expect(verifyFile(path)).toMatchObject({ ok: true, entries: 10 });
    expect(verifyFile(path, { anchor }).faults).toMatchObject([
      { entry_id: 13, message: expect.stringContaining("cut off") as string },
    ]);
  });

  it("shows that an older copy was put in place", () => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("old.db"), 5);
    copyFileSync(folder.file("old.db"), folder.file("store.db"));
    {
      using store = openStore(folder.file("store.db"));
      store.append([transactionOf(6)], checkpointAt(6), now);
    }
    const anchor = verifyFile(folder.file("store.db")).head;
    expect(verifyFile(folder.file("old.db")).ok).toBe(true);
    expect(verifyFile(folder.file("old.db"), { anchor }).ok).toBe(false);
  });

  it("still holds when the trail has grown since", () => {
    using folder = openTempFolder();
    const path = folder.file("store.db");
    createLedgerFile(path, 5);
    const anchor = verifyFile(path).head;
    {
      using store = openStore(path);
      store.append([transactionOf(6)], checkpointAt(6), now);
    }
    expect(verifyFile(path, { anchor })).toMatchObject({ ok: true, entries: 7 });
  });

  it.each([
    ["a hash that is none", "rubbish"],
    ["an empty hash", ""],
    ["half a hash", "abcd"],
  ])("with %s does not pass", (_what, hash) => {
    using folder = openTempFolder();
    createLedgerFile(folder.file("store.db"), 2);
    expect(verifyFile(folder.file("store.db"), { anchor: { entry_id: 2, hash } }).ok).toBe(false);
  });
});

/** Changes a payload in entry 6 and recomputes its digest; with `onward`, also every hash from there on. */
function forge(path: string, onward: boolean): void {
  const db = new Database(path);
  const row = db
    .prepare<[], BusinessEventRow & { business_id: number }>("SELECT * FROM business_event WHERE entry_id = 6")
    .get()!;
  const rests = db
    .prepare<[number], string>(
      "SELECT event_id FROM business_event_change JOIN change_event USING (change_id) WHERE business_id = ? ORDER BY position",
    )
    .pluck()
    .all(row.business_id);
  const payload = '{"total":"0.01","lines":1}';
  const digest = eventDigest(row.salt, businessColumns({ ...row, payload }, rests));
  const statements = [
    `UPDATE business_event SET payload = '${payload}', digest = x'${digest.toString("hex")}' WHERE entry_id = 6`,
  ];
  let previous = db.prepare<[], Buffer>("SELECT hash FROM ledger_entry WHERE entry_id = 5").pluck().get()!;
  const lastForged = onward ? 13 : 5;
  for (let entry = 6; entry <= lastForged; entry += 1) {
    const header = db.prepare<[number], LedgerEntryRow>("SELECT * FROM ledger_entry WHERE entry_id = ?").get(entry)!;
    const changes = db
      .prepare<[number], ChangeEventRow>("SELECT * FROM change_event WHERE entry_id = ? ORDER BY seq")
      .all(entry);
    const businesses = db
      .prepare<[number], BusinessEventRow>("SELECT * FROM business_event WHERE entry_id = ? ORDER BY ordinal")
      .all(entry);
    const digests = [
      ...changes.map((change) => eventDigest(change.salt, changeColumns(change))),
      ...businesses.map((business) => (entry === 6 ? digest : business.digest)),
    ];
    const hash = entryHash(previous, digests, entryHeader(header));
    statements.push(
      `UPDATE ledger_entry SET prev_hash = x'${previous.toString("hex")}', hash = x'${hash.toString("hex")}' WHERE entry_id = ${entry}`,
    );
    previous = hash;
  }
  db.close();
  tamper(path, ...statements);
}
