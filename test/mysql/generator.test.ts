// The truth the generator hands out against what the servers themselves say, on both of them.
import { randomUUID } from "node:crypto";
import { createConnection } from "mysql2/promise";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { describe, expect, inject, it } from "vitest";
import { createPharmacy } from "../../generator/create-pharmacy.ts";
import { playTrade } from "../../generator/play-trade.ts";
import type { TradeProgress } from "../../generator/play-trade.ts";
import type { TradeOptions } from "../../generator/trade-options.ts";

const small: TradeOptions = { seed: 3, days: 4, from: "2026-01-05", branches: 2, salesPerBranchDay: 25 };

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

/** The server keeps its own books of stock and roles while the trade is played, apart from the generator's. */
async function addWitnesses(connection: Connection): Promise<void> {
  const sold = "EXISTS (SELECT 1 FROM sales WHERE created_at = NEW.updated_at AND user_id = NEW.updated_by)";
  await connection.query("CREATE TABLE witness (what VARCHAR(20), id INT, business_time DATETIME NULL)");
  await connection.query(`CREATE TRIGGER stock_witness AFTER UPDATE ON inventory FOR EACH ROW
    INSERT INTO witness SELECT IF(${sold}, 'sale line', 'adjustment'), NEW.inventory_id, NEW.updated_at
    WHERE NEW.quantity <> OLD.quantity`);
  await connection.query(`CREATE TRIGGER role_witness AFTER UPDATE ON users FOR EACH ROW
    INSERT INTO witness SELECT 'role', NEW.user_id, NULL WHERE NEW.role <> OLD.role`);
}

const tables = ["branches", "suppliers", "products", "users", "inventory", "sales", "sales_items"] as const;

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

    expect(await count("SELECT COUNT(*) FROM sales WHERE status = 'COMPLETED'")).toBe(
      truth.businessEvents["sale.completed"],
    );
    const [, commits] = (await rowsOf(connection, "SHOW SESSION STATUS LIKE 'Com_commit'"))[0] ?? [];
    expect(Number(commits)).toBe(truth.transactions);
    expect(await count("SELECT MAX(sale_id) FROM sales")).toBe(truth.lastSaleId);
    expect(await count("SELECT COUNT(*) FROM branches")).toBe(truth.businessEvents["branch.opened"]);
    expect(await count("SELECT COUNT(*) FROM witness WHERE what = 'adjustment'")).toBe(
      truth.businessEvents["inventory.adjusted"],
    );
    expect(await count("SELECT COUNT(*) FROM witness WHERE what = 'role'")).toBe(
      truth.businessEvents["user.role_changed"],
    );
    expect(await count("SELECT COUNT(*) FROM witness WHERE what = 'sale line'")).toBe(
      await count("SELECT COUNT(*) FROM sales_items"),
    );
    let inserted = 0;
    for (const table of [...tables, "witness"]) inserted += await count(`SELECT COUNT(*) FROM ${table}`);
    expect(inserted).toBe(truth.rowChanges); // a witness stands for each updated row

    expect(await rowsOf(connection, "SELECT SUM(total) FROM sales")).toEqual(
      await rowsOf(connection, "SELECT SUM(line_total) FROM sales_items"),
    );
    expect(
      await count(`SELECT COUNT(*) FROM sales WHERE total <>
      (SELECT SUM(quantity * unit_price) FROM sales_items WHERE sales_items.sale_id = sales.sale_id)`),
    ).toBe(0);
    expect(await count("SELECT COUNT(*) FROM inventory WHERE quantity < 0")).toBe(0);
    expect(await count(`SELECT COUNT(*) FROM sales_items WHERE sale_id = ${truth.examples.saleId}`)).toBeGreaterThan(1);
    const { adjustedInventoryId, roleChangedUserId, branchId } = truth.examples;
    expect(
      await count(`SELECT COUNT(*) FROM witness WHERE what = 'adjustment' AND id = ${adjustedInventoryId}`),
    ).toBeGreaterThan(0);
    expect(
      await count(`SELECT COUNT(*) FROM witness WHERE what = 'role' AND id = ${roleChangedUserId}`),
    ).toBeGreaterThan(0);
    expect(await count(`SELECT COUNT(*) FROM branches WHERE branch_id = ${branchId}`)).toBe(1);

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
      message: `database "${database}" already has 7 tables`,
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
    const truth = await playTrade(connection, small, ({ day }) => day === 2 && stop.abort(), stop.signal);
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
