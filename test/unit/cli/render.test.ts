// Traces and status in words, from hand-made answers: what changed from what to what, gaps, a dead process, and hostile text that stays inert.
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { ChangeEvent } from "../../../src/model/change-event.ts";
import { unknownActor } from "../../../src/model/change-event.ts";
import type { Coverage, StoreStatus, Trace, TracedBusinessEvent } from "../../../src/model/trace.ts";
import { toTimestamp } from "../../../src/lib/clock.ts";
import { renderDisk } from "../../../src/serve/cli/render-disk.ts";
import { renderStatus } from "../../../src/serve/cli/render-status.ts";
import { renderTrace } from "../../../src/serve/cli/render-trace.ts";
import { createVoice } from "../../../src/serve/cli/voice.ts";

const plain = createVoice(new PassThrough());
const hostile = "\u001b[2J\u202e\nGAP     none";
const coverage: Coverage = {
  from_gtid_set: "u:1-5",
  from_time: "2026-01-05T08:00:00.000000Z",
  to_gtid_set: "u:1-9",
  to_time: "2026-01-05T09:00:00.500000Z",
  transactions: 4,
  change_events: 1_200,
  business_events: 1,
  gaps: [],
  limits: [],
  baselines: [],
  prepared: [],
};
const change: ChangeEvent = {
  event_id: "e1",
  source_db: "shop",
  source_table: "stock",
  source_pk: { id: 7 },
  operation: "update",
  before: { id: 7, quantity: 10, note: null },
  after: { id: 7, quantity: 8, note: "sold" },
  changed: ["quantity", "note"],
  timestamp: "2026-01-05T09:00:00.000000Z",
  transaction_id: "u:9",
  seq: 0,
  entity_type: "stock",
  entity_id: "7",
  actor: { id: "12", kind: "app_user", grade: "column" },
  metadata: {},
};
const sale: TracedBusinessEvent = {
  kind: "business_event",
  business_event_id: "b1",
  type: "sale.completed",
  entity_type: "sale",
  entity_id: "1",
  occurred_at: "2026-01-05T08:59:58.000000Z",
  timestamp: "2026-01-05T09:00:00.000000Z",
  transaction_id: "u:9",
  payload: { total: "4.50", paid: null, items: [{ product: 3, quantity: 2 }] },
  confidence: 0.98,
  actor: unknownActor,
  rule: { pack: "shop", name: "sale", version: 2 },
  change_event_ids: ["e1"],
  change_events: [
    { ...change, operation: "insert", before: null, source_table: "sales", changed: ["id", "quantity", "note"] },
  ],
};

function trace(...timeline: Trace["timeline"]): Trace {
  return { entity_type: "stock", entity_id: "7", timeline, truncated: false, coverage };
}

