// Takes random numbers; gives the statements of one transaction, of many shapes: what applications do, and what is hard.
// An UPDATE here always changes its rows: the server logs no row that stays as it was, but its triggers fire for it.
import { escape } from "mysql2/promise";
import type { Random } from "../../generator/random.ts";

export interface ShapeContext {
  random: Random;
  /** A key no row has had. */
  newId: () => number;
  /** The key of a row that may be there still. */
  someId: () => number;
  /** One writer only: the others would meet its tables half-way. */
  mayChangeTables: boolean;
}

type Shape = (context: ShapeContext) => string[];

const largeRows = 5_000;
const labels = ["plain", "it's", 'say "so"', "naïve café", "日本語", "🎲 dice", "back\\slash", "", "tab\tand\nline"];

const shapes: readonly (readonly [weight: number, shape: Shape])[] = [
  [20, (context) => [insertAccounts(context, 1)]],
  [12, (context) => [insertAccounts(context, context.random.int(2, 40))]],
  [20, (context) => [updateAccounts(context)]],
  [8, (context) => [deleteAccounts(context)]],
  [6, (context) => [upsertAccount(context)]],
  [16, order],
  [4, moveLines],
  [6, rolledBack],
  [6, savepoint],
  [4, tableChange],
  [0.12, (context) => [insertLines(context, context.newId(), largeRows)]],
  [0.12, largeDelete],
];

export function nextTransaction(context: ShapeContext): string[] {
  const index = context.random.weighted(shapes.map(([weight]) => weight));
  return (shapes[index] as readonly [number, Shape])[1](context);
}

function order(context: ShapeContext): string[] {
  const id = context.newId();
  return [
    "BEGIN",
    `INSERT INTO account VALUES ${accountRow(context, id)}`,
    insertLines(context, id, context.random.int(1, 12)),
    updateAccounts(context),
    `UPDATE account SET n = n + 1, amount = (SELECT COALESCE(SUM(qty), 0) FROM line WHERE account_id = ${id}) WHERE id = ${id}`,
    "COMMIT",
  ];
}

/** The primary key itself changes. */
function moveLines({ random, someId }: ShapeContext): string[] {
  return [
    `UPDATE line SET line_no = line_no + ${random.int(1, 9) * 10_000} WHERE account_id = ${someId()} ORDER BY line_no DESC LIMIT 20`,
  ];
}

function rolledBack(context: ShapeContext): string[] {
  return ["BEGIN", insertAccounts(context, 5), updateAccounts(context), deleteAccounts(context), "ROLLBACK"];
}

function savepoint(context: ShapeContext): string[] {
  return [
    "BEGIN",
    insertAccounts(context, 2),
    "SAVEPOINT before_doubt",
    insertAccounts(context, 3),
    updateAccounts(context),
    "ROLLBACK TO SAVEPOINT before_doubt",
    insertAccounts(context, 1),
    "COMMIT",
  ];
}

function tableChange(context: ShapeContext): string[] {
  const { random, mayChangeTables } = context;
  if (!mayChangeTables) return [updateAccounts(context)];
  const column = `c${random.int(0, 1_000_000_000)}`;
  const change = random.pick([
    "TRUNCATE TABLE side",
    `ALTER TABLE side ADD COLUMN ${column} INT NULL`,
    "DROP TABLE IF EXISTS side",
    "CREATE OR REPLACE VIEW side_view AS SELECT id FROM account",
  ]);
  return [
    "CREATE TABLE IF NOT EXISTS side (id BIGINT AUTO_INCREMENT PRIMARY KEY)",
    "INSERT INTO side (id) VALUES (NULL), (NULL)",
    change,
  ];
}

function largeDelete({ random, someId }: ShapeContext): string[] {
  const from = someId();
  return [`DELETE FROM line WHERE account_id BETWEEN ${from} AND ${from + random.int(100, 400)}`];
}

function insertAccounts(context: ShapeContext, count: number): string {
  const rows = Array.from({ length: count }, () => accountRow(context, context.newId()));
  return `INSERT INTO account VALUES ${rows.join(", ")}`;
}

function upsertAccount(context: ShapeContext): string {
  return `INSERT INTO account VALUES ${accountRow(context, context.someId())} ON DUPLICATE KEY UPDATE n = account.n + 1`;
}

function updateAccounts(context: ShapeContext): string {
  const { random, someId } = context;
  const from = someId();
  const amount = `amount = amount + ${decimal(random, 2)}`;
  return `UPDATE account SET n = n + 1, ${amount}, label = ${label(random)} WHERE id BETWEEN ${from} AND ${from + random.int(0, 12)}`;
}

function deleteAccounts({ random, someId }: ShapeContext): string {
  const from = someId();
  return `DELETE FROM account WHERE id BETWEEN ${from} AND ${from + random.int(0, 6)}`;
}

function accountRow({ random }: ShapeContext, id: number): string {
  return `(${id}, ${random.int(-1_000, 1_000)}, ${label(random)}, ${decimal(random, 2)})`;
}

function insertLines({ random }: ShapeContext, accountId: number, count: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const quantity = random.chance(0.1) ? "NULL" : decimal(random, 10);
    return `(${accountId}, ${index + 1}, ${escape(`${random.pick(labels)} ${index}`)}, ${quantity})`;
  });
  return `INSERT INTO line VALUES ${rows.join(", ")}`;
}

function label(random: Random): string {
  return random.chance(0.15) ? "NULL" : escape(`${random.pick(labels)} ${random.int(0, 99_999)}`);
}

function decimal(random: Random, digits: number): string {
  const sign = random.chance(0.3) ? "-" : "";
  return `${sign}${random.int(0, 99_999)}.${String(random.int(0, 10 ** digits - 1)).padStart(digits, "0")}`;
}
