// The truth the generator hands out against what the servers themselves say, on both of them.
import { randomUUID } from "node:crypto";
import { createConnection } from "mysql2/promise";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import { createPharmacy } from "../../generator/create-pharmacy.ts";
import { playTrade } from "../../generator/play-trade.ts";
import type { TradeProgress } from "../../generator/play-trade.ts";
import { defaultTrade } from "../../generator/trade-options.ts";
import type { TradeOptions } from "../../generator/trade-options.ts";

const small: TradeOptions = { ...defaultTrade, seed: 3, days: 4, branches: 2, salesPerBranchDay: 25 };

type Scalar = string | number | null;

interface Place extends AsyncDisposable {
  connection: Connection;
  /** A name nobody else uses; the database is dropped at the end. */
  database: string;
}

async function openPlace(flavor: "mysql" | "mariadb", multipleStatements = true): Promise<Place> {
  const { host, port, user, password } = inject(flavor);
  const database = `generator_${randomUUID().slice(0, 8)}`;
  const connection = await createConnection({ host, port, user, password, multipleStatements });
  return {
    connection,
    database,
    async [Symbol.asyncDispose]() {
      await connection.query(`DROP DATABASE IF EXISTS ${database}`);
      await connection.end();
    },
  };
}

async function rowsOf(connection: Connection, sql: string): Promise<Scalar[][]> {
  const [rows] = await connection.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
  return rows as unknown as Scalar[][];
}

async function numberOf(connection: Connection, sql: string): Promise<number> {
  return Number((await rowsOf(connection, sql))[0]?.[0]);
}

const tables = [
  "branches",
  "suppliers",
  "products",
  "users",
  "inventory",
  "sales",
  "sales_items",
  "returns",
  "return_items",
  "purchases",
  "purchase_items",
] as const;

/** The server keeps its own books of every row change while the trade is played, apart from the generator's. */
async function addWitnesses(connection: Connection): Promise<void> {
  await connection.query("CREATE TABLE witness (what VARCHAR(40), id INT)");
  const witness = async (name: string, moment: string, table: string, what: string, id: string): Promise<void> => {
    await connection.query(`CREATE TRIGGER ${name} AFTER ${moment} ON ${table} FOR EACH ROW
      INSERT INTO witness VALUES (${what}, ${id})`);
  };
  for (const table of tables) {
    // A sale with a deep discount may be deleted again later, so it is told apart when it is made.
    const cheap = table === "sales" ? "NEW.discount > 0.2 * (NEW.total + NEW.discount)" : "FALSE";
    await witness(`${table}_in`, "INSERT", table, `IF(${cheap}, 'cheap', 'insert ${table}')`, "0");
    await witness(`${table}_out`, "DELETE", table, `'delete ${table}'`, "0");
  }
  const soldNow = "EXISTS (SELECT 1 FROM sales WHERE created_at = NEW.updated_at AND user_id = NEW.updated_by)";
  const stock = `IF(NEW.adjustment_reason IS NULL AND ${soldNow}, 'sold',
    CONCAT(IFNULL(NEW.adjustment_reason, 'none'), IF(NEW.quantity > OLD.quantity, ' up', ' down')))`;
  await witness("stock_up", "UPDATE", "inventory", stock, "NEW.inventory_id");
  const user = `CASE WHEN NEW.role <> OLD.role THEN 'role' WHEN NEW.status <> OLD.status THEN 'locked'
    WHEN NEW.password_hash <> OLD.password_hash THEN 'password' END`;
  await witness("user_up", "UPDATE", "users", user, "NEW.user_id");
  await witness("product_up", "UPDATE", "products", "IF(NEW.active = 0 AND OLD.active = 1, 'ended', 'price')", "0");
  await witness("sale_up", "UPDATE", "sales", "NEW.status", "0");
  await witness("purchase_up", "UPDATE", "purchases", "CONCAT('purchase ', NEW.status)", "0");
  await witness("branch_up", "UPDATE", "branches", "CONCAT('branch ', NEW.status)", "0");
}

async function contentsOf(connection: Connection): Promise<Scalar[][][]> {
  const contents: Scalar[][][] = [];
  for (const table of tables) contents.push(await rowsOf(connection, `SELECT * FROM ${table} ORDER BY 1`));
  return contents;
}