describe("a trace in words", () => {
  it.each([
    ["tag", "app_user", "user 12 (a comment in the statement says so)"],
    ["column", "app_user", "user 12 (the change itself says so)"],
    ["account", "db_account", "account 12 (the database account of the connection; more than one person may use it)"],
    ["unwritten_column", "app_user", "user 12 (the row says so, but this change did not write it)"],
  ] as const)("says how the actor is known: %s", (grade, kind, words) => {
    const item = { kind: "change_event", ...change, actor: { id: "12", kind, grade } } as const;
    expect(renderTrace(trace(item), plain).join("\n")).toContain(`by ${words}\n`);
  });

  it("shows an update as old → new, who by, and that no rule explains it", () => {
    expect(renderTrace(trace({ kind: "change_event", ...change }), plain)).toEqual([
      "stock 7",
      "",
      "2026-01-05 09:00:00Z  row change  by user 12 (the change itself says so)",
      "    update shop.stock 7: quantity 10 → 8, note null → sold",
      "    no rule explains it; transaction u:9",
      "",
      "rests on 4 transactions since 2026-01-05 08:00:00Z, no gaps",
    ]);
  });

  it("says what happened in the user's language, else in English, else by its type; a label is inert too", () => {
    const told = (label: TracedBusinessEvent["label"], language: "en" | "es"): string =>
      renderTrace(trace({ ...sale, label }), createVoice(new PassThrough(), { language }))[2]?.split("  ")[1] ?? "";
    expect(told({ en: "Sale completed", es: "Venta completada" }, "es")).toBe("Venta completada");
    expect(told({ en: "Sale completed", es: "Venta completada" }, "en")).toBe("Sale completed");
    expect(told({ en: "Sale completed" }, "es")).toBe("Sale completed");
    expect(told(undefined, "es")).toBe("sale.completed");
    expect(told({ en: hostile }, "en")).toMatch(/^[\x20-\x7e]+$/);
  });

  it("shows a business event with its payload, rule, confidence and row changes", () => {
    expect(renderTrace(trace(sale), plain).slice(2, 9)).toEqual([
      "2026-01-05 08:59:58Z  sale.completed  sale 1  by unknown",
      "    total 4.50 · paid null",
      "    items:",
      "      - product 3, quantity 2",
      "    why: rule shop/sale version 2, confidence 0.98, on 1 row change",
      "    of transaction u:9, committed 2026-01-05 09:00:00Z",
      "      insert shop.sales 7: quantity 8, note sold",
    ]);
  });

  it("shows the key too where it is the key that moved, and no column less for its name", () => {
    const moved: ChangeEvent = {
      ...change,
      source_pk: { id: 8 },
      after: { id: 8, constructor: 2 },
      before: { id: 7, constructor: 1 },
      changed: ["id", "constructor"],
    };
    expect(renderTrace(trace({ kind: "change_event", ...moved }), plain)).toContain(
      "    update shop.stock 8: id 7 → 8, constructor 1 → 2",
    );
  });

  it("shows the values a delete took away", () => {
    const gone: ChangeEvent = { ...change, operation: "delete", after: null };
    expect(renderTrace(trace({ kind: "change_event", ...gone }), plain)).toContain(
      "    delete shop.stock 7: quantity 10, note null",
    );
  });

  it("shows a statement as it was written, in place of columns", () => {
    const truncate: ChangeEvent = {
      ...change,
      operation: "truncate",
      source_pk: {},
      before: null,
      after: null,
      changed: [],
      metadata: { statement: "TRUNCATE stock" },
    };
    expect(renderTrace(trace({ kind: "change_event", ...truncate }), plain).join("\n")).toMatch(
      /truncate shop\.stock +TRUNCATE stock/,
    );
  });

  it("calls a statement that erased rows a bulk erase, and says what is not known", () => {
    const dropped: ChangeEvent = {
      ...change,
      operation: "ddl",
      source_pk: {},
      before: null,
      after: null,
      changed: [],
      metadata: { statement: "DROP TABLE stock", bulk_erase: true },
    };
    expect(renderTrace(trace({ kind: "change_event", ...dropped }), plain).slice(2, 5)).toEqual([
      "2026-01-05 09:00:00Z  bulk erase  by user 12 (the change itself says so)",
      "    ddl    shop.stock  DROP TABLE stock",
      "    which rows is not in the log; transaction u:9",
    ]);
  });

  it("says of a statement that changed rows that the rows are not known", () => {
    const update: ChangeEvent = { ...change, operation: "statement", source_pk: {}, metadata: { statement: "UPDATE" } };
    expect(renderTrace(trace({ kind: "change_event", ...update }), plain).slice(2, 5)).toEqual([
      "2026-01-05 09:00:00Z  rows changed by a statement  by user 12 (the change itself says so)",
      "    statement shop.stock  UPDATE",
      "    which rows is not in the log; transaction u:9",
    ]);
  });

  it("counts the columns it does not show", () => {
    const wide = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`c${index}`, index]));
    const insert: ChangeEvent = {
      ...change,
      operation: "insert",
      before: null,
      after: wide,
      changed: Object.keys(wide),
    };
    expect(renderTrace(trace({ kind: "change_event", ...insert }), plain).join("\n")).toContain("c7 7, … 3 more");
  });

  it("says that older items were left out, and how many gaps there are", () => {
    const gap = {
      entry_id: 3,
      recorded_at: coverage.from_time,
      reason: "purged",
      from_gtid_set: "u:1-5",
      to_gtid_set: null,
      accepted_at: null,
    };
    const text = renderTrace({ ...trace(sale), truncated: true, coverage: { ...coverage, gaps: [gap] } }, plain).join(
      "\n",
    );
    expect(text).toContain("(older items left out; --limit shows more)");
    expect(text).toMatch(/, 1 gap$/);
  });

  it("keeps hostile text inert wherever it stands", () => {
    const bad: ChangeEvent = {
      ...change,
      source_db: hostile,
      source_table: hostile,
      source_pk: { [hostile]: hostile },
      before: { [hostile]: hostile, [`x${hostile}`]: hostile },
      after: { [hostile]: hostile, [`x${hostile}`]: { deep: hostile } },
      changed: [`x${hostile}`],
      entity_id: hostile,
      actor: { ...change.actor, id: hostile },
    };
    const statement: ChangeEvent = { ...bad, operation: "ddl", metadata: { statement: hostile } };
    const event: TracedBusinessEvent = {
      ...sale,
      type: hostile,
      entity_type: hostile,
      entity_id: hostile,
      occurred_at: hostile,
      payload: { [hostile]: hostile, [`y${hostile}`]: [hostile, { [hostile]: hostile }] },
      change_events: [bad, statement],
    };
    const lines = renderTrace(
      {
        ...trace(event, { kind: "change_event", ...bad }, { kind: "change_event", ...statement }),
        entity_type: hostile,
      },
      plain,
    );
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe("status in words", () => {
  const status: StoreStatus = {
    store: "audit.db",
    source: { flavor: "mysql", version: "9.7.4", server_id: "u", address: "db:3306" },
    capture: {
      state: "RUNNING",
      since: coverage.from_time,
      reason: null,
      hint: null,
      last_verified_at: coverage.to_time,
      process_id: process.pid,
    },
    checkpoint: null,
    coverage,
    rule_packs: [],
    business_events_by_type: { "sale.completed": 1_234 },
    lag_seconds: 2,
    detection: null,
    anomalies: [],
    disk: { free_bytes: 66 * 2 ** 30, store_bytes: 300_000_000, bytes_per_day: null, full_at: null },
  };
  /** Of no process: the highest id Linux can give is 4194304. */
  const deadProcess = 99_999_999;

  it("shows state, source, lag, coverage and counts", () => {
    expect(renderStatus(status, plain)).toEqual([
      "store     audit.db",
      "source    db:3306, mysql 9.7.4",
      "capture   RUNNING since 2026-01-05 08:00:00Z",
      "heard     2026-01-05 09:00:00.500Z (last event or heartbeat)",
      "lag       the newest transaction arrived 2 s after its commit",
      "coverage  4 transactions, 1,200 change events, 1 business event",
      "  from    u:1-5 at 2026-01-05 08:00:00Z",
      "  to      u:1-9 at 2026-01-05 09:00:00.500Z",
      "  gaps    none",
      "disk      66 GiB free; the store has 286 MiB",
      "  sale.completed                    1,234",
    ]);
  });

  it("shows when the disk will be full, in both languages", () => {
    const full_at = toTimestamp(Date.now() + 12.5 * 86_400_000);
    const disk = { ...status.disk, bytes_per_day: 5.28 * 2 ** 30, full_at };
    const day = full_at.slice(0, 10);
    expect(renderDisk(disk, plain)).toBe(
      `66 GiB free; the store has 286 MiB, 5.3 GiB more a day: full in 12 days (${day})`,
    );
    expect(renderDisk(disk, createVoice(new PassThrough(), { language: "es" }))).toContain(`lleno en 12 días (${day})`);
  });

  it("shows how far detection has come, what is silent yet, and what it found", () => {
    const detection = {
      entry_id: 7,
      to_time: coverage.to_time,
      behind: 2,
      behind_seconds: 60,
      learning: [{ watch: "shrinkage", samples: 3, samples_needed: 14, unit: "days" as const }],
      updated_at: coverage.from_time,
    };
    const anomalies = (["open", "expected"] as const).map((state) => ({ kind: "k", severity: "low", state, count: 2 }));
    expect(renderStatus({ ...status, detection, anomalies }, plain).slice(-4, -1)).toEqual([
      "detection has read up to 2026-01-05 09:00:00.500Z, 2 ledger entries behind",
      "          still learning, so silent: shrinkage (3 of 14 days)",
      "          4 anomalies, 2 open",
    ]);
  });

  it("does not call capture RUNNING when its process is gone", () => {
    const dead = { ...status, capture: { ...status.capture!, process_id: deadProcess } };
    expect(renderStatus(dead, plain)).toContain(
      "capture   RUNNING, though its process 99999999 has died since 2026-01-05 08:00:00Z",
    );
    const stopped = { ...status, capture: { ...status.capture!, state: "STOPPED" as const, process_id: deadProcess } };
    expect(renderStatus(stopped, plain)).toContain("capture   STOPPED since 2026-01-05 08:00:00Z");
  });

  it("shows each gap with its ends and its reason, and why capture stopped with its cure", () => {
    const gaps = [
      {
        entry_id: 3,
        recorded_at: coverage.from_time,
        reason: `purged ${hostile}`,
        from_gtid_set: "u:1-5",
        to_gtid_set: null,
        accepted_at: null,
      },
      ...[
        { reason: "purged", from_gtid_set: "u:1-5", to_gtid_set: "u:1-7", accepted_at: coverage.to_time },
        { reason: "statement", from_gtid_set: "u:8", to_gtid_set: "u:8", accepted_at: null },
        { reason: "incident", from_gtid_set: "0-1-9", to_gtid_set: "0-1-9", accepted_at: coverage.to_time },
      ].map((gap) => ({ entry_id: 4, recorded_at: coverage.from_time, ...gap })),
    ];
    const capture = { ...status.capture!, state: "GAP" as const, reason: "history is gone", hint: "use --accept-gap" };
    const lines = renderStatus({ ...status, capture, coverage: { ...coverage, gaps } }, plain);
    expect(lines).toContain("          history is gone");
    expect(lines).toContain("          hint: use --accept-gap");
    expect(lines.filter((line) => line.startsWith("  GAP"))).toEqual([
      "  GAP     after u:1-5: purged \\u001b[2J\\u202e\\u000aGAP     none",
      "  GAP     after u:1-5 up to u:1-7 (accepted 2026-01-05 09:00:00.500Z): purged",
      "  GAP     in u:8: statement",
      "  GAP     right after 0-1-9 (accepted 2026-01-05 09:00:00.500Z): incident",
    ]);
    expect(lines).not.toContain("  gaps    none");
  });

  it("names what is prepared and not yet decided in one line, the first few of many", () => {
    const prepared = ["'a','',1", hostile, "X'00','',1", "'d','',1", "'e','',1"].map((xid, index) => ({
      xid,
      transaction_id: `u:${index}`,
      prepared_at: coverage.from_time,
      changes: index + 1,
    }));
    const line = (count: number) =>
      renderStatus({ ...status, coverage: { ...coverage, prepared: prepared.slice(0, count) } }, plain).filter((each) =>
        each.startsWith("  XA"),
      );
    const since = "2026-01-05 08:00:00Z";
    expect(line(0)).toEqual([]);
    expect(line(1)).toEqual([`  XA      1 transaction prepared and not yet decided: 'a','',1 (1 change, ${since})`]);
    expect(line(5)).toEqual([
      `  XA      5 transactions prepared and not yet decided: 'a','',1 (1 change, ${since}), \\u001b[2J\\u202e\\u000aGAP     none (2 changes, ${since}), X'00','',1 (3 changes, ${since}), … 2 more`,
    ]);
  });

  it("shows what the server's log cannot hold, and so does a trace", () => {
    const limits = [`foreign keys ${hostile}`];
    const limited = { ...coverage, limits };
    const shown = "foreign keys \\u001b[2J\\u202e\\u000aGAP     none";
    expect(renderStatus({ ...status, coverage: limited }, plain)).toContain(`  LIMIT   ${shown}`);
    expect(renderTrace({ ...trace(sale), coverage: limited }, plain).at(-1)).toBe(`limit: ${shown}`);
  });

  it("says little of a store in which nothing has begun", () => {
    const empty: StoreStatus = {
      ...status,
      source: null,
      capture: null,
      coverage: null,
      rule_packs: [],
      business_events_by_type: {},
      lag_seconds: null,
    };
    expect(renderStatus(empty, plain)).toEqual(["store     audit.db", "disk      66 GiB free; the store has 286 MiB"]);
  });
});
