// The kill test in small, on both servers; and that its comparison finds each kind of fault when there is one.
import { describe, expect, it } from "vitest";
import { compareTrail, type StoredChange, type Trail, type Truth } from "../../scripts/kill-test/compare.ts";
import { runKillTest } from "../../scripts/kill-test/run-kill-test.ts";
import { sabotages, sabotageTrail } from "../../scripts/kill-test/sabotage.ts";

const timeoutMs = 300_000; // the first run on a machine may have to fetch the server

describe.each(["mysql", "mariadb"] as const)("capture killed under load on %s", (flavor) => {
  it("has stored each change once, in order", { timeout: timeoutMs }, async () => {
    const quiet = { log: () => {}, onProgress: () => {}, signal: AbortSignal.timeout(timeoutMs) };
    const report = await runKillTest({ flavor, kills: 5, serverKills: 1, seed: 20, ...quiet });
    expect(report).toMatchObject({ pass: true, differences: [], gaps: 0, verify: { ok: true } });
    expect(report).toMatchObject({ kills: 5, server_kills: 1, missing: 0, duplicate: 0, extra: 0, out_of_order: 0 });
    expect(report.compared_changes).toBeGreaterThan(500);
    expect(report.folder).toBeNull();
  });
});

describe("the comparison", () => {
  it("finds nothing in an exact trail", () => {
    expect(compareTrail(truth, trail)).toEqual([]);
  });

  it.each(sabotages)("finds what is %s", (sabotage) => {
    const kind = sabotage === "order" ? "out_of_order" : sabotage;
    const found = compareTrail(truth, sabotageTrail(trail, sabotage));
    expect(new Set(found.map((difference) => difference.kind))).toEqual(new Set([kind]));
  });

  it("finds a change that is stored twice in its place", () => {
    const changes = [...trail.changes, trail.changes[3] as StoredChange];
    expect(compareTrail(truth, { ...trail, changes })).toMatchObject([{ kind: "duplicate" }]);
  });

  it("finds a value that differs", () => {
    const changes = trail.changes.map((change, index) => (index === 2 ? { ...change, identity: "other" } : change));
    expect(compareTrail(truth, { ...trail, changes }).map(({ kind }) => kind)).toEqual(["missing", "extra"]);
  });

  it("finds transactions that are missing, extra, repeated or exchanged", () => {
    const kindsOf = (transactionIds: string[]): string[] =>
      compareTrail(truth, { ...trail, transactionIds }).map(({ kind }) => kind);
    expect(kindsOf(["g:1"])).toEqual(["missing"]);
    expect(kindsOf(["g:1", "g:2", "g:3"])).toEqual(["extra"]);
    expect(kindsOf(["g:1", "g:2", "g:2"])).toEqual(["duplicate"]);
    expect(kindsOf(["g:2", "g:1"])).toEqual(["out_of_order"]);
  });

  it("finds a transaction that was torn", () => {
    const changes = trail.changes.map((change, index) => (index < 2 ? { ...change, transactionId: "g:0" } : change));
    expect(compareTrail(truth, { ...trail, changes })).toMatchObject([
      { kind: "out_of_order", what: expect.stringContaining("is split over") },
    ]);
  });
});

/** Two transactions: one row inserted and updated, then updated again; each change with the server's note of it. */
const truth: Truth = {
  changes: [
    ...noted("first", 1, "account insert [7]"),
    ...noted("first", 2, "account update [7] once"),
    ...noted("second", 3, "account update [7] twice"),
  ],
  transactionIds: ["g:1", "g:2"],
};

const trail: Trail = {
  changes: truth.changes.map(({ transaction, ...change }, index) => ({
    ...change,
    transactionId: transaction === "first" ? "g:1" : "g:2",
    seq: index % 4,
  })),
  transactionIds: ["g:1", "g:2"],
};

function noted(transaction: string, note: number, identity: string): Truth["changes"] {
  return [
    { table: "account", key: "[7]", identity, transaction },
    { table: "oracle_log", key: `[${note}]`, identity: `oracle_log insert [${note}]`, transaction },
  ];
}