describe.each(["mysql", "mariadb"] as const)("the generator on %s", (flavor) => {
  it("tells the truth", async () => {
    await using place = await openPlace(flavor);
    const { connection, database } = place;
    await createPharmacy(connection, database);
    await addWitnesses(connection);
    const progress: TradeProgress[] = [];
    const truth = await playTrade(connection, small, (step) => progress.push(step));
    const count = (sql: string): Promise<number> => numberOf(connection, sql);

    const seen = async (...what: string[]): Promise<number> =>
      await count(`SELECT COUNT(*) FROM witness WHERE what IN (${what.map((one) => `'${one}'`).join(", ")})`);

    const [, commits] = (await rowsOf(connection, "SHOW SESSION STATUS LIKE 'Com_commit'"))[0] ?? [];
    expect(Number(commits)).toBe(truth.transactions);
    expect(await count("SELECT COUNT(*) FROM witness")).toBe(truth.rowChanges);
    const adjusted = ["DAMAGED down", "COUNT up", "COUNT down", "THEFT down", "none down"];
    const witnessed = {
      "sale.completed": await seen("insert sales", "cheap"),
      "sale.returned": await seen("insert returns"),
      "sale.voided": await seen("VOIDED"),
      "sale.discounted_beyond_limit": await seen("cheap"),
      "inventory.adjusted": await seen(...adjusted),
      "inventory.received": await seen("RECEIVED up"),
      "inventory.dispatched": await seen("TRANSFER down"),
      "inventory.transferred": await seen("TRANSFER up"),
      "inventory.expired": await seen("EXPIRED down"),
      "product.price_changed": await seen("price"),
      "product.created": await seen("insert products"),
      "product.discontinued": await seen("ended"),
      "user.created": await seen("insert users"),
      "user.role_changed": await seen("role"),
      "user.deactivated": await seen("locked"),
      "user.password_reset": await seen("password"),
      "branch.opened": await seen("insert branches"),
      "branch.closed": await seen("branch CLOSED"),
      "supplier.added": await seen("insert suppliers"),
      "purchase.ordered": await seen("insert purchases"),
      "purchase.received": await seen("purchase RECEIVED"),
    };
    const happened = Object.entries(witnessed).filter(([, times]) => times > 0);
    expect(Object.fromEntries(happened)).toEqual(truth.businessEvents);

    expect(await seen("delete sales")).toBeGreaterThan(0);
    expect(await count("SELECT MAX(sale_id) FROM sales")).toBeLessThanOrEqual(truth.lastSaleId);
    expect(
      await count(`SELECT COUNT(*) FROM sales WHERE total + discount <>
      (SELECT SUM(quantity * unit_price) FROM sales_items WHERE sales_items.sale_id = sales.sale_id)`),
    ).toBe(0);
    expect(await count("SELECT COUNT(*) FROM inventory WHERE quantity < 0")).toBe(0);
    const { saleId, adjustedInventoryId, roleChangedUserId, branchId } = truth.examples;
    expect(await count(`SELECT COUNT(*) FROM sales_items WHERE sale_id = ${saleId}`)).toBeGreaterThan(1);
    const reasons = adjusted.map((one) => `'${one}'`).join(", ");
    const ofExample = `SELECT COUNT(*) FROM witness WHERE what IN (${reasons}) AND id = ${adjustedInventoryId}`;
    expect(await count(ofExample)).toBeGreaterThan(0);
    expect(
      await count(`SELECT COUNT(*) FROM witness WHERE what = 'role' AND id = ${roleChangedUserId}`),
    ).toBeGreaterThan(0);
    expect(await count(`SELECT COUNT(*) FROM branches WHERE branch_id = ${branchId}`)).toBe(1);
    expect(new Set(truth.anomalies.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(8);

    expect(progress.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4]);
    expect(progress.at(-1)).toEqual({ day: 4, days: 4, transactions: truth.transactions, date: "2026-01-08" });
  });

  it("refuses databases that are in use, missing or have traded already", async () => {
    await using place = await openPlace(flavor);
    const { connection, database } = place;
    await expect(playTrade(connection, small)).rejects.toThrow("holds no pharmacy");
    await createPharmacy(connection, database);
    await expect(createPharmacy(connection, database)).rejects.toMatchObject({
      code: "demo.failed",
      message: `database "${database}" already has 11 tables`,
    });
    const tiny: TradeOptions = { ...small, days: 1, branches: 1, salesPerBranchDay: 2 };
    await playTrade(connection, tiny);
    await expect(playTrade(connection, tiny)).rejects.toThrow("already traded");
  });

  it("stops between transactions with the truth up to there", async () => {
    await using place = await openPlace(flavor);
    const { connection, database } = place;
    await createPharmacy(connection, database);
    const stop = new AbortController();
    const truth = await playTrade(
      connection,
      { ...small, anomalies: [] },
      ({ day }) => day === 2 && stop.abort(),
      stop.signal,
    );
    expect(await numberOf(connection, "SELECT COUNT(*) FROM sales")).toBe(truth.businessEvents["sale.completed"]);
    expect(await numberOf(connection, "SELECT COUNT(DISTINCT DATE(created_at)) FROM sales")).toBe(2);
  });
});

it("plays the same rows on both servers, with and without several statements in a query", async () => {
  await using one = await openPlace("mysql");
  await using other = await openPlace("mariadb", false);
  for (const { connection, database } of [one, other]) {
    await createPharmacy(connection, database);
    await playTrade(connection, small);
  }
  expect(await contentsOf(other.connection)).toEqual(await contentsOf(one.connection));
});
