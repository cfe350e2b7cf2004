// Takes a planned transaction, gives the SQL statements the pharmacy's application would send for it, values escaped.
// Every value comes from the plan; nothing asks the server for the time or an id, so two servers end up the same.
import { format } from "mysql2/promise";
import { assertNever } from "../src/lib/assert.ts";
import { centsToDecimal } from "./money.ts";
import type { AdjustmentReason, PlannedSale, PlannedTransaction, StockChange } from "./planned-transaction.ts";

export function statementsOf(transaction: PlannedTransaction): string[] {
  switch (transaction.kind) {
    case "catalogue":
      return catalogueStatements(transaction);
    case "branch":
      return branchStatements(transaction);
    case "first-stock":
      return [firstStockStatement(transaction)];
    case "role-change":
      return [
        format("UPDATE users SET role = ?, updated_by = ? WHERE user_id = ?", [
          transaction.role,
          transaction.changedBy,
          transaction.userId,
        ]),
      ];
    case "sale":
      return saleStatements(transaction);
    case "adjustment":
      return [stockStatement(transaction.stock, transaction.reason, transaction.userId, transaction.at)];
    default:
      return assertNever(transaction);
  }
}

type Planned<Kind extends PlannedTransaction["kind"]> = Extract<PlannedTransaction, { kind: Kind }>;

function catalogueStatements({ suppliers, products }: Planned<"catalogue">): string[] {
  return [
    insert(
      "suppliers",
      "supplier_id, name, tax_id",
      suppliers.map((row) => [row.supplierId, row.name, row.taxId]),
    ),
    insert(
      "products",
      "product_id, sku, name, supplier_id, unit_price, active",
      products.map((row) => [row.productId, row.sku, row.name, row.supplierId, centsToDecimal(row.unitPriceCents), 1]),
    ),
  ];
}

function branchStatements({ branch, staff }: Planned<"branch">): string[] {
  return [
    insert("branches", "branch_id, code, name, city, status, opened_at", [
      [branch.branchId, branch.code, branch.name, branch.city, "OPEN", branch.openedAt],
    ]),
    insert(
      "users",
      "user_id, username, role, branch_id, password_hash, status, created_at",
      staff.map((row) => [row.userId, row.username, row.role, row.branchId, row.passwordHash, "ACTIVE", row.createdAt]),
    ),
  ];
}

function firstStockStatement({ at, userId, rows }: Planned<"first-stock">): string {
  return insert(
    "inventory",
    "inventory_id, branch_id, product_id, quantity, updated_by, updated_at",
    rows.map((row) => [row.inventoryId, row.branchId, row.productId, row.quantity, userId, at]),
  );
}

function saleStatements(sale: PlannedSale): string[] {
  return [
    insert("sales", "sale_id, branch_id, user_id, status, total, created_at", [
      [sale.saleId, sale.branchId, sale.userId, "COMPLETED", centsToDecimal(sale.totalCents), sale.at],
    ]),
    insert(
      "sales_items",
      "sale_item_id, sale_id, product_id, quantity, unit_price, line_total",
      sale.items.map((item) => [
        item.saleItemId,
        sale.saleId,
        item.productId,
        item.quantity,
        centsToDecimal(item.unitPriceCents),
        centsToDecimal(item.lineTotalCents),
      ]),
    ),
    stockStatement(sale.stock, null, sale.userId, sale.at),
  ];
}

/** One UPDATE for all rows, relative as applications write it: only the log's two row images tell the quantities. */
function stockStatement(stock: readonly StockChange[], reason: AdjustmentReason, userId: number, at: string): string {
  const cases = stock.map(({ inventoryId, delta }) => format("WHEN ? THEN ?", [inventoryId, delta])).join(" ");
  return format(
    `UPDATE inventory SET quantity = quantity + CASE inventory_id ${cases} END, adjustment_reason = ?, ` +
      "updated_by = ?, updated_at = ? WHERE inventory_id IN (?)",
    [reason, userId, at, stock.map(({ inventoryId }) => inventoryId)],
  );
}

function insert(table: string, columns: string, rows: (string | number)[][]): string {
  return format(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);
}
