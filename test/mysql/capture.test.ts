// The program from end to end on a pharmacy's trade: the trail against the truth of who played it, stopping, resuming, where it begins.
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPharmacy } from "../../generator/create-pharmacy.ts";
import { playTrade } from "../../generator/play-trade.ts";
import { defaultTrade } from "../../generator/trade-options.ts";
import type { TradeOptions } from "../../generator/trade-options.ts";
import type { TradeTruth } from "../../generator/truth.ts";
import { type LocalServer, openLocalServer } from "../../scripts/mysql.ts";
import type { StoreStatus, Trace, VerifyReport } from "../../src/model/trace.ts";
import { runAuditctl } from "../support/run-auditctl.ts";
import { shownStates, startRun, stopRun } from "../support/run-capture.ts";
import { flavors, openSource } from "../support/source.ts";
import { openTempFolder } from "../support/temp-folder.ts";
import { readEvents, readNotes, waitUntilStored } from "../support/trail.ts";

const trade: TradeOptions = { ...defaultTrade, seed: 11, days: 4, branches: 2, salesPerBranchDay: 15 };

describe.each(flavors)("a pharmacy on %s", (flavor) => {
  const temp = openTempFolder();
  /** Written while the trade went on, by two runs. */
  const store = temp.file("trade.db");
  let server: LocalServer;
  let connection: Connection;
  let truth: TradeTruth;
  let firstRunSeconds = 0;

  beforeAll(async () => {
    server = await openLocalServer(flavor);
    const { host, port, user, password } = server;
    connection = await createConnection({ host, port, user, password, multipleStatements: true });
    await createPharmacy(connection, "pharmacy");
    ({ truth, firstRunSeconds } = await captureTrade());
  });
  afterAll(async () => {
    connection?.destroy();
    await server?.stop();
    temp[Symbol.dispose]();
  });

  /** Plays the trade under a running capture that is stopped in the middle of it, and started again. */
  async function captureTrade(): Promise<{ truth: TradeTruth; firstRunSeconds: number }> {
    await using first = await startRun(server, store, ["--rules", "pharmacy"]);
    let halfWay: () => void = () => {};
    const half = new Promise<void>((resolve) => (halfWay = resolve));
    const playing = playTrade(connection, trade, ({ day }) => day === 2 && halfWay());
    await half;
    const stoppedAt = performance.now();
    await stopRun(first);
    const seconds = (performance.now() - stoppedAt) / 1000;
    await using second = await startRun(server, store, ["--rules", "pharmacy"]);
    const played = await playing;
    await using source = await openSource(flavor, server);
    await waitUntilStored(source, store);
    await stopRun(second);
    return { truth: played, firstRunSeconds: seconds };
  }

  const readings = { env: { AUDIT_STORE: store } };

  it("is told in exactly the business events that happened, none missing and none twice", async () => {
    const { status, stdout } = await runAuditctl(["status", "--json"], readings);
    expect(status).toBe(0);
    const told = JSON.parse(stdout) as StoreStatus;
    expect(told.business_events_by_type).toEqual(truth.businessEvents);
    expect(told.coverage?.gaps).toEqual([]);
    const rows = readEvents(store, "pharmacy").filter(({ operation }) => operation !== "ddl");
    expect(rows).toHaveLength(truth.rowChanges);
    expect(new Set(rows.map((row) => row["transaction_id"])).size).toBe(truth.transactions);
  });

  it("tells a sale with its items and the row changes it rests on, in their order", async () => {
    const { saleId } = truth.examples;
    const { status, stdout } = await runAuditctl(["trace", "sale", String(saleId), "--json"], readings);
    expect(status).toBe(0);
    const trace = JSON.parse(stdout) as Trace;
    const [sold] = trace.timeline;
    if (sold?.kind !== "business_event") throw new Error(`the story does not begin with a business event: ${stdout}`);
    const [[sale]] = (await connection.query(
      `SELECT branch_id, total, discount FROM sales WHERE sale_id = ${saleId}`,
    )) as unknown as [[{ branch_id: number; total: string; discount: string }]];
    const [items] = (await connection.query(
      `SELECT product_id, quantity, unit_price, line_total FROM sales_items WHERE sale_id = ${saleId} ORDER BY 1`,
    )) as unknown as [{ product_id: number }[]];
    expect(items.length).toBeGreaterThan(1);
    const byProduct = (a: { product_id: number }, b: { product_id: number }): number => a.product_id - b.product_id;
    const told = sold.payload as { branch_id: number; total: string; items: { product_id: number }[] };
    expect(sold).toMatchObject({
      type: "sale.completed",
      entity_type: "sale",
      entity_id: String(saleId),
      actor: { kind: "app_user", grade: "column" },
    });
    expect({ ...told, items: told.items.toSorted(byProduct) }).toEqual({ ...sale, items: items.toSorted(byProduct) });
    expect(sold.change_events.map(({ source_table, operation }) => `${operation} ${source_table}`)).toEqual([
      "insert sales",
      ...items.map(() => "insert sales_items"),
      ...items.map(() => "update inventory"),
    ]);
    const order = sold.change_events.map(({ seq }) => seq);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(sold.change_event_ids).toEqual(sold.change_events.map(({ event_id }) => event_id));
    expect(trace.truncated).toBe(false);
  });

  it("tells the same story in words", async () => {
    const { status, stdout } = await runAuditctl(["trace", "sale", String(truth.examples.saleId)], readings);
    expect(status).toBe(0);
    expect(stdout).toContain("Sale completed");
    expect(stdout).toContain("why: rule pharmacy/sale-completed version 1, confidence 0.98");
    expect(stdout).toMatch(/rests on [\d,]+ transactions since .*, no gaps/);
  });

  it("verifies from the file alone", async () => {
    const { status, stdout } = await runAuditctl(["verify", "--json"], readings);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as VerifyReport;
    expect(report).toMatchObject({ ok: true, faults: [], truncated: false });
    expect(report.change_events).toBeGreaterThanOrEqual(truth.rowChanges);
  });

  it("stops at SIGTERM with status 0 within ten seconds, and says start, rules and stop in the trail", () => {
    expect(firstRunSeconds).toBeLessThan(10);
    expect(readNotes(store).map(({ kind }) => kind)).toEqual(["start", "config", "stop", "start", "stop"]);
    expect(readNotes(store)[2]?.detail).toEqual({ reason: "asked to stop" });
  });

  it("is told alike by a new store that begins at the earliest change", async () => {
    const other = temp.file("earliest.db");
    await using running = await startRun(server, other, ["--rules", "pharmacy", "--start-from", "earliest"]);
    await using source = await openSource(flavor, server);
    const status = await waitUntilStored(source, other);
    expect(status.business_events_by_type).toEqual(truth.businessEvents);
    await stopRun(running);
    const ids = (path: string): unknown[] =>
      readEvents(path, "pharmacy")
        .filter(({ operation }) => operation !== "ddl")
        .map((event) => event["event_id"]);
    expect(ids(other)).toEqual(ids(store));
  });

  it("is not told at all by a new store that begins now", async () => {
    const other = temp.file("now.db");
    await using running = await startRun(server, other, ["--rules", "pharmacy", "--start-from", "now"]);
    await using source = await openSource(flavor, server);
    await source.run("CREATE TABLE after_start (id INT PRIMARY KEY)", "INSERT INTO after_start VALUES (1)");
    const status = await waitUntilStored(source, other);
    expect(status.business_events_by_type).toEqual({});
    expect(readEvents(other, source.database).map(({ operation }) => operation)).toContain("insert");
    expect(readEvents(other, "pharmacy")).toEqual([]);
    await stopRun(running);
  });

  it("keeps to the databases it was given, and still covers every transaction", async () => {
    const other = temp.file("filter.db");
    await using wanted = await openSource(flavor, server);
    await using unwanted = await openSource(flavor, server);
    await using running = await startRun(server, other, ["--databases", `${wanted.database}, elsewhere`]);
    const fill = ["CREATE TABLE item (id INT PRIMARY KEY)", "INSERT INTO item VALUES (1)", "TRUNCATE item"];
    await wanted.run(...fill);
    await unwanted.run(...fill);
    await wanted.run(
      "START TRANSACTION",
      "INSERT INTO item VALUES (2)",
      `INSERT INTO \`${unwanted.database}\`.item VALUES (2)`,
      "COMMIT",
    );
    const status = await waitUntilStored(wanted, other);
    expect(readEvents(other, wanted.database).map(({ operation }) => operation)).toEqual([
      "ddl",
      "insert",
      "truncate",
      "insert",
    ]);
    expect(readEvents(other, unwanted.database)).toEqual([]);
    expect(status.coverage).toMatchObject({ transactions: 7, change_events: 4 });
    await stopRun(running);
  });

  it("shows each state as a line of JSON", async () => {
    const other = temp.file("states.db");
    await using running = await startRun(server, other);
    await stopRun(running);
    expect(shownStates(running).map(({ state }) => state)).toEqual(["STARTING", "RUNNING", "STOPPED"]);
  });
});
